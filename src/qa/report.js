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
