// Shows only the questions that hold the words typed; without it the page is whole.
const box = document.querySelector(".qr-filter");
const input = box.querySelector("input");
const status = box.querySelector("[role=status]");
const groups = [...document.querySelectorAll(".qr-group")];
const entries = [...document.querySelectorAll(".qr-q")].map((node) => [node, node.textContent.toLowerCase()]);
box.hidden = false;
input.addEventListener("input", () => {
  const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const [node, text] of entries) {
    node.hidden = !wanted.every((word) => text.includes(word));
    shown += !node.hidden;
  }
  for (const group of groups) {
    const left = group.querySelectorAll(".qr-q:not([hidden])").length;
    group.hidden = left === 0;
    if (wanted.length && left) group.open = true;
  }
  status.textContent = wanted.length ? `${shown} of ${entries.length} questions` : "";
});
// A link to a closed group opens it.
addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
});
// Inside the page of the program, what is cited can be opened there; a saved report is on its own.
function button(label, name, data) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "qr-open";
  made.textContent = label;
  made.setAttribute("aria-label", name);
  made.addEventListener("click", () => {
    opened = made;
    parent.postMessage({ qa: "open", ...data }, "*");
  });
  return made;
}
let opened = null;
if (parent !== window) {
  for (const node of document.querySelectorAll(".qr-place")) {
    const { docId, start, end } = node.dataset;
    const place = { doc_id: decodeURIComponent(docId), start: Number(start), end: Number(end) };
    node.replaceChildren(button(node.textContent, `Open ${node.textContent}`, place));
  }
  for (const node of document.querySelectorAll(".qr-evidence")) {
    const text = node.textContent;
    node.after(" ", button("Open", `Open the evidence “${text.slice(0, 100)}”`, { text }));
  }
  // Back from a source: where one left off.
  addEventListener("message", (event) => {
    if (event.source === parent && event.data?.qa === "back") opened?.focus();
  });
}
