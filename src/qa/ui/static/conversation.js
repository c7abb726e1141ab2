// The conversation: what was said, the newest in view. After shared.js.

Object.assign(acts, {
  judge: ({ dataset }) => {
    const { conversation } = document.body.dataset;
    server.judge({ conversation, turn: Number(dataset.turn), verdict: dataset.judge }).then(receive);
  },
  edit: ({ dataset }) => edit(dataset.edit),
});

// Puts a question into the box, to be changed and sent.
function edit(question) {
  const box = questionBox();
  if (!box) return;
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

// The newest state of the conversation that has come; an older one that comes later, as when an
// answer and a verdict cross, is left. So is what is said in a conversation that a person has left.
let newest = { version: 0 };
let last = -1;
let entered = false; // a conversation that was just opened has nothing new

function receive(html) {
  if (!html) return; // it could not be told
  const coming = document.createElement("template");
  coming.innerHTML = html;
  const { conversation, version = 0 } = coming.content.querySelector("[data-version]")?.dataset ?? {};
  const isOther = Boolean(conversation) && conversation !== document.body.dataset.conversation;
  if (isOther || Number(version) < newest.version) return;
  newest = { version: Number(version), name: document.body.dataset.conversation };
  // It has an address before it is in view, or a reload in between would lose it.
  if (coming.content.querySelector(".qa-turn")) tellAll("qa-said", conversation);
  if (props.value !== html) props.value = html;
  requestAnimationFrame(showNewTurn);
}

document.addEventListener("qa-conversation", ({ detail }) => {
  if (newest.name !== detail.name) {
    newest = { version: 0, name: detail.name };
    last = -1;
    entered = detail.html.includes('class="qa-turn"');
  }
  receive(detail.html);
});
document.addEventListener("qa-turned", ({ detail }) => receive(detail));
document.body.dataset.canShow = "";
tellAll("qa-ready");

// A verdict changes the turn it is on: the conversation stays where it is.
function showNewTurn() {
  const turns = element.querySelectorAll(".qa-turn");
  const answered = [...turns].map(({ dataset }) => Number(dataset.sent));
  tellAll("qa-answered", answered);
  for (const mark of element.querySelectorAll(".qa-table mark")) {
    const table = mark.closest(".qa-table"); // wider than a phone: its marked cell is what counts
    const beyond = mark.getBoundingClientRect().right - table.getBoundingClientRect().right;
    if (beyond > -12) table.scrollLeft += beyond + 12;
  }
  document.querySelector("#qa-share").hidden = !turns.length;
  const number = turns.length ? Number(turns[turns.length - 1].dataset.number) : -1;
  if (number <= last) return;
  last = number;
  const isNew = !entered;
  entered = false;
  if (isNew) show("ask");
  const turn = turns[turns.length - 1];
  turn.scrollIntoView({ block: "start", behavior: still() });
  const lead = turn.querySelector("[data-lead]") ?? turn;
  const said = lead.querySelector(".qa-short, .qa-answer, .qa-abstained, .qa-error");
  if (!isNew) return;
  document.querySelector("#qa-answered").textContent = said?.textContent ?? "";
  openByItself(lead);
}

// The newest answer's place opens beside it, where both are in view and nothing was opened by hand.
function openByItself(lead) {
  const chip = lead.querySelector(".qa-chip");
  if (!chip && lead.querySelector(".qa-abstained")) tellAll("qa-unanswered");
  if (!chip || narrow.matches || document.body.dataset.pinned) return;
  tellAll("qa-open", { place: place(chip.dataset), button: chip, isQuiet: true });
}
