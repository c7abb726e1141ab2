// The drawer with the documents: find, choose, add and remove them, and follow how they are read.
// After shared.js.

const drawer = element.querySelector("dialog");
const listing = element.querySelector("[data-listing]");

// ---- the drawer

// On a phone it is all there is; elsewhere one can go on asking beside it.
function openDrawer() {
  if (drawer.open) return;
  const { bottom } = document.querySelector("#qa-head").getBoundingClientRect();
  drawer.style.setProperty("--qa-top", narrow.matches ? "0px" : `${bottom}px`);
  if (narrow.matches) drawer.showModal();
  else drawer.show();
  panes().dataset.drawer = "documents";
  if (!listing.childElementCount) list();
  else find().then(follow);
}

drawer.addEventListener("close", () => { delete panes().dataset.drawer; });

function closeDrawer() {
  drawer.close();
  document.querySelector("[data-documents]")?.focus();
}

async function list() {
  // Asked first: what a build publishes while the list is on its way is then seen to be new.
  const before = await server.follow_progress({}).catch(() => null);
  const html = await server.list_documents({ chosen: [...chosen] }).catch(() => null);
  if (html == null) return; // the page says that nothing answers
  listing.innerHTML = html; // made by our templates, escaped
  showTicks();
  showLost();
  generation = before?.generation ?? generation;
  follow();
}

document.addEventListener("qa-documents", () => (drawer.open ? closeDrawer() : openDrawer()));
document.addEventListener("qa-documents-close", closeDrawer);
document.addEventListener("qa-open", ({ detail }) => { if (!detail.isQuiet) drawer.close(); });
document.addEventListener("qa-add", ({ detail }) => {
  openDrawer();
  element.querySelector(`[data-input="${detail.kind}"]`)?.click();
});
document.addEventListener("qa-back", list);
narrow.addEventListener("change", () => {
  if (drawer.open) drawer.close(); // it would be modal where it is not to be, or not where it is
});

// ---- which of them are asked; not all need to be in the part of the list that is shown

let chosen = new Set();

function showTicks() {
  for (const tick of element.querySelectorAll("[data-pick]")) tick.checked = chosen.has(tick.dataset.pick);
}

// Every question takes the choice along that is here when it is sent.
function choose(doc_ids) {
  chosen = new Set(doc_ids);
  document.body.dataset.chosen = JSON.stringify([...chosen]);
  showTicks();
  tellAll("qa-chosen");
}

document.addEventListener("qa-choose", ({ detail }) => choose(detail));

function pick(box) {
  if (box.checked) choose([...chosen, box.dataset.pick]);
  else choose([...chosen].filter((doc_id) => doc_id !== box.dataset.pick));
}

// ---- what is added and removed

let polling = false;
let isWanted = false;
let polled = false;
let wasDown = false;
let generation = null;

function keyOf(node) {
  const at = node?.closest("[data-pick], [data-open], [data-remove], [data-restore], details");
  if (!at) return null;
  for (const name of ["pick", "open", "remove"]) {
    if (name in at.dataset) return `[data-${name}="${CSS.escape(at.dataset[name])}"]`;
  }
  return "restore" in at.dataset ? "[data-restore]" : `[data-state="${at.dataset.state}"] summary`;
}

// Replaces what a node holds, unless it is the same; what is open, scrolled to and in focus
// stays so.
const held = new WeakMap();
function put(node, html) {
  if (!node || held.get(node) === html) return;
  const focused = node.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  const before = new Map();
  for (const part of node.querySelectorAll("details")) {
    before.set(part.dataset.state, [part.open, part.querySelector("ul").scrollTop]);
  }
  node.innerHTML = html;
  held.set(node, html);
  for (const part of node.querySelectorAll("details")) {
    if (!before.has(part.dataset.state)) continue;
    const [open, top] = before.get(part.dataset.state);
    part.open = open || part.open;
    part.querySelector("ul").scrollTop = top;
  }
  if (!focused) return;
  const again = node.querySelector(focused) ?? element.querySelector("h2");
  again?.focus({ preventScroll: true });
}

// Shows the documents found, again or for what is typed now.
async function find() {
  const box = element.querySelector("[data-find]");
  if (!box) return;
  const query = box.value;
  const html = await server.find_documents({ query, chosen: [...chosen] });
  if (html == null || box.value !== query || !box.isConnected) return;
  const found = element.querySelector("#qa-found");
  put(found, html);
  showTicks(); // one may have been ticked while this was on its way
  const rows = found.querySelectorAll(".qa-document-row").length;
  if (!query) {
    box.hidden = rows < 2;
    element.querySelector(".qa-manage")?.classList.toggle("qa-empty", rows === 0);
  }
}

// What was added shows itself once it has been read, while it is there.
let hasAdded = false;
async function introduce() {
  const html = await server.introduce_added({});
  const shown = element.querySelector("#qa-added");
  if (shown && html != null) shown.innerHTML = html; // made by our templates, escaped
}

// Follows an update until it ends; every new generation brings its documents into view.
// Whoever calls it while it goes on may know of what an answer on its way does not.
async function follow() {
  isWanted = true;
  if (polling) return;
  polling = true;
  try {
    for (;;) {
      isWanted = false;
      const now = await server.follow_progress({});
      if (!now) break; // nothing answers
      tell(now);
      if (!now.down) { // while the store is away, what is shown stays
        if (wasDown || (generation !== null && now.generation !== generation)) {
          await find();
          tellAll("qa-renew");
        }
        generation = now.generation;
      }
      wasDown = now.down;
      polled = true;
      if (now.running || now.down) {
        await new Promise((resolve) => setTimeout(resolve, now.running ? 700 : 2000));
        continue;
      }
      if (hasAdded) await introduce();
      if (!isWanted) break;
    }
  } finally {
    polling = false;
  }
}

function tell(now) {
  if (!now) return;
  put(element.querySelector("#qa-progress"), now.html);
  const busy = document.querySelector("#qa-busy");
  if (busy) busy.textContent = drawer.open ? "" : now.said; // the drawer says it itself
  tellNews(now.news);
}

// Tells those who listen what is new; at the start of a visit nothing is.
function tellNews(news) {
  const heard = document.querySelector("#qa-news");
  if (!heard || heard.dataset.said === news) return;
  if (heard.dataset.said !== undefined || polled) announce(news);
  heard.dataset.said = news;
}

function say(message) {
  const shown = element.querySelector("#qa-progress");
  if (!shown) return;
  const line = document.createElement("p");
  line.className = "qa-meta qa-stage";
  line.textContent = message;
  shown.replaceChildren(line);
  held.delete(shown);
}

// What could not even be uploaded is known here only.
let lost = [];
function showLost() {
  const line = element.querySelector("[data-lost]");
  if (!line) return;
  line.hidden = !lost.length;
  const more = lost.length > 10 ? ` and ${lost.length - 10} more` : "";
  const names = lost.slice(0, 10).join(", ") + more;
  line.textContent = lost.length ? `Could not be uploaded (too large?): ${names}` : "";
}

async function add(files) {
  const sent = [];
  lost = [];
  showLost();
  const waiting = files.filter(({ name }) => !name.split("/").some((part) => part.startsWith(".")));
  let done = 0;
  async function next() {
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      say(`Adding ${done + 1} of ${done + waiting.length + 1}: ${entry.name}`);
      try {
        const { path } = await upload(entry.file);
        sent.push({ path, name: entry.name });
      } catch {
        lost.push(entry.name);
      }
      done += 1;
    }
  }
  await Promise.all([next(), next(), next()]);
  showLost();
  if (sent.length) {
    tell(await server.add_files({ files: sent }));
    hasAdded = true;
  }
  follow();
}

// Reads what was dropped, folders with everything in them.
async function dropped(items) {
  const found = [];
  async function walk(entry, path) {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push({ file, name: path + entry.name });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) break;
      for (const inner of some) await walk(inner, `${path}${entry.name}/`);
    }
  }
  // What is asked for later than at once is gone.
  const entries = [...items].filter(({ kind }) => kind === "file").map((item) => [
    item.webkitGetAsEntry?.(),
    item.getAsFile(),
  ]);
  for (const [entry, file] of entries) {
    if (entry) await walk(entry, "");
    else if (file) found.push({ file, name: file.name });
  }
  return found;
}

function remove(button) {
  const data = button.dataset;
  if (!data.sure) {
    const [label, name] = [button.textContent, button.getAttribute("aria-label")];
    data.sure = "yes";
    button.textContent = "Really remove?";
    button.setAttribute("aria-label", `Really ${name.toLowerCase()[0]}${name.slice(1)}?`);
    setTimeout(() => {
      delete data.sure;
      button.textContent = label;
      button.setAttribute("aria-label", name);
    }, 15_000);
    return;
  }
  // It will be gone, and what goes takes the focus along.
  element.querySelector("h2").focus({ preventScroll: true });
  button.disabled = true;
  const doc_id = data.remove;
  server.remove_documents({ doc_ids: [doc_id] }).then((problem) => {
    if (problem) {
      say(problem);
      button.disabled = false;
    } else if (chosen.has(doc_id)) choose([...chosen].filter((other) => other !== doc_id));
    follow();
  });
}

function restore() {
  server.undo_removal({}).then((now) => {
    tell(now);
    if (now?.problem) say(now.problem);
    follow();
  });
}

Object.assign(acts, {
  remove,
  restore,
  close: closeDrawer,
  dismiss: () => {
    element.querySelector("h2").focus({ preventScroll: true }); // what is pressed goes
    server.dismiss_failures({}).then(tell);
  },
  update: () => server.check_changes({}).then((now) => { tell(now); follow(); }),
});

element.addEventListener("change", (event) => {
  const target = event.target;
  if (target.dataset.pick) pick(target);
  else if (target.dataset.input) {
    add([...target.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
    target.value = "";
  }
});

let finding = null;
element.addEventListener("input", (event) => {
  if (!("find" in event.target.dataset)) return;
  clearTimeout(finding);
  finding = setTimeout(find, 150);
});

// ---- files dropped anywhere on the page

const over = document.querySelector(".qa-drop");
const isOfFiles = (event) => event.dataTransfer?.types.includes("Files") && element.querySelector("[data-drop]");
document.addEventListener("dragover", (event) => {
  if (!isOfFiles(event)) return;
  event.preventDefault();
  over.hidden = false;
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) over.hidden = true; // out of the window
});
document.addEventListener("drop", (event) => {
  over.hidden = true;
  if (!isOfFiles(event)) return;
  event.preventDefault();
  openDrawer();
  dropped(event.dataTransfer.items).then(add);
});

list();
document.addEventListener("qa-turned", follow); // an answer may say that the store is away
follow(); // what is read and said does not wait for the list
