// What the third pane does in the browser: gold files, the report, feedback. Runs once, as the
// body of a function of (element, trigger, server, upload, …); see behaviour.js.

let following = false;
let report = "";

function put(selector, html) {
  const place = element.querySelector(selector);
  if (place) place.innerHTML = html;
}

function problem(message) {
  const line = document.createElement("p");
  line.className = "qa-notice";
  line.setAttribute("role", "alert");
  line.textContent = message;
  element.querySelector("#qa-trial")?.replaceChildren(line);
}

// Gives a text to the browser to save.
function save(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function followTrial() {
  if (following) return;
  following = true;
  try {
    for (;;) {
      const now = await server.follow_trial({});
      put("#qa-trial", now.html);
      if (!now.running) {
        if (now.done) await showReport();
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
  } finally {
    following = false;
  }
}

async function showReport() {
  report = await server.read_report({});
  const frame = element.querySelector("#qa-report");
  if (!report || !frame) return;
  frame.srcdoc = report;
  frame.hidden = false;
}

async function begin(file) {
  const frame = element.querySelector("#qa-report");
  if (frame) frame.hidden = true;
  try {
    const { path } = await upload(file);
    const said = await server.start_trial({ path, name: file.name });
    if (said) problem(said);
    else followTrial();
  } catch (error) {
    problem(`${file.name} could not be read.`);
  }
}

async function renewFeedback(call) {
  const now = await call;
  put("#qa-feedback", now.html);
  if (now.problem) {
    const line = document.createElement("p");
    line.className = "qa-notice";
    line.setAttribute("role", "alert");
    line.textContent = now.problem;
    element.querySelector("#qa-feedback")?.prepend(line);
  }
}

function correct(button, id) {
  const form = button.closest(".qa-correct");
  const none = button.dataset.correct === "none";
  return server.correct_feedback({
    id,
    answer: none ? "" : form.querySelector("[data-answer]").value,
    evidence: none ? "" : form.querySelector("[data-evidence]").value,
    none,
  });
}

element.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button || !element.contains(button)) return;
  const data = button.dataset;
  const id = Number(button.closest("[data-entry]")?.dataset.entry);
  if ("gold" in data) element.querySelector("[data-gold-input]").click();
  else if ("stopTrial" in data) server.stop_trial({});
  else if ("saveReport" in data) save("report.html", report, "text/html");
  else if ("correct" in data) renewFeedback(correct(button, id));
  else if ("deleteEntry" in data) renewFeedback(server.delete_feedback({ id }));
  else if ("export" in data) {
    save("feedback-gold.jsonl", await server.export_feedback({}), "application/x-ndjson");
  }
});

element.addEventListener("change", (event) => {
  if (!("goldInput" in event.target.dataset) || !event.target.files.length) return;
  begin(event.target.files[0]);
  event.target.value = "";
});

// The pane is filled when it is first looked at, and brought up to date every time.
document.addEventListener("qa-show", (event) => {
  if (event.detail !== "evaluate") return;
  renewFeedback(server.list_feedback({}));
  followTrial();
});
