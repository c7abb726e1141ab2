// What the panes do in the browser. Runs once for each of the gr.HTML components but the third
// pane, as the body of a function of (element, trigger, props, server, upload, watch).
// Everything is delegated from `element`, whose content Gradio replaces.

const panes = ["ask", "source", "evaluate"];

// A source opened from the report stands beside it, until another pane is shown.
function show(pane, from) {
  const root = document.querySelector(".qa-panes");
  root.dataset.pane = pane;
  if (pane !== "source") delete root.dataset.from;
  else if (from) root.dataset.from = from;
  showTab();
  document.dispatchEvent(new CustomEvent("qa-show", { detail: pane }));
}

// Where both panes are in view there is no tab for the source: what it stands beside is marked.
const narrow = matchMedia("(max-width: 768px)");
function showTab() {
  const { pane = "ask", from = "ask" } = document.querySelector(".qa-panes").dataset;
  const marked = pane === "source" && !narrow.matches ? from : pane;
  for (const tab of document.querySelectorAll("[data-tab]")) {
    const selected = tab.dataset.tab === marked;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
  }
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

async function copy(button) {
  const label = button.textContent;
  await copyText(button.dataset.copy);
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
}

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

// ---- the page's address: which document is open, at which place

// Not "page": Gradio takes that for one of its own.
const SHOWN = ["doc", "from", "to", "check", "as", "p"];

// What the address opens; null for nothing. Anybody may have written it.
function placeInAddress() {
  const said = new URLSearchParams(location.search);
  const doc_id = said.get("doc");
  if (!doc_id || doc_id.length > 4_096) return null;
  const number = (name) => (/^\d{1,9}$/.test(said.get(name) ?? "") ? Number(said.get(name)) : null);
  const [start, end] = [number("from") ?? -1, number("to") ?? -1];
  const check = (said.get("check") ?? "").slice(0, 64);
  return { doc_id, start, end, check, shown: said.get("as") === "text" ? "text" : "", page: number("p") };
}

function addressOf(place) {
  const to = new URL(location.href);
  for (const name of SHOWN) to.searchParams.delete(name);
  if (!place?.doc_id) return to;
  to.searchParams.set("doc", place.doc_id);
  if (place.end > 0) {
    to.searchParams.set("from", place.start);
    to.searchParams.set("to", place.end);
    if (place.check) to.searchParams.set("check", place.check);
  }
  if (place.shown === "text") to.searchParams.set("as", "text");
  if (place.page) to.searchParams.set("p", place.page);
  return to;
}

// What opens by itself takes the place of what is in the address, and the way back skips it.
function putInAddress(place, isQuiet) {
  const to = addressOf(place);
  if (to.href === location.href) return;
  if (isQuiet) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
}

// Documents that are asked; not all of them need to be in the part of the list that is shown.
// Only the right pane's script knows them.
let chosen = new Set();

function showTicks() {
  for (const tick of element.querySelectorAll("[data-pick]")) tick.checked = chosen.has(tick.dataset.pick);
}

document.addEventListener("qa-all", () => {
  if (!isSource) return;
  chosen.clear();
  showTicks();
  choose();
});

function pick(box) {
  if (box.checked) chosen.add(box.dataset.pick);
  else chosen.delete(box.dataset.pick);
  choose();
}

// Every question takes the choice along that is here when it is sent.
function choose() {
  document.body.dataset.chosen = JSON.stringify([...chosen]);
  document.dispatchEvent(new Event("qa-chosen"));
}

// ---- what the right pane shows: the list or a document, whichever was asked for last

const isSource = Boolean(element.closest("#qa-source"));
const unreachable = '<div class="qa-source">' +
  '<button type="button" class="qa-back qa-return" data-return>← Back to the report</button>' +
  '<button type="button" class="qa-back" data-list>' +
  '← All documents</button><p class="qa-notice" role="alert">This could not be shown: is the ' +
  "program still running?</p></div>";

// The button that led to what is shown now: the focus goes to its like in the new view, as
// for turning pages, or else to the heading.
let acted = null;
let asked = 0;
let quietly = false; // what opens by itself leaves the focus where it is

let missed = null; // shows what could not be shown, once the program is back
async function fill(ask, button, isQuiet = false) {
  acted = element.contains(button) ? button : null;
  quietly = isQuiet;
  asked += 1;
  const number = asked;
  const html = await ask().catch(() => null);
  if (number !== asked) return; // something else was asked for meanwhile
  missed = html ? null : () => fill(ask, null, true);
  props.value = html ?? unreachable;
  requestAnimationFrame(present);
}

async function list(button, isBack = false) {
  document.body.dataset.pinned = "";
  if (!isBack) putInAddress(null, false);
  await fill(() => server.list_documents({ chosen: [...chosen] }), button);
  follow();
}

if (isSource) {
  narrow.addEventListener("change", showTab);
  document.addEventListener("qa-open", ({ detail }) => {
    const { place, button, from, isQuiet = false, isBack = false } = detail;
    const isWithin = element.contains(button) && !button.matches(".qa-document");
    if (!isWithin) {
      // What a person has taken from the list stays when the next answer comes.
      document.body.dataset.pinned = button?.matches(".qa-document") ? "yes" : "";
      const isCited = button?.closest("#qa-conversation");
      document.querySelector(".qa-panes").dataset.opened = isCited ? "answer" : "";
    }
    if (!isBack) putInAddress("text" in place ? null : place, isQuiet);
    fill(() => ("text" in place ? server.open_evidence(place) : server.open_place(place)), button, isQuiet);
    if (!isQuiet) show("source", from);
  });
  document.addEventListener("qa-list", () => list(null));
  document.addEventListener("qa-back", () => {
    if (missed) missed();
    follow();
  });
  addEventListener("popstate", () => {
    const place = placeInAddress();
    if (place) document.dispatchEvent(new CustomEvent("qa-open", { detail: { place, button: null, isBack: true } }));
    else {
      if (narrow.matches && element.querySelector('[data-view="document"]')) show("ask");
      if (element.querySelector('[data-view="document"]')) list(null, true);
    }
  });
}

// ---- adding and removing documents; only the right pane has a server to do it with

let polling = false;
let polled = false;
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
  const again = node.querySelector(focused) ?? element.querySelector(".qa-source-title");
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

// Follows an update until it ends; every new generation brings its documents into view.
async function follow() {
  if (polling) return;
  polling = true;
  try {
    for (;;) {
      const now = await server.follow_progress({});
      if (!now) break; // nothing answers
      tell(now);
      if (generation !== null && now.generation !== generation) {
        await find();
        document.dispatchEvent(new Event("qa-renew"));
      }
      generation = now.generation;
      polled = true;
      if (!now.running) break;
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
  } finally {
    polling = false;
  }
}

function tell(now) {
  if (!now) return;
  put(element.querySelector("#qa-progress"), now.html);
  const busy = document.querySelector("#qa-busy");
  // The list, where it is in view, says it itself.
  const told = element.querySelector('[data-view="list"]')?.checkVisibility();
  if (busy) busy.textContent = told ? "" : now.said;
  announce(now.news);
}

// Says it to those who listen; at the start of a visit there is no news.
function announce(news) {
  const heard = document.querySelector("#qa-news");
  if (!heard || heard.dataset.said === news) return;
  if (heard.dataset.said !== undefined || polled) heard.textContent = news;
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
  if (sent.length) tell(await server.add_files({ files: sent }));
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
    }, 6000);
    return;
  }
  // It will be gone, and what goes takes the focus along.
  element.querySelector(".qa-source-title").focus({ preventScroll: true });
  button.disabled = true;
  const doc_id = data.remove;
  server.remove_documents({ doc_ids: [doc_id] }).then((problem) => {
    if (problem) {
      say(problem);
      button.disabled = false;
    } else if (chosen.delete(doc_id)) choose();
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

// Puts a question into the box, to be changed and sent.
function edit(question) {
  const box = document.querySelector("#qa-question textarea");
  if (!box) return;
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

element.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (!target || !element.contains(target)) return;
  const data = target.dataset;
  if (data.tab) {
    document.querySelector(".qa-panes").dataset.opened = "";
    show(data.tab);
  }
  else if (data.zoom) zoom(Number(data.zoom));
  else if ("documents" in data) {
    show("ask"); // beside which the documents are
    document.dispatchEvent(new Event("qa-list"));
  }
  else if (data.share === "link") {
    const to = new URL(location.href);
    to.search = `?c=${document.body.dataset.conversation}`;
    copyText(to.href).then(() => announce("The link was copied."));
  }
  else if ("leave" in data) document.dispatchEvent(new Event("qa-leave"));
  else if ("copyLink" in data) {
    const to = new URL(location.href);
    to.searchParams.delete("c"); // the document's place, and nothing of what was asked
    data.copy = to.href;
    copy(target);
    delete data.copy;
  }
  else if (data.copy) copy(target);
  else if (data.judge) {
    const { conversation } = document.body.dataset;
    server.judge({ conversation, turn: Number(data.turn), verdict: data.judge }).then(receive);
  }
  else if (data.edit) edit(data.edit);
  else if (data.ask) {
    const asked = new CustomEvent("qa-ask", { detail: data.ask });
    asked.only = data.askOnly ?? "";
    asked.isWhole = true; // what a button asks means the same anywhere
    document.dispatchEvent(asked);
  }
  else if (data.remove) remove(target);
  else if (data.add) {
    show("source");
    document.querySelector(`[data-input="${data.add}"]`)?.click();
  }
  else if (data.only) {
    chosen = new Set([data.only]);
    choose();
    show("ask");
    document.querySelector("#qa-question textarea")?.focus();
  }
  else if ("update" in data) server.check_changes({}).then((now) => { tell(now); follow(); });
  else if ("restore" in data) restore();
  else if ("list" in data) list(target);
  else if ("return" in data) {
    show("evaluate");
    document.dispatchEvent(new Event("qa-return"));
  }
  else if (data.open) {
    const detail = { place: place(data), button: target };
    document.dispatchEvent(new CustomEvent("qa-open", { detail }));
  }
});

element.addEventListener("change", (event) => {
  const target = event.target;
  if (target.dataset.pick) pick(target);
  else if ("jump" in target.dataset) jump(target);
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

for (const kind of ["dragover", "dragleave", "drop"]) {
  element.addEventListener(kind, (event) => {
    const zone = element.querySelector("[data-drop]");
    if (!zone || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.toggle("qa-over", kind === "dragover");
    if (kind === "drop") dropped(event.dataTransfer.items).then(add);
  });
}

if (isSource) {
  const place = placeInAddress();
  if (place) {
    fill(() => server.open_place(place), null);
    if (!new URLSearchParams(location.search).has("c")) show("source");
  } else list(null, true);
  follow();
}

element.addEventListener("keydown", (event) => {
  const tab = event.target.closest("[data-tab]");
  if (!tab || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const tabs = panes.filter((pane) => element.querySelector(`[data-tab="${pane}"]`)?.offsetParent);
  const step = event.key === "ArrowRight" ? 1 : tabs.length - 1;
  const next = tabs[(tabs.indexOf(tab.dataset.tab) + step) % tabs.length];
  show(next);
  element.querySelector(`[data-tab="${next}"]`)?.focus();
});

function refocus(heading) {
  const same = [...element.querySelectorAll(".qa-pager button, .qa-switch button")].find(
    (button) => button.textContent === acted?.textContent && !button.disabled);
  const lost = acted && document.activeElement === document.body;
  acted = null;
  if (same) same.focus({ preventScroll: true });
  else if (lost) heading?.focus({ preventScroll: true });
  return Boolean(same);
}

// ---- within a document: another page, another size, the next place of some words

let looked = { doc_id: "", words: "", start: -1, said: "" };
async function findWords(box, back) {
  const { shown: doc_id } = element.querySelector("[data-shown]").dataset;
  const words = box.value.trim();
  if (!words) return;
  const after = looked.doc_id === doc_id && looked.words === words ? looked.start : -1;
  const now = await server.find_words({ doc_id, words, after, back });
  const said = now.total ? `${now.number.toLocaleString()} of ${now.total.toLocaleString()}` : "Not found";
  looked = { doc_id, words, start: now.start, said };
  if (!now.total) {
    showLooked();
    return;
  }
  const isText = element.querySelector('[data-as="text"][aria-pressed="true"]');
  const place = { doc_id, start: now.start, end: now.end, shown: isText ? "text" : "", page: null };
  document.dispatchEvent(new CustomEvent("qa-open", { detail: { place, button: box } }));
}

function showLooked() {
  const box = element.querySelector("[data-words]");
  if (!box || looked.doc_id !== element.querySelector("[data-shown]")?.dataset.shown) return null;
  box.value = looked.words;
  element.querySelector("[data-found]").textContent = looked.said;
  return box;
}

function jump(box) {
  const like = element.querySelector(".qa-pager [data-page]");
  const page = Math.min(Math.max(Math.trunc(Number(box.value)) || 1, 1), Number(box.max));
  box.value = page; // the same page is not drawn anew
  const detail = { place: { ...place(like.dataset), page }, button: box };
  document.dispatchEvent(new CustomEvent("qa-open", { detail }));
}

const SIZES = [1, 1.25, 1.5, 2, 3];
let size = 0;
function zoom(by) {
  size = Math.min(Math.max(size + by, 0), SIZES.length - 1);
  const sheet = element.querySelector(".qa-sheet");
  if (sheet) sheet.style.width = `${SIZES[size] * 100}%`;
  for (const button of element.querySelectorAll("[data-zoom]")) {
    button.disabled = size === (button.dataset.zoom === "1" ? SIZES.length - 1 : 0);
  }
}

element.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !("words" in event.target.dataset)) return;
  event.preventDefault();
  findWords(event.target, event.shiftKey);
});

function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}

function present() {
  showTicks();
  showLost();
  zoom(0);
  const finding = showLooked();
  const isFound = finding && "words" in (acted?.dataset ?? {});
  const isJumped = "jump" in (acted?.dataset ?? {});
  const cited = element.querySelector("#qa-cited");
  const heading = element.querySelector(".qa-source-title");
  if (quietly) (cited ?? heading)?.scrollIntoView({ block: cited ? "center" : "start", behavior: still() });
  else if (isFound || isJumped) {
    acted = null;
    cited?.scrollIntoView({ block: "center", behavior: still() });
    (isFound ? finding : element.querySelector("[data-jump]"))?.focus({ preventScroll: true });
  } else if (cited) {
    cited.scrollIntoView({ block: "center", behavior: still() });
    if (!refocus(heading)) cited.focus({ preventScroll: true });
  } else {
    heading?.scrollIntoView({ block: "start", behavior: still() });
    refocus(heading);
  }
}

// The newest state of the conversation that has come; an older one that comes later, as when an
// answer and a verdict cross, is left. So is what is said in a conversation that a person has left.
let newest = { version: 0, html: null };
let last = -1;
let entered = false; // a conversation that was just opened has nothing new

function receive(html) {
  if (!html) return; // it could not be told
  const coming = document.createElement("template");
  coming.innerHTML = html;
  const { conversation, version = 0 } = coming.content.querySelector("[data-version]")?.dataset ?? {};
  const isOther = Boolean(conversation) && conversation !== document.body.dataset.conversation;
  if (isOther || Number(version) < newest.version) return;
  newest = { version: Number(version), html, name: document.body.dataset.conversation };
  if (props.value !== html) props.value = html;
  requestAnimationFrame(showNewTurn);
}

if (element.closest("#qa-conversation")) {
  document.addEventListener("qa-conversation", ({ detail }) => {
    if (newest.name !== detail.name) {
      newest = { version: 0, html: null, name: detail.name };
      last = -1;
      entered = detail.html.includes('class="qa-turn"');
    }
    receive(detail.html);
  });
  document.addEventListener("qa-turned", ({ detail }) => receive(detail));
  document.body.dataset.canShow = "";
  document.dispatchEvent(new Event("qa-ready"));
}

// A verdict changes the turn it is on: the conversation stays where it is.
function showNewTurn() {
  const turns = element.querySelectorAll(".qa-turn");
  const answered = [...turns].map(({ dataset }) => Number(dataset.sent));
  document.dispatchEvent(new CustomEvent("qa-answered", { detail: answered }));
  for (const mark of element.querySelectorAll(".qa-table mark")) {
    const table = mark.closest(".qa-table"); // wider than a phone: its marked cell is what counts
    const beyond = mark.getBoundingClientRect().right - table.getBoundingClientRect().right;
    if (beyond > -12) table.scrollLeft += beyond + 12;
  }
  const share = document.querySelector("#qa-share");
  if (share && element.closest("#qa-conversation")) share.hidden = !turns.length;
  const number = turns.length ? Number(turns[turns.length - 1].dataset.number) : -1;
  if (number <= last) return;
  last = number;
  const isNew = !entered;
  entered = false;
  if (isNew) show("ask");
  const turn = turns[turns.length - 1];
  turn.scrollIntoView({ block: "start", behavior: still() });
  const said = turn.querySelector(".qa-short, .qa-answer, .qa-abstained, .qa-error");
  if (!isNew) return;
  document.querySelector("#qa-answered").textContent = said?.textContent ?? "";
  const { conversation } = turn.closest("[data-conversation]").dataset;
  document.dispatchEvent(new CustomEvent("qa-said", { detail: conversation }));
  openByItself(turn);
}

// The newest answer's place opens beside it, where both are in view and nothing was opened by hand.
function openByItself(turn) {
  const chip = turn.querySelector(".qa-chip");
  if (!chip || narrow.matches || document.body.dataset.pinned) return;
  const detail = { place: place(chip.dataset), button: chip, isQuiet: true };
  document.dispatchEvent(new CustomEvent("qa-open", { detail }));
}

// ---- keys that count wherever one is: only the head's script listens

// What opened the source that is shown.
let opener = null;

function leaveSource() {
  const { pane, from } = document.querySelector(".qa-panes").dataset;
  if (pane === "source" && from) {
    show("evaluate");
    document.dispatchEvent(new Event("qa-return"));
    return;
  }
  const back = pane === "source" && opener?.isConnected ? opener : null;
  show("ask");
  (back?.checkVisibility() ? back : document.querySelector("#qa-question textarea"))?.focus();
}

const GONE = "The program does not answer: it may have been stopped. This page goes on when it is back.";

if (element.closest("#qa-head")) {
  const away = element.querySelector("#qa-away");
  document.addEventListener("qa-away", () => { away.textContent = GONE; });
  document.addEventListener("qa-back", () => {
    away.textContent = "";
    announce("The program is back.");
  });
  document.addEventListener("qa-open", ({ detail }) => { opener = detail.button; });
  document.addEventListener("qa-leave", leaveSource);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      show("ask");
      document.querySelector("#qa-question textarea")?.focus();
    } else if (event.key === "Escape" && !typing?.value) leaveSource();
  });
}
