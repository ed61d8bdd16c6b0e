"use strict";
// Every page is whole without this script. It adds tabs, buttons that copy, and the search of the index.
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  // Tabs: one panel is shown. https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
  for (const list of document.querySelectorAll('[role="tablist"]')) {
    const tabs = Array.from(list.querySelectorAll('[role="tab"]'));
    const choose = (chosen) => {
      for (const tab of tabs) {
        const is = tab === chosen;
        tab.setAttribute("aria-selected", String(is));
        tab.tabIndex = is ? 0 : -1;
        document.getElementById(tab.getAttribute("aria-controls")).classList.toggle("chosen", is);
      }
    };
    list.addEventListener("click", (event) => {
      const tab = event.target.closest('[role="tab"]');
      if (tab) choose(tab);
    });
    list.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(document.activeElement);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
      if (next === undefined || at < 0) return;
      event.preventDefault();
      const tab = tabs[next % tabs.length];
      choose(tab);
      tab.focus();
    });
    const named = tabs.find((tab) => "#" + tab.getAttribute("aria-controls") === location.hash);
    if (named) choose(named);
  }

  // Copying: what is shown, or the exact text where hidden characters are shown as escapes.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };
  for (const button of document.querySelectorAll("button.copy")) {
    const label = button.textContent;
    button.addEventListener("click", async () => {
      const text = button.closest(".code").querySelector("pre");
      button.textContent = (await copy(text.dataset.exact ?? text.textContent)) ? "Copied" : "Not copied";
      button.focus();
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }

  // The index: a search for words, and filters. The address keeps both, so that it can be sent.
  const form = document.querySelector("form.controls");
  if (!form) return;
  const box = document.getElementById("search");
  const shown = document.getElementById("shown");
  const facets = Array.from(form.querySelectorAll("select"));
  const cards = Array.from(document.getElementById("cards").children, (element) => ({ element, text: null }));

  const filter = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = facets.filter((f) => f.value).map((f) => [f.dataset.facet, `|${f.value}|`]);
    let count = 0;
    for (const card of cards) {
      card.text ??= (card.element.textContent + " " + card.element.dataset.search).toLowerCase();
      const holds = asked.every(([key, value]) => (card.element.dataset[key] ?? "").includes(value)) && words.every((word) => card.text.includes(word));
      card.element.hidden = !holds;
      count += holds ? 1 : 0;
    }
    shown.textContent = `${count} of ${cards.length} detections`;
  };
  const keep = () => {
    const state = new URLSearchParams();
    if (box.value) state.set("q", box.value);
    for (const f of facets) if (f.value) state.set(f.dataset.facet, f.value);
    history.replaceState(null, "", "#" + state);
  };
  const restore = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    box.value = state.get("q") ?? "";
    for (const f of facets) {
      f.value = state.get(f.dataset.facet) ?? "";
      if (f.selectedIndex < 0) f.value = "";
    }
    filter();
  };
  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { filter(); keep(); }, 120);
  };
  form.addEventListener("input", soon);
  form.addEventListener("reset", () => setTimeout(soon));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", restore);
  if (location.hash.includes("=")) restore();
});
