"use strict";
// Shows the numbers of the point nearest to the pointer, or stepped to with the arrow keys. All it
// writes is the text of the figure's own table.
(() => {
  const drawn = (svg) => [...svg.querySelectorAll("[data-at]")].flatMap((group) =>
    group.dataset.at.split(" ").map((place, row) => {
      const [x, y] = place.split(",").map(Number);
      return { x, y, row, series: Number(group.dataset.series) };
    }));
  for (const svg of document.querySelectorAll(".figure .drawn")) {
    const figure = svg.closest(".figure");
    const bodies = figure.querySelectorAll(".numbers tbody");
    let points = null;
    let shown = -1;
    let ring = null;
    const readout = document.createElement("p");
    readout.className = "readout";
    readout.setAttribute("aria-live", "polite");
    svg.after(readout);
    const find = () => (points ??= drawn(svg));
    const show = (at) => {
      const point = find()[at];
      if (!point || at === shown) return;
      shown = at;
      const rows = bodies[point.series]?.rows;
      const cells = [...(rows?.[point.row + 1]?.cells ?? [])];
      const heads = figure.querySelectorAll(".numbers thead th");
      const told = cells.map((cell, i) => (cell.textContent && cell.textContent !== "–"
        ? `${i < 2 ? `${heads[i].textContent}: ` : ""}${cell.textContent}` : "")).filter(Boolean);
      readout.textContent = `${rows?.[0]?.textContent ?? ""}. ${told.join(", ")}`;
      if (!ring) {
        ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
        ring.setAttribute("class", "found");
        ring.setAttribute("r", "7");
        svg.append(ring);
      }
      ring.setAttribute("cx", point.x);
      ring.setAttribute("cy", point.y);
    };
    svg.addEventListener("pointermove", (event) => {
      const matrix = svg.getScreenCTM();
      if (!matrix) return;
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      let best = -1;
      let least = Infinity;
      find().forEach((point, i) => {
        const far = (point.x - at.x) ** 2 + (point.y - at.y) ** 2;
        if (far < least) [best, least] = [i, far];
      });
      show(best);
    });
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const last = find().length - 1;
      const to = step ? Math.min(last, Math.max(0, shown + step)) : { Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      show(to);
    });
  }
})();
