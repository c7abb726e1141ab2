// The document that is open, at its place, and the page's address, which says so. After shared.js.

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

// ---- what is shown: what was asked for last

const unreachable = '<div class="qa-source">' +
  '<button type="button" class="qa-back qa-return" data-return>← Back to the report</button>' +
  '<button type="button" class="qa-back" data-leave>Close</button>' +
  '<p class="qa-notice" role="alert">This could not be shown: is the program still running?</p></div>';

// The button that led to what is shown now: the focus goes to its like in the new view, as
// for turning pages, or else to the heading.
let acted = null;
let asked = 0;
let quietly = false; // what opens by itself leaves the focus where it is
let missed = null; // shows what could not be shown, once the program is back
let opener = null; // what the way out leads back to
let openedItself = false; // beside an answer

async function fill(ask, button, isQuiet = false) {
  acted = button;
  quietly = isQuiet;
  asked += 1;
  const number = asked;
  const html = await ask().catch(() => null);
  if (number !== asked) return; // something else was asked for meanwhile
  missed = html ? null : () => fill(ask, null, true);
  props.value = html ?? unreachable;
  panes().dataset.source = "open";
  requestAnimationFrame(present);
}

function open({ place, button, from, isQuiet = false, isBack = false }) {
  opener = element.contains(button) ? opener : button;
  openedItself = isQuiet;
  if (!element.contains(button)) {
    // What a person has taken from the list stays when the next answer comes.
    const isListed = Boolean(button?.matches(".qa-document"));
    document.body.dataset.pinned = isListed ? "yes" : "";
    panes().dataset.opened = button?.closest("#qa-conversation") ? "answer" : "";
  }
  if (!isBack) putInAddress("text" in place ? null : place, isQuiet);
  fill(() => ("text" in place ? server.open_evidence(place) : server.open_place(place)), button, isQuiet);
  if (!isQuiet) show("source", from);
}

// Gives the room back to the conversation.
function close(isBack = false) {
  asked += 1; // what is on its way is not wanted any more
  missed = null;
  document.body.dataset.pinned = "";
  delete panes().dataset.source;
  props.value = "";
  if (!isBack) putInAddress(null, false);
}

// The way out leads to what opened it: the report, the answer, or the question box.
function leave() {
  const { pane, from, source } = panes().dataset;
  if (from) {
    goBack();
    return;
  }
  const back = pane === "source" && source ? opener : null;
  if (source) close();
  show("ask");
  (back?.isConnected && back.checkVisibility() ? back : questionBox())?.focus();
}

function goBack() {
  show("evaluate");
  tellAll("qa-return");
}

Object.assign(acts, {
  leave,
  return: goBack,
  zoom: ({ dataset }) => zoom(Number(dataset.zoom)),
  only: ({ dataset }) => {
    tellAll("qa-choose", [dataset.only]);
    show("ask");
    questionBox()?.focus();
  },
  copyLink: (button) => {
    const to = new URL(location.href);
    to.searchParams.delete("c"); // the document's place, and nothing of what was asked
    copy(button, to.href);
  },
});

document.addEventListener("qa-open", ({ detail }) => open(detail));
document.addEventListener("qa-leave", leave);
// Evidence of the answer before is none of a question that has no answer.
document.addEventListener("qa-unanswered", () => {
  if (!panes().dataset.source || panes().dataset.pane === "source" || !openedItself) return;
  close(true);
  putInAddress(null, true);
});
document.addEventListener("qa-back", () => missed?.());

// What is open belongs to the conversation it was opened in.
let conversation = "";
document.addEventListener("qa-conversation", ({ detail }) => {
  const isOther = conversation && conversation !== detail.name;
  conversation = detail.name;
  if (isOther && panes().dataset.source && !placeInAddress()) close(true);
});
addEventListener("popstate", () => {
  const place = placeInAddress();
  if (place) open({ place, button: null, isBack: true });
  else if (panes().dataset.source) {
    close(true);
    if (panes().dataset.pane === "source") show("ask");
  }
});

// Whoever pressed a button goes on from its like in what is shown now, or else from the heading.
function refocus(heading) {
  const same = [...element.querySelectorAll(".qa-pager button, .qa-switch button")].find(
    (button) => button.textContent === acted?.textContent && !button.disabled);
  if (acted) (same ?? heading)?.focus({ preventScroll: true });
  acted = null;
  return Boolean(same);
}

// ---- within a document: another page, another size, the next place of some words

const NOTHING = { doc_id: "", words: "", start: -1, said: "" };
let looked = NOTHING;
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
  tellAll("qa-open", { place, button: box });
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
  tellAll("qa-open", { place: { ...place(like.dataset), page }, button: box });
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

// Nothing looked for, nothing said of it.
element.addEventListener("input", (event) => {
  if (!("words" in event.target.dataset) || event.target.value.trim()) return;
  looked = NOTHING;
  element.querySelector("[data-found]").textContent = "";
});

element.addEventListener("change", (event) => {
  if ("jump" in event.target.dataset) jump(event.target);
});

function present() {
  zoom(0);
  const finding = showLooked();
  const isFound = finding && "words" in (acted?.dataset ?? {});
  const isJumped = "jump" in (acted?.dataset ?? {});
  const cited = element.querySelector("#qa-cited");
  const heading = element.querySelector(".qa-source-title");
  if (quietly && cited) cited.scrollIntoView({ block: "center", behavior: still() });
  else if (isFound || isJumped) {
    acted = null;
    cited?.scrollIntoView({ block: "center", behavior: still() });
    (isFound ? finding : element.querySelector("[data-jump]"))?.focus({ preventScroll: true });
  } else if (cited) {
    cited.scrollIntoView({ block: "center", behavior: still() });
    if (!refocus(heading)) cited.focus({ preventScroll: true });
  } else {
    element.closest("#qa-source").scrollTo({ top: 0, behavior: still() });
    refocus(heading);
  }
}

const there = placeInAddress();
if (there) {
  fill(() => server.open_place(there), null, true);
  if (!new URLSearchParams(location.search).has("c")) show("source");
}
