// Gives every request that may change something the token that only this page could read. A page
// of an earlier start of the program gets a new one, and asks once more.

(() => {
  const header = "X-QA-Token";
  const plain = window.fetch.bind(window);
  const request = () => plain("./qa/token", { cache: "no-store" }).then((reply) => reply.text());
  let token = request();

  const changes = (method, url) =>
    !["GET", "HEAD"].includes((method ?? "GET").toUpperCase()) &&
    new URL(url, document.baseURI).origin === location.origin;

  const send = async (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
    headers.set(header, await token);
    return plain(input instanceof Request ? input.clone() : input, { ...init, headers });
  };

  window.fetch = async (input, init) => {
    const isRequest = input instanceof Request;
    const method = init?.method ?? (isRequest ? input.method : "GET");
    if (!changes(method, isRequest ? input.url : input)) return plain(input, init);
    const reply = await send(input, init);
    if (reply.status !== 403) return reply;
    token = request();
    return send(input, init);
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
