// What several scripts need; it stands in front of each of them. A script runs once, for its
// gr.HTML component, as the body of a function of (element, trigger, props, server, upload, …).
// Everything is delegated from `element`, whose content is replaced. Scripts tell each other what
// has happened by events of the document.

// One pane at a time: a phone, upright or held sideways, or all of it made large.
const narrow = matchMedia("(max-width: 768px), (max-height: 480px)");
const panes = () => document.querySelector(".qa-panes");
const questionBox = () => document.querySelector("#qa-question textarea");

// Brings a pane to the front: "ask", "source" or "evaluate". A source that is opened from the
// report stands beside it, until another pane is shown.
function show(pane, from) {
  const { dataset } = panes();
  dataset.pane = pane;
  if (pane !== "source") delete dataset.from;
  else if (from) dataset.from = from;
  document.dispatchEvent(new CustomEvent("qa-show", { detail: pane }));
}

function tellAll(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}

// Says it to those who listen: what stands behind a drawer that is all there is is not heard.
function announce(words) {
  document.querySelector("#qa-news").textContent = words;
  const within = document.querySelector("dialog:modal [data-heard-news]");
  if (within) within.textContent = words;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not a secure context, as over plain HTTP from another machine.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

async function copy(button, text) {
  const label = button.textContent;
  await copyText(text);
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
}

// The place in a document that a button opens.
function place(data) {
  return {
    doc_id: data.open,
    start: Number(data.start ?? -1),
    end: Number(data.end ?? -1),
    shown: data.as ?? "",
    page: data.page ? Number(data.page) : null,
    check: data.check ?? "",
  };
}

// What a button does, by the attribute (data-…) that says so; each script adds its own.
const acts = {
  open: (button) => tellAll("qa-open", { place: place(button.dataset), button }),
  documents: (button) => tellAll("qa-documents", { button }),
  copy: (button) => copy(button, button.dataset.copy),
  add: (button) => tellAll("qa-add", { kind: button.dataset.add, button }),
  ask: ({ dataset }) => {
    const asked = new CustomEvent("qa-ask", { detail: dataset.ask });
    asked.only = dataset.askOnly ?? "";
    asked.isWhole = true; // what a button asks means the same anywhere
    document.dispatchEvent(asked);
  },
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !element.contains(button)) return;
  const name = Object.keys(acts).find((name) => name in button.dataset);
  if (name) acts[name](button);
});
