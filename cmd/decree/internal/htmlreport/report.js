"use strict";
// The page is whole without this script. It adds a box that filters the matches, and their order.
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  const list = document.getElementById("matches");
  const box = document.getElementById("filter");
  const order = document.getElementById("order");
  const shown = document.getElementById("shown");
  const matches = Array.from(list.children, (element, at) => ({ element, at, text: null }));
  const levels = ["critical", "high", "medium", "low", "informational", "none"];

  const filter = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const match of matches) {
      match.text ??= match.element.textContent.toLowerCase();
      const holds = words.every((word) => match.text.includes(word));
      match.element.hidden = !holds;
      count += holds ? 1 : 0;
    }
    shown.textContent = `${count} of ${matches.length} shown`;
  };

  const by = {
    time: () => 0,
    level: (a, b) => levels.indexOf(a.element.dataset.level) - levels.indexOf(b.element.dataset.level),
    rule: (a, b) => a.element.dataset.rule.localeCompare(b.element.dataset.rule),
    host: (a, b) => a.element.dataset.host.localeCompare(b.element.dataset.host),
  };
  const sort = () => {
    matches.sort((a, b) => by[order.value](a, b) || a.at - b.at);
    list.append(...matches.map((match) => match.element));
  };

  let waiting;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 150);
  });
  order.addEventListener("change", sort);
  shown.textContent = `${matches.length} of ${matches.length} shown`;
  if (box.value) filter();
  if (order.value !== "time") sort();
});
