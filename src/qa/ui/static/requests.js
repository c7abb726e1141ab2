// Stands between the page and the program. Gives every request that may change something the token
// that only this page could read; takes questions back; and says when the program does not answer,
// and when it does again.

(() => {
  const header = "X-QA-Token";
  const plain = window.fetch.bind(window);
  const request = () => plain("./qa/token", { cache: "no-store" }).then((reply) => {
    if (!reply.ok) throw new TypeError(reply.statusText);
    return reply.text();
  });
  let token = request();
  token.catch(() => {}); // whoever needs it will see

  const changes = (method, url) =>
    !["GET", "HEAD"].includes((method ?? "GET").toUpperCase()) &&
    new URL(url, document.baseURI).origin === location.origin;

  const send = async (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
    headers.set(header, await token);
    return plain(input instanceof Request ? input.clone() : input, { ...init, headers });
  };

  // ---- questions, each by its number: what is taken back is not waited for

  const taken = new Map();
  document.addEventListener("qa-take-back", ({ detail }) => taken.get(detail)?.abort());

  function numberOf(init) {
    try {
      const { fn_name, data } = JSON.parse(init.body);
      return fn_name === "ask" ? data.number : null;
    } catch {
      return null; // a file
    }
  }

  function tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // ---- when nothing answers

  const ASKED_EVERY = 2_000; // milliseconds
  let isAway = false;
  async function wait() {
    if (isAway) return;
    isAway = true;
    tell("qa-away");
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, ASKED_EVERY));
      try {
        token = Promise.resolve(await request());
        break;
      } catch {
        continue;
      }
    }
    isAway = false;
    tell("qa-back");
  }

  async function whyNot(reply) {
    try {
      return (await reply.clone().json()).error || reply.statusText;
    } catch {
      return reply.statusText;
    }
  }

  window.fetch = async (input, init) => {
    const isRequest = input instanceof Request;
    const method = init?.method ?? (isRequest ? input.method : "GET");
    if (!changes(method, isRequest ? input.url : input)) return plain(input, init);
    const number = numberOf(init);
    if (number !== null) {
      taken.set(number, new AbortController());
      init = { ...init, signal: taken.get(number).signal };
    }
    try {
      let reply = await send(input, init);
      if (reply.status === 403) { // of an earlier start of the program: ask once more
        token = request();
        reply = await send(input, init);
      }
      if (reply.status === 503) throw new TypeError(await whyNot(reply)); // it is ending
      if (!reply.ok && number !== null) tell("qa-refused", { number, why: await whyNot(reply) });
      return reply;
    } catch (error) {
      if (error.name !== "AbortError") wait();
      throw error;
    } finally {
      taken.delete(number);
    }
  };

  // Uploads that tell how far they are.
  const { open, send: sendPlain } = XMLHttpRequest.prototype;
  const guarded = new WeakSet();
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    if (changes(method, url)) guarded.add(this);
    else guarded.delete(this);
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (!guarded.has(this)) {
      sendPlain.call(this, body);
      return;
    }
    token.then((text) => {
      this.setRequestHeader(header, text);
      sendPlain.call(this, body);
    });
  };
})();
