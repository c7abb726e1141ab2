// Questions on their way. Runs once, for what stands below the conversation, as the body of a
// function of (element, trigger, props, server, …); see shared.js.

// Most answers come before a line could be read.
const SHOWN_AFTER = 500; // milliseconds
const KEPT = `qa-waiting ${location.pathname}`; // what could not be asked is kept over a reload
const LOOKING = "Looking in the documents …";
const AWAY = "It is kept, and asked as soon as the program answers again."; // the head says that it does not

const most = Number(element.querySelector("[data-most]").dataset.most);
const place = element.querySelector("[data-pending]");
const box = () => document.querySelector("#qa-question textarea");
// By number: what was asked, whether it is on its way, and why it could not be sent.
const waiting = new Map();
// A conversation that is opened again has questions with numbers of earlier visits.
let latest = Date.now();

function heard(words) {
  element.querySelector("[data-heard]").textContent = words;
}

// Takes a question, unless the same one is on its way: then it was sent twice.
document.addEventListener("qa-ask", (event) => {
  if (tooLong(event.detail)) return; // it stays in the box
  event.preventDefault();
  const { conversation } = document.body.dataset;
  const question = event.detail;
  if (shown().some(([, one]) => one.question === question)) return;
  latest += 1;
  waiting.set(latest, { question, conversation, only: event.only ?? "", is_whole: event.isWhole ?? false });
  send(latest);
});

async function send(number) {
  const one = waiting.get(number);
  Object.assign(one, { isOnItsWay: true, why: null });
  setTimeout(show, SHOWN_AFTER);
  const { question, conversation, only, is_whole } = one;
  const { owner, chosen = "[]" } = document.body.dataset;
  const fields = { question, only, chosen: JSON.parse(chosen), is_whole, number, conversation, owner };
  const html = await server.ask(fields).catch(() => null);
  if (!waiting.has(number)) return; // taken back
  one.isOnItsWay = false;
  if (html) {
    waiting.delete(number);
    document.dispatchEvent(new CustomEvent("qa-turned", { detail: html }));
  } else {
    one.why ??= AWAY;
    heard(one.why);
  }
  keep();
  requestAnimationFrame(show); // with the answer: nothing jumps
}

// What the program says instead of answering comes before its failure does.
document.addEventListener("qa-refused", ({ detail }) => {
  if (waiting.has(detail.number)) waiting.get(detail.number).why = `This could not be asked: ${detail.why}.`;
});

document.addEventListener("qa-back", () => {
  for (const [number, { why }] of waiting) if (why === AWAY) send(number);
  show();
});

function takeBack(number) {
  const { question } = waiting.get(number);
  waiting.delete(number);
  document.dispatchEvent(new CustomEvent("qa-take-back", { detail: number }));
  keep();
  show();
  heard("Taken back.");
  if (!box().value.trim()) type(question);
  box().focus();
}

function type(words) {
  box().value = words;
  box().dispatchEvent(new Event("input", { bubbles: true }));
}

// ---- what is kept over a reload

function keep() {
  const left = [...waiting.values()].filter(({ why }) => why);
  try {
    if (left.length) sessionStorage.setItem(KEPT, JSON.stringify(left));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // a browser that keeps nothing
  }
}

function takeUp() {
  let left = [];
  try {
    left = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  } catch {
    return;
  }
  for (const { question, only, is_whole } of left) {
    latest += 1;
    waiting.set(latest, { question, only, is_whole, conversation: document.body.dataset.conversation });
    send(latest);
  }
}
document.addEventListener("qa-conversation", takeUp, { once: true });

// ---- what is seen

const shown = () => [...waiting].filter(([, one]) => one.conversation === document.body.dataset.conversation);

function show() {
  const now = shown();
  const before = place.childElementCount;
  const [button, number] = [document.activeElement, document.activeElement?.closest("[data-number]")?.dataset.number];
  place.replaceChildren(...now.map(([number, one]) => drawn(number, one)));
  if (number && place.parentElement) place.querySelector(`[data-number="${number}"] [${button.matches("[data-again]") ? "data-again" : "data-stop"}]`)?.focus();
  if (now.length > before) place.lastElementChild.scrollIntoView({ block: "start" });
}

function drawn(number, { question, why, isOnItsWay }) {
  const turn = element.querySelector("template").content.cloneNode(true).firstElementChild;
  turn.dataset.number = number;
  turn.querySelector("h2").textContent = question;
  const state = turn.querySelector("[data-state]");
  state.textContent = isOnItsWay ? LOOKING : why;
  state.classList.toggle("qa-notice", !isOnItsWay);
  turn.querySelector("[data-again]").hidden = isOnItsWay;
  turn.querySelector("[data-stop]").textContent = isOnItsWay ? "Stop" : "Take it back";
  return turn;
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const number = Number(button?.closest("[data-number]")?.dataset.number);
  if (!waiting.has(number)) return;
  if ("again" in button.dataset) {
    send(number);
    show();
  } else takeBack(number);
});

document.addEventListener("qa-conversation", show);
document.addEventListener("qa-answered", show);

// ---- the question box

function tooLong(question) {
  const over = question.length > most;
  const words = `Too long to be asked: ${question.length.toLocaleString("en")} characters, and at most ` +
    `${most.toLocaleString("en")} can be. Nothing was cut off; please shorten it.`;
  const line = document.querySelector("#qa-too-long");
  if (line && line.hidden === over) line.hidden = !over;
  if (line && over) line.textContent = words;
  box()?.setAttribute("aria-invalid", String(over));
  return over;
}

document.addEventListener("input", (event) => {
  if (event.target === box()) tooLong(event.target.value);
});

// Gradio's button has a picture only, and its label takes the button in; the question box may come
// after this.
new MutationObserver((_, observer) => {
  const button = document.querySelector("#qa-question button");
  if (!button) return;
  button.setAttribute("aria-label", "Send");
  button.title = "Send";
  box().setAttribute("aria-label", "Question");
  box().dir = "auto";
  observer.disconnect();
}).observe(document.body, { childList: true, subtree: true });
