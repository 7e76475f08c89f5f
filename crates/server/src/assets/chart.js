// Curves as drawings, with their numbers as a table.

import { element, fixed } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const SIZE = { width: 460, height: 190, left: 46, right: 12, top: 12, bottom: 34 };

export function drawing(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Round values between two ends, at most five steps. */
function ticks(low, high) {
  const raw = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((value) => value >= raw * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const found = [];
  for (let place = first; place * step <= high + step * 1e-9; place += 1) found.push(place * step);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (String(step).includes("25") ? 1 : 0));
  return found.map((value) => ({ value, digits }));
}

const short = (value) => (value >= 10_000 ? `${fixed(value / 1000, value % 1000 ? 1 : 0)}k` : String(Math.round(value)));

/**
 * Curves over training steps. `curves`: name, class of the line, and points of step and value.
 * Values that are no numbers are left out.
 */
export function chart(title, curves, digits = 3) {
  const whole = curves.map((curve) => ({ ...curve, points: curve.points.filter(([, value]) => Number.isFinite(value)) }));
  const all = whole.flatMap((curve) => curve.points);
  const box = element("figure", "chart", null, element("figcaption", "", title));
  if (all.length === 0) {
    box.append(element("p", "note", "Nothing yet."));
    return box;
  }
  const [steps, values] = [all.map((point) => point[0]), all.map((point) => point[1])];
  const last = Math.max(...steps, 1);
  let [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low) * 0.06 || Math.abs(high) * 0.05 || 0.05;
  [low, high] = [low - margin, high + margin];
  const x = (step) => SIZE.left + (step / last) * (SIZE.width - SIZE.left - SIZE.right);
  const y = (value) => SIZE.height - SIZE.bottom - ((value - low) / (high - low)) * (SIZE.height - SIZE.top - SIZE.bottom);
  const says = whole.filter((curve) => curve.points.length).map((curve) => {
    const [step, value] = curve.points.at(-1);
    return `${curve.name} ${fixed(value, digits)} at step ${step}`;
  });
  const svg = drawing("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-label": `${title}: ${says.join(", ")}.` });
  for (const { value, digits: shown } of ticks(low, high)) {
    svg.append(drawing("line", { class: "grid", x1: SIZE.left, x2: SIZE.width - SIZE.right, y1: y(value), y2: y(value) }));
    svg.append(drawing("text", { x: SIZE.left - 6, y: y(value) + 4, "text-anchor": "end" }, fixed(value, shown)));
  }
  for (const { value } of ticks(0, last)) {
    svg.append(drawing("text", { x: x(value), y: SIZE.height - SIZE.bottom + 16, "text-anchor": "middle" }, short(value)));
  }
  svg.append(drawing("text", { x: (SIZE.left + SIZE.width - SIZE.right) / 2, y: SIZE.height - 3, "text-anchor": "middle" }, "training steps"));
  for (const curve of whole) {
    const path = curve.points.map(([step, value], place) => `${place ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("");
    svg.append(drawing("path", { class: `line ${curve.line}`, d: path }));
    if (curve.points.length === 1) {
      const [step, value] = curve.points[0];
      svg.append(drawing("circle", { class: `dot ${curve.line}`, cx: x(step), cy: y(value), r: 3 }));
    }
  }
  box.append(svg);
  if (whole.length > 1) {
    const legend = element("p", "legend");
    for (const curve of whole) legend.append(element("span", `key ${curve.line}`, curve.name));
    box.append(legend);
  }
  box.append(numbers(whole, digits));
  return box;
}

function numbers(curves, digits) {
  const steps = [...new Set(curves.flatMap((curve) => curve.points.map(([step]) => step)))].sort((a, b) => a - b);
  const found = curves.map((curve) => new Map(curve.points));
  const table = element("table");
  const head = element("tr", "", null, ...["step", ...curves.map((curve) => curve.name)].map((text) => {
    const cell = element("th", "", text);
    cell.scope = "col";
    return cell;
  }));
  table.append(element("thead", "", null, head));
  const details = element("details", "numbers", null, element("summary", "", "Numbers"), table);
  details.addEventListener("toggle", () => {
    if (!details.open || table.tBodies.length) return;
    const body = table.createTBody();
    for (const step of steps) {
      body.append(element("tr", "", null, element("th", "", step), ...found.map((values) => element("td", "", fixed(values.get(step) ?? NaN, digits)))));
    }
  });
  return details;
}

/** A curve in one line of a list, on a scale of its own. */
export function sparkline(points) {
  const svg = drawing("svg", { class: "spark", viewBox: "0 0 90 24", "aria-hidden": "true" });
  if (points.length < 2) return svg;
  const last = points.at(-1)[0] || 1;
  const values = points.map((point) => point[1]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const path = points.map(([step, value], place) => `${place ? "L" : "M"}${((step / last) * 88 + 1).toFixed(1)} ${(22 - ((value - low) / (high - low || 1)) * 20).toFixed(1)}`);
  svg.append(drawing("path", { d: path.join("") }));
  return svg;
}
