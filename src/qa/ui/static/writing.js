// What a model writes about answers. Runs once, for an element that shows nothing, as the body of
// a function of (element, trigger, server, …); see shared.js.

const ASKED_EVERY = 400; // milliseconds
const drawn = new Map(); // conversation and turn -> what was written about it
const PLACES = "#qa-conversation [data-write]";

function keyOf(place) {
  return `${document.body.dataset.conversation} ${place.dataset.write}`;
}

function current(key) {
  return [...document.querySelectorAll(PLACES)].find((place) => keyOf(place) === key);
}

function show(key) {
  const place = current(key);
  if (place) place.innerHTML = drawn.get(key); // made by our templates, escaped
}

async function follow(conversation, turn) {
  const key = `${conversation} ${turn}`;
  for (;;) {
    const now = await server.follow_writing({ conversation, turn });
    drawn.set(key, now.html);
    show(key);
    if (now.done) return;
    await new Promise((resolve) => setTimeout(resolve, ASKED_EVERY));
  }
}

// The newest answer is written about by itself, an older one when somebody asks for it.
function look() {
  const places = [...document.querySelectorAll(PLACES)];
  for (const place of places) {
    if (place.childElementCount) continue;
    const key = keyOf(place);
    if (drawn.has(key)) {
      show(key);
    } else if (place === places.at(-1)) {
      drawn.set(key, "");
      follow(document.body.dataset.conversation, Number(place.dataset.write));
    } else {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "qa-link";
      button.dataset.startWriting = "";
      button.textContent = "Have it written up";
      place.append(button);
    }
  }
}

document.addEventListener("click", (event) => {
  const place = event.target.closest?.(PLACES);
  if (!place) return;
  const conversation = document.body.dataset.conversation;
  const turn = Number(place.dataset.write);
  if (event.target.closest("[data-stop-writing]")) server.stop_writing({ conversation, turn });
  if (event.target.closest("[data-start-writing]")) follow(conversation, turn);
});

// The conversation is drawn by another script, and may come after this one.
new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
look();
