// The jobs of a study. Thousands of them are a list of which only what is seen is there.

import { sparkline } from "./chart.js";
import { ago, ask, badge, count, duration, element, fixed, memory, name } from "./words.js";

const PAGE = 100;
/** Rows drawn beyond what is seen, on either side. */
const BEYOND = 8;

export class Jobs {
  constructor(list, filters, study, choose) {
    Object.assign(this, { list, filters, study, choose, pages: new Map(), asked: new Map(), matching: 0, turn: 0, active: -1, chosen: -1, shown: new Map() });
    this.space = list.appendChild(element("div", "space"));
    this.space.role = "presentation";
    for (const kind of ["scroll", "resize"]) addEventListener(kind, () => this.draw(), { passive: true });
    filters.addEventListener("input", () => this.reload());
    filters.addEventListener("submit", (event) => event.preventDefault());
    list.addEventListener("keydown", (event) => this.press(event));
    list.addEventListener("focus", () => { if (this.active < 0 && this.matching) this.activate(0); });
    this.reload();
  }

  /** The list is another: ask for what is seen of it. */
  reload() {
    this.turn += 1;
    this.pages.clear();
    this.asked.clear();
    this.fetch(0);
    this.draw();
  }

  /** Jobs changed. Where the order or the filter depends on it, ask again, now and then. */
  update(jobs) {
    const { state, order } = this.filters.elements;
    let isOther = false;
    for (const job of jobs) {
      const before = this.at(job.number);
      if (before) Object.assign(before.job, { work: undefined, error: undefined, auc: undefined, step: undefined, seconds: undefined }, job);
      isOther ||= before?.state !== job.state || order.value === "auc" || order.value === "change";
    }
    if (isOther && (state.value || order.value !== "number")) this.again();
    this.draw(true);
  }

  again() {
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      this.asked.clear();
      this.turn += 1;
      const seen = this.range();
      for (let page = Math.floor(seen.first / PAGE); page <= Math.floor(Math.max(seen.first, seen.last - 1) / PAGE); page += 1) this.fetch(page, true);
      for (const page of this.pages.keys()) if (!this.asked.has(page)) this.pages.delete(page);
    }, 700);
  }

  at(number) {
    for (const rows of this.pages.values()) {
      const job = rows.find((row) => row.number === number);
      if (job) return { job, state: job.state };
    }
    return undefined;
  }

  async fetch(page, isAnew) {
    if (this.asked.has(page) || (this.pages.has(page) && !isAnew)) return;
    this.asked.set(page, true);
    const { turn } = this;
    const asked = new URLSearchParams(new FormData(this.filters));
    asked.set("from", page * PAGE);
    asked.set("count", PAGE);
    try {
      const found = await ask(`/api/study/${this.study}/jobs?${asked}`);
      if (turn !== this.turn) return;
      this.pages.set(page, found.jobs);
      this.matching = found.matching;
      this.filters.querySelector("output").value = `${count(found.matching)} ${found.matching === 1 ? "job" : "jobs"}`;
    } catch (error) {
      if (turn !== this.turn) return;
      this.filters.querySelector("output").value = error.message;
      setTimeout(() => this.asked.delete(page), 3000);
      return;
    }
    this.asked.delete(page);
    this.draw(true);
  }

  height() {
    return parseFloat(getComputedStyle(this.list).getPropertyValue("--row"));
  }

  range() {
    const height = this.height();
    const top = this.list.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(-top / height) - BEYOND);
    const last = Math.min(this.matching, Math.ceil((innerHeight - top) / height) + BEYOND);
    return { first, last: Math.max(first, last), height };
  }

  draw(isAnew) {
    if (this.list.offsetParent === null) return;
    const { first, last, height } = this.range();
    this.space.style.height = `${this.matching * height}px`;
    const keep = new Set();
    for (let place = first; place < last; place += 1) {
      const page = Math.floor(place / PAGE);
      const job = this.pages.get(page)?.[place % PAGE];
      if (!this.pages.has(page)) this.fetch(page);
      keep.add(place);
      const before = this.shown.get(place);
      if (before && !isAnew && before.job === job) continue;
      const row = this.row(place, job);
      row.style.transform = `translateY(${place * height}px)`;
      if (before) before.row.replaceWith(row);
      else this.space.append(row);
      this.shown.set(place, { row, job });
    }
    for (const [place, { row }] of this.shown) {
      if (keep.has(place)) continue;
      row.remove();
      this.shown.delete(place);
    }
  }

  row(place, job) {
    const row = element("div", "job");
    row.id = `job-${place}`;
    row.role = "option";
    row.setAttribute("aria-posinset", place + 1);
    row.setAttribute("aria-setsize", this.matching);
    row.setAttribute("aria-selected", String(job !== undefined && job.number === this.chosen));
    row.classList.toggle("active", place === this.active);
    if (!job) return row;
    const steps = job.steps ? `${count(job.step ?? 0)}/${count(job.steps)}` : "";
    row.append(
      element("span", "what", null, name(job.what), element("small", "", said(job))),
      badge(job.state),
      sparkline(job.curve),
      element("span", "auc", job.auc === undefined ? "" : fixed(job.auc)),
      element("span", "steps", steps));
    row.addEventListener("click", () => { this.activate(place); this.open(job); });
    return row;
  }

  activate(place) {
    this.active = Math.min(Math.max(place, 0), this.matching - 1);
    this.list.setAttribute("aria-activedescendant", `job-${this.active}`);
    const { height } = this.range();
    const top = this.list.getBoundingClientRect().top + this.active * height;
    if (top < 60) scrollBy(0, top - 60);
    else if (top + height > innerHeight) scrollBy(0, top + height - innerHeight);
    this.draw(true);
  }

  press(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    if (event.key in moves) this.activate(this.active + moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") {
      const job = this.pages.get(Math.floor(this.active / PAGE))?.[this.active % PAGE];
      if (job) this.open(job);
    } else return;
    event.preventDefault();
  }

  open(job) {
    this.chosen = job.number;
    this.draw(true);
    this.choose(job.number);
  }

  close() {
    this.chosen = -1;
    this.draw(true);
    this.list.focus({ preventScroll: true });
  }
}

/** What is worth knowing of a job in a few words. */
function said(job) {
  if (job.error) return job.error;
  if (job.state === "done") return job.seconds === undefined ? "" : `took ${duration(job.seconds)}`;
  const { work } = job;
  if (!work) return "";
  const parts = [];
  if (work.seconds_left !== undefined) parts.push(`${duration(work.seconds_left)} left`);
  if (work.host) parts.push(work.host);
  if (work.memory_mib !== undefined) parts.push(memory(work.memory_mib));
  if (parts.length === 0 && work.since) parts.push(`since ${ago(work.since)}`);
  return parts.join(" · ");
}
