// Questions on their way. Runs once, for the line above the question box, as the body of a
// function of (element, trigger, props, …); see behaviour.js.

// Most answers come before a line could be read.
const SHOWN_AFTER = 500; // milliseconds

const waiting = new Map(); // number of the question -> its text
// A conversation that is opened again has questions with numbers of earlier visits.
let sent = Date.now();

// Takes a question, unless the same one is on its way: then it was sent twice.
document.addEventListener("qa-ask", (event) => {
  event.preventDefault();
  const question = event.detail;
  if ([...waiting.values()].includes(question)) return;
  sent += 1;
  waiting.set(sent, question);
  setTimeout(show, SHOWN_AFTER);
  const { conversation, owner } = document.body.dataset;
  trigger("ask", { question, only: event.only ?? "", is_whole: event.isWhole ?? false, number: sent, conversation, owner });
});

document.addEventListener("qa-answered", ({ detail }) => {
  for (const number of detail) waiting.delete(number);
  show();
});

// What could not be sent goes back to where it can be sent again.
document.addEventListener("qa-unsent", () => {
  const box = document.querySelector("#qa-question textarea");
  box.value = [...waiting.values(), box.value].filter((text) => text.trim()).join("\n");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  waiting.clear();
  show();
});

element.setAttribute("role", "status");

// Gradio's button has a picture only; its question box may come after this.
new MutationObserver((_, observer) => {
  const button = document.querySelector("#qa-question button");
  if (!button) return;
  button.setAttribute("aria-label", "Send");
  button.title = "Send";
  observer.disconnect();
}).observe(document.body, { childList: true, subtree: true });

function show() {
  element.replaceChildren(
    ...[...waiting.values()].map((question) => {
      const line = document.createElement("p");
      line.className = "qa-meta qa-looking";
      line.textContent = `Looking in the documents: ${question}`;
      return line;
    }),
  );
}
