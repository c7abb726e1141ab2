// What the third pane does in the browser: gold files, the report, feedback. Runs once, as the
// body of a function of (element, trigger, server, upload, …); see shared.js.

let following = false;
let report = "";
let told = null;

function warning(message) {
  const line = document.createElement("p");
  line.className = "qa-notice";
  line.setAttribute("role", "alert");
  line.textContent = message;
  return line;
}

// Says why a gold file is not asked; one that is being asked goes on below.
function refuse(message) {
  element.querySelector("#qa-refused")?.replaceChildren(...(message ? [warning(message)] : []));
}

// Gives a text to the browser to save.
function save(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// ---- asking a gold file

function showAsking(now) {
  const place = element.querySelector("#qa-asking");
  if (!place) return;
  const focused = place.contains(document.activeElement);
  place.innerHTML = now.html;
  // What was pressed is there again, or what came of it.
  if (focused) (place.querySelector("button") ?? element.querySelector("h2")).focus();
  const heard = document.querySelector("#qa-news");
  if (heard && told !== null && told !== now.news) heard.textContent = now.news;
  told = now.news;
}

async function followEvaluation() {
  if (following) return;
  following = true;
  try {
    for (;;) {
      const now = await server.follow_evaluation({});
      if (now.done) await readReport();
      showAsking(now);
      const frame = element.querySelector("#qa-report");
      if (frame) frame.hidden = !now.done;
      if (!now.running) break;
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
  } finally {
    following = false;
  }
}

// A report that is shown already stays where it is scrolled to.
async function readReport() {
  const now = await server.read_report({});
  const frame = element.querySelector("#qa-report");
  if (!frame || now === report) return;
  report = now;
  frame.srcdoc = report;
}

// What the report asks to open: a place, or the words of some evidence; null for anything else.
// The report holds text from documents and gold files, so whatever comes is checked.
function wantedPlace(data) {
  if (typeof data !== "object" || data === null || data.qa !== "open") return null;
  const { doc_id, start, end, text } = data;
  const isText = (value, most) => typeof value === "string" && value !== "" && value.length <= most;
  if (isText(text, 20_000)) return { text };
  const isSpan = Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start < end;
  return isText(doc_id, 4_096) && isSpan ? { doc_id, start, end, shown: "", page: null } : null;
}

addEventListener("message", (event) => {
  const frame = element.querySelector("#qa-report");
  if (!frame?.checkVisibility() || event.source !== frame.contentWindow) return;
  if (event.origin !== "null") return; // the report has no origin
  const place = wantedPlace(event.data);
  if (!place) return;
  const detail = { place, button: null, from: "evaluate" };
  document.dispatchEvent(new CustomEvent("qa-open", { detail }));
});

document.addEventListener("qa-return", () => {
  const frame = element.querySelector("#qa-report");
  frame?.focus();
  frame?.contentWindow.postMessage({ qa: "back" }, "*"); // it has no origin to name
});

async function begin(file) {
  refuse("");
  let path = "";
  try {
    ({ path } = await upload(file));
  } catch {
    refuse(`${file.name} could not be uploaded (too large?)`);
    return;
  }
  const said = await server.start_evaluation({ path, name: file.name });
  refuse(said);
  followEvaluation();
}

// ---- feedback

function entryOf(id) {
  return element.querySelector(`[data-entry="${CSS.escape(id)}"]`);
}

// What is typed and folded open, by entry: a person goes and looks for the sentence meanwhile.
function typed() {
  return [...element.querySelectorAll("[data-entry]:has(.qa-correct)")].map((entry) => ({
    id: entry.dataset.entry,
    open: entry.querySelector("details").open,
    values: [...entry.querySelectorAll("input, textarea")].map((box) => box.value),
  }));
}

function retype(before) {
  for (const { id, open, values } of before) {
    const entry = entryOf(id);
    if (!entry?.querySelector(".qa-correct")) continue;
    entry.querySelector("details").open = open;
    entry.querySelectorAll("input, textarea").forEach((box, i) => { box.value = values[i]; });
  }
}

// Shows the feedback as it is now; a problem stands with the entry it is about. What was asked
// for earlier and comes later is out of date.
let held = "";
let asked = 0;
let shown = 0;
async function renewFeedback(call, id = "") {
  asked += 1;
  const number = asked;
  const now = await call;
  const place = element.querySelector("#qa-feedback");
  if (!place || number < shown) return;
  shown = number;
  if (now.html !== held) {
    const before = typed();
    place.innerHTML = now.html;
    held = now.html;
    retype(before);
  }
  place.querySelectorAll(".qa-notice").forEach((line) => line.remove());
  const entry = id && entryOf(id);
  if (now.problem) {
    const form = entry && entry.querySelector(".qa-correct");
    (form || entry || place).append(warning(now.problem));
  } else if (id && document.activeElement === document.body) {
    (entry || place.querySelector("h2")).focus({ preventScroll: true });
  }
}

function correct(button, id) {
  const form = button.closest(".qa-correct");
  const none = button.dataset.correct === "none";
  renewFeedback(server.correct_feedback({
    id: Number(id),
    answer: none ? "" : form.querySelector("[data-answer]").value,
    evidence: none ? "" : form.querySelector("[data-evidence]").value,
    none,
  }), id);
}

// It cannot be undone: the first press asks.
function remove(button, id) {
  if (button.dataset.sure) {
    renewFeedback(server.delete_feedback({ id: Number(id) }), id);
    return;
  }
  const [label, name] = [button.textContent, button.getAttribute("aria-label")];
  button.dataset.sure = "yes";
  button.textContent = "Really delete?";
  button.setAttribute("aria-label", name.replace(label, "Really delete"));
  setTimeout(() => {
    delete button.dataset.sure;
    button.textContent = label;
    button.setAttribute("aria-label", name);
  }, 6000);
}

async function exportFeedback() {
  const now = await server.export_feedback({});
  if (now.problem) element.querySelector("#qa-feedback")?.append(warning(now.problem));
  else save("feedback-gold.jsonl", now.lines, "application/x-ndjson");
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !element.contains(button)) return;
  const data = button.dataset;
  const id = button.closest("[data-entry]")?.dataset.entry;
  if ("toQuestions" in data) document.dispatchEvent(new Event("qa-ask-pane"));
  else if ("gold" in data) element.querySelector("[data-gold-input]").click();
  else if ("stopEvaluation" in data) server.stop_evaluation({});
  else if ("saveReport" in data) save("report.html", report, "text/html");
  else if ("correct" in data) correct(button, id);
  else if ("deleteEntry" in data) remove(button, id);
  else if ("export" in data) exportFeedback();
});

element.addEventListener("change", (event) => {
  if (!("goldInput" in event.target.dataset) || !event.target.files.length) return;
  begin(event.target.files[0]);
  event.target.value = "";
});

// The pane is filled when it is first looked at, and brought up to date every time.
document.addEventListener("qa-show", (event) => {
  if (event.detail !== "evaluate") return;
  followEvaluation();
  renewFeedback(server.list_feedback({}));
});
