// Above the question box, when only some documents are asked. Runs once, as the body of a function
// of (element, …); see shared.js.

const place = element.querySelector("[data-scope]");
document.addEventListener("qa-chosen", () => {
  const chosen = JSON.parse(document.body.dataset.chosen);
  place.replaceChildren();
  if (!chosen.length) return;
  const line = document.createElement("p");
  const [said, button] = [document.createElement("span"), document.createElement("button")];
  line.className = "qa-scope";
  said.textContent = `Asking only ${chosen.length > 1 ? `${chosen.length.toLocaleString("en")} documents` : chosen[0]}`;
  said.title = said.textContent;
  button.type = "button";
  button.textContent = "Ask all documents";
  line.append(said, button);
  place.append(line);
});

element.addEventListener("click", (event) => {
  if (!event.target.closest("button")) return;
  document.dispatchEvent(new CustomEvent("qa-choose", { detail: [] }));
  document.querySelector("#qa-question textarea")?.focus();
});
