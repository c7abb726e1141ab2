// The line at the top: its menus, what it says of the program, and the keys that count wherever one
// is. After shared.js.

Object.assign(acts, {
  evaluate: () => {
    show("evaluate");
    document.querySelector("#qa-evaluate h2")?.focus(); // the menu it was chosen in closes
  },
  new: () => tellAll("qa-new"),
  share: (button) => {
    if (button.dataset.share !== "link") return; // history.js does the others
    const to = new URL(location.href);
    to.search = `?c=${document.body.dataset.conversation}`;
    copyText(to.href).then(() => announce("The link was copied."));
  },
});

document.addEventListener("qa-ask-pane", () => {
  show("ask");
  questionBox()?.focus();
});

// ---- when nothing answers

const AWAY = "The program does not answer: it may have been stopped. This page goes on when it is back.";
const away = element.querySelector("#qa-away");
document.addEventListener("qa-away", () => { away.textContent = AWAY; });
document.addEventListener("qa-back", () => {
  away.textContent = "";
  announce("The program is back.");
});

// ---- menus: one at a time, until something is chosen in it

function closeMenus(except) {
  for (const menu of element.querySelectorAll(".qa-menu[open]")) if (menu !== except) menu.open = false;
}

document.addEventListener("click", (event) => {
  const menu = event.target.closest?.(".qa-menu");
  closeMenus(event.target.closest?.("summary") && menu);
});

// ---- keys

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea");
  if (event.key === "/" && !typing && !document.querySelector("dialog:modal")) {
    event.preventDefault();
    show("ask");
    questionBox()?.focus();
  } else if (event.key === "Escape") escape(event, typing);
});

// Escape leads out of what was opened last.
function escape(event, typing) {
  const menu = element.querySelector(".qa-menu[open]");
  if (menu) {
    event.preventDefault();
    closeMenus();
    menu.querySelector("summary").focus();
  } else if (document.querySelector("dialog:modal") || typing?.value) return;
  else if (document.querySelector("dialog[open]")) tellAll("qa-documents-close");
  else if (panes().dataset.pane === "source") tellAll("qa-leave");
  else {
    show("ask");
    questionBox()?.focus();
  }
}
