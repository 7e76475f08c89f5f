"use strict";
(() => {
  // A table that is wider than its place becomes a list of rows, each value under the name of its
  // column: nothing has to be scrolled for. The roles keep it a table for whoever listens.
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };

  function name(head) {
    const copy = head.cloneNode(true);
    for (const axis of copy.querySelectorAll(".ends")) axis.remove();
    return copy.textContent.trim();
  }

  function prepare(table) {
    const names = [...table.querySelectorAll("thead tr:last-child > *")].map(name);
    for (const row of table.querySelectorAll("tbody tr")) {
      let column = 0;
      for (const cell of row.children) {
        if (cell.tagName === "TD" && names[column]) cell.dataset.name = names[column];
        column += cell.colSpan;
      }
    }
    for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, td, th")]) {
      const role = part.tagName === "TH" ? (part.closest("thead") ? "columnheader" : "rowheader") : roles[part.tagName];
      part.setAttribute("role", role);
    }
  }

  const places = [...document.querySelectorAll(".scroll")];
  for (const place of places) place.querySelectorAll("table").forEach(prepare);

  function fit() {
    for (const place of places) place.classList.remove("stacked");
    const wide = places.filter((place) => place.clientWidth > 0 && place.scrollWidth > place.clientWidth + 1);
    for (const place of wide) place.classList.add("stacked");
  }

  // Paper has a width of its own, that of `.paper` in the style sheet.
  const root = document.documentElement;
  root.classList.add("fitted");
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not(.numbers)")) details.open = true;
    root.classList.add("paper");
    fit();
  });
  window.addEventListener("afterprint", () => {
    root.classList.remove("paper");
    fit();
  });
  window.addEventListener("resize", fit);
  document.addEventListener("toggle", fit, true);
  fit();
})();
