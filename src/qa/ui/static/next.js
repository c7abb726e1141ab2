// What may be asked next. Runs once, for the line above the question box, as the body of a
// function of (element, trigger, props, …); see shared.js.

let latest = 0;

// Looking for questions takes as long as answering a few: the answer does not wait for them.
document.addEventListener("qa-answered", async () => {
  const number = ++latest;
  const html = await server.suggest_next({ conversation: document.body.dataset.conversation });
  if (number !== latest) return;
  element.innerHTML = html; // made by our templates, escaped
});

// Whatever is asked, these are of the answer before.
document.addEventListener("qa-ask", () => {
  latest += 1;
  element.replaceChildren();
});

element.addEventListener("click", (event) => {
  const question = event.target.closest("button")?.dataset.ask;
  if (!question) return;
  const asked = new CustomEvent("qa-ask", { detail: question });
  asked.isWhole = true;
  document.dispatchEvent(asked);
});
