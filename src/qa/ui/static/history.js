// Conversations: which one is shown, the drawer of those that are kept, and the page's address.
// Runs once, as the body of a function of (element, trigger, server, …); see shared.js.

// What other scripts know of it: the conversation that is shown, and whose browser this is.
const root = document.body;
const drawer = element.querySelector("dialog");
const NAME = /^[A-Za-z0-9_-]{16,64}$/;

// 128 bits at random: whoever does not have it cannot guess it.
function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
}

// Where several people use one page, each is listed what this browser has begun.
function ownName() {
  try {
    const name = localStorage.getItem("qa-owner") ?? newName();
    localStorage.setItem("qa-owner", name);
    return name;
  } catch {
    return newName(); // a browser that keeps nothing
  }
}

// ---- which conversation is shown

function inAddress() {
  const name = new URLSearchParams(location.search).get("c") ?? "";
  return NAME.test(name) ? name : "";
}

function goTo(name) {
  const to = new URL(location.href);
  if (name) to.searchParams.set("c", name);
  else to.searchParams.delete("c");
  // Another conversation: what is open belongs to this one.
  if (name !== root.dataset.conversation) for (const other of ["doc", "from", "to", "check", "as", "p"]) to.searchParams.delete(other);
  if (to.href !== location.href) history.pushState(null, "", to);
}

let opened = 0;
async function open(name, isExpected) {
  root.dataset.conversation = name;
  opened += 1;
  const number = opened;
  const html = await server.open_conversation({ conversation: name, is_expected: isExpected });
  if (number !== opened) return; // another was asked for meanwhile
  document.dispatchEvent(new CustomEvent("qa-conversation", { detail: { html, name } }));
}

function begin() {
  goTo("");
  open(newName(), false);
  drawer.close();
  document.querySelector("#qa-question textarea")?.focus();
}

root.dataset.owner = ownName();
const start = () => open(inAddress() || newName(), Boolean(inAddress()));
if ("canShow" in root.dataset) start();
else document.addEventListener("qa-ready", start, { once: true });

// A conversation has an address once something has been answered in it.
document.addEventListener("qa-said", ({ detail }) => {
  if (detail === root.dataset.conversation) goTo(detail);
});
document.addEventListener("qa-new", begin);
document.addEventListener("qa-renew", () => open(root.dataset.conversation, false));
addEventListener("popstate", () => {
  const name = inAddress();
  if (name !== root.dataset.conversation) open(name || newName(), Boolean(name));
});

// ---- the drawer

function part(name) {
  return drawer.querySelector(`[data-${name}]`);
}

let listed = 0;
async function list() {
  const place = part("entries");
  if (!place) return;
  listed += 1;
  const number = listed;
  const query = part("find-conversation").value;
  const now = await server.list_conversations({ query, owner: root.dataset.owner });
  if (number !== listed) return;
  place.innerHTML = now.html;
  say("problem", now.problem);
  for (const link of place.querySelectorAll("[data-conversation]")) {
    if (link.dataset.conversation === root.dataset.conversation) link.setAttribute("aria-current", "page");
  }
  for (const time of place.querySelectorAll("time")) {
    const options = { dateStyle: "medium", timeStyle: "short" };
    time.textContent = new Date(time.dateTime).toLocaleString(undefined, options);
  }
}

function say(name, message) {
  const line = part(name);
  line.hidden = !message;
  line.textContent = message;
}

function call(name, row, more = {}) {
  return server[name]({ conversation: row, owner: root.dataset.owner, ...more });
}

async function remove(name, title) {
  await call("delete_conversation", name);
  await list();
  say("undo", `Deleted: ${title} `);
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "qa-link";
  undo.textContent = "Undo";
  undo.addEventListener("click", async () => {
    await call("restore_conversation", name);
    say("undo", "");
    await list();
    drawer.querySelector(`[data-row="${name}"] a`)?.focus();
  });
  part("undo").append(undo);
  undo.focus();
  if (name !== root.dataset.conversation) return;
  goTo("");
  open(newName(), false);
}

// The title becomes a box; Enter keeps what is typed, Escape what was there.
function rename(row) {
  const link = row.querySelector("a");
  const title = link.querySelector(".qa-entry-title");
  const box = document.createElement("input");
  box.className = "qa-find";
  box.value = title.textContent;
  box.maxLength = 80;
  box.setAttribute("aria-label", "New name");
  link.hidden = true;
  row.prepend(box);
  box.select();
  let isDone = false;
  async function end(keeps) {
    if (isDone) return;
    isDone = true;
    if (keeps && box.value.trim()) await call("rename_conversation", row.dataset.row, { title: box.value });
    await list();
    drawer.querySelector(`[data-row="${row.dataset.row}"] [data-rename]`)?.focus();
  }
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") end(true);
    else if (event.key === "Escape") {
      event.preventDefault(); // or the drawer closes
      end(false);
    }
  });
  box.addEventListener("blur", () => end(true));
}

element.addEventListener("click", (event) => {
  if (event.target === drawer) drawer.close(); // beside it
  const link = event.target.closest("a[data-conversation]");
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.preventDefault();
    goTo(link.dataset.conversation);
    open(link.dataset.conversation, true);
    drawer.close();
    return;
  }
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest("[data-row]");
  if ("close" in button.dataset) drawer.close();
  else if ("new" in button.dataset) begin();
  else if ("rename" in button.dataset) rename(row);
  else if ("deleteConversation" in button.dataset) {
    remove(row.dataset.row, row.querySelector(".qa-entry-title").textContent);
  }
});

let finding = null;
element.addEventListener("input", (event) => {
  if (!("findConversation" in event.target.dataset)) return;
  clearTimeout(finding);
  finding = setTimeout(list, 150);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-conversations]")) return;
  if (part("undo")) say("undo", "");
  drawer.showModal();
  list();
});

// ---- giving a conversation to somebody else

async function share(kind) {
  if (kind === "print") {
    print();
    return;
  }
  const now = await server.export_conversation({ conversation: root.dataset.conversation, kind });
  const bytes = Uint8Array.from(atob(now.content), (letter) => letter.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: now.mime }));
  link.download = now.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

document.addEventListener("click", (event) => {
  const kind = event.target.closest?.("[data-share]")?.dataset.share;
  if (!kind) return;
  document.querySelector("#qa-share summary").focus();
  if (kind !== "link") share(kind); // the head's script does that
});
