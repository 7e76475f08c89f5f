// One job: its curves, where it runs, what it said last.

import { chart } from "./chart.js";
import { ago, ask, badge, clock, count, duration, element, fixed, memory, name, raised, rate } from "./words.js";

export class Detail {
  constructor(place, study, close) {
    Object.assign(this, { place, study, close, number: -1 });
    place.addEventListener("keydown", (event) => { if (event.key === "Escape") this.hide(); });
  }

  async show(number) {
    const isOther = this.number !== number;
    this.number = number;
    if (isOther) {
      this.place.hidden = false;
      this.place.replaceChildren(this.head(), element("p", "note", "One moment …"));
      this.place.scrollTop = 0;
      if (matchMedia("(max-width: 1000px)").matches) this.place.querySelector("button").focus();
    }
    await this.fetch();
  }

  hide() {
    this.number = -1;
    this.place.hidden = true;
    this.close();
  }

  /** The job changed: ask again, one question at a time. */
  async fetch() {
    if (this.isAsking) {
      this.isStale = true;
      return;
    }
    this.isAsking = true;
    const { number } = this;
    try {
      const found = await ask(`/api/study/${this.study}/job/${number}`);
      if (number === this.number) this.draw(found);
    } catch (error) {
      if (number === this.number) this.place.replaceChildren(this.head(), element("p", "problem", error.message));
    }
    this.isAsking = false;
    if (this.isStale || number !== this.number) {
      this.isStale = false;
      if (this.number >= 0) setTimeout(() => this.fetch(), 300);
    }
  }

  head(job) {
    const close = element("button", "", "Close");
    close.type = "button";
    close.addEventListener("click", () => this.hide());
    const title = element("h2", "", null, name(job?.what ?? ""));
    return element("div", "head", null, title, close);
  }

  draw({ job, evaluations, timing, pulse, error }) {
    const isOpen = [...this.place.querySelectorAll("details")].map((details) => details.open);
    const focused = this.place.contains(document.activeElement);
    const { work } = job;
    const last = evaluations.at(-1);
    const facts = element("dl", "facts");
    const fact = (term, text) => {
      if (text === undefined || text === null || text === "" || text === false) return;
      facts.append(element("div", "", null, element("dt", "", term), element("dd", "", null, name(text))));
    };
    if (job.steps) fact("step", `${count(job.step ?? 0)} of ${count(job.steps)}`);
    fact("validation AUC", last && fixed(last.validation_auc));
    fact("best so far", job.best_auc !== undefined && fixed(job.best_auc));
    fact("training loss", last && last.train_loss !== null && fixed(last.train_loss));
    fact("validation loss", last && fixed(last.validation_loss));
    fact("learning rate", last && rate(last.lr));
    fact("time left", work?.seconds_left !== undefined && `about ${duration(work.seconds_left)}`);
    fact("speed", work?.steps_per_second !== undefined && `${fixed(work.steps_per_second, 1)} steps/s`);
    fact("memory of its process", work?.memory_mib !== undefined && memory(work.memory_mib));
    fact("on", work?.host && `${work.host}, process ${work.process}`);
    fact("task", work?.task);
    fact("since", work?.since && `${clock(work.since)} (${ago(work.since)})`);
    fact("took", timing && duration(timing.seconds));
    fact("most memory", timing?.peak_mib && memory(timing.peak_mib));
    fact("device", work?.device ?? timing?.device);
    fact("threads", timing?.threads);
    fact("program", timing?.program);
    fact("record", job.id);
    fact("number", job.number);
    const points = (of) => evaluations.map((evaluation) => [evaluation.step, evaluation[of] ?? NaN]);
    const curves = evaluations.length ? [
      chart("Validation AUC", [{ name: "validation AUC", line: "first", points: points("validation_auc") }]),
      chart("Loss", [{ name: "training", line: "second", points: points("train_loss") }, { name: "validation", line: "first", points: points("validation_loss") }]),
      rates(points("lr")),
    ] : [];
    const lines = pulse?.lines ?? [];
    const log = lines.length ? element("ol", "log", null, ...lines.map((line) => element("li", "", null, element("time", "", clock(line.at)), " ", name(line.text)))) : null;
    this.place.replaceChildren(
      this.head(job),
      element("p", "", null, badge(job.state)),
      ...(error ? [element("pre", "why", error)] : []),
      facts,
      ...curves,
      ...(log ? [element("h3", "", "Last lines"), log] : []));
    this.place.querySelectorAll("details").forEach((details, place) => { details.open = isOpen[place] ?? false; });
    if (focused && !this.place.contains(document.activeElement)) this.place.querySelector("button").focus();
  }
}

/** The learning rate, in units of a power of ten: rates are small. */
function rates(points) {
  const most = Math.max(...points.map((point) => point[1]));
  const power = most > 0 ? Math.floor(Math.log10(most)) : 0;
  const scaled = points.map(([step, value]) => [step, value / 10 ** power]);
  const unit = power < 0 ? ` (× 10${raised(power)})` : "";
  return chart(`Learning rate${unit}`, [{ name: "rate", line: "third", points: scaled }]);
}
