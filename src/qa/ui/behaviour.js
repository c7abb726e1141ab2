// What the panes do in the browser. Runs once for each of the two gr.HTML components,
// as the body of a function of (element, trigger, watch). Everything is delegated from
// `element`, whose content Gradio replaces.

const panes = ["ask", "source"];

function show(pane) {
  const root = document.querySelector(".qa-panes");
  if (root) root.dataset.pane = pane;
  for (const tab of document.querySelectorAll("[data-tab]")) {
    const selected = tab.dataset.tab === pane;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
  }
}

async function copy(button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // Not a secure context, as over plain HTTP from another machine.
    const area = document.createElement("textarea");
    area.value = button.dataset.copy;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
}

element.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (!target || !element.contains(target)) return;
  const data = target.dataset;
  if (data.tab) show(data.tab);
  else if (data.copy) copy(target);
  else if (data.ask) trigger("ask", { question: data.ask });
  else if ("list" in data) trigger("list");
  else if (data.open) {
    const place = { doc_id: data.open, start: Number(data.start ?? -1), end: Number(data.end ?? -1) };
    trigger("open", place);
    show("source");
  }
});

element.addEventListener("keydown", (event) => {
  const tab = event.target.closest("[data-tab]");
  if (!tab || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const next = panes[1 - panes.indexOf(tab.dataset.tab)];
  show(next);
  element.querySelector(`[data-tab="${next}"]`)?.focus();
});

watch("value", () => requestAnimationFrame(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = still ? "auto" : "smooth";
  const cited = element.querySelector("#qa-cited");
  const heading = element.querySelector(".qa-source-title");
  const turns = element.querySelectorAll(".qa-turn");
  if (cited) {
    cited.scrollIntoView({ block: "center", behavior });
    cited.focus({ preventScroll: true });
  } else if (heading) {
    heading.scrollIntoView({ block: "start", behavior });
  } else if (turns.length) {
    show("ask");
    turns[turns.length - 1].scrollIntoView({ block: "start", behavior });
  }
}));
