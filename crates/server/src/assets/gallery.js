// Pictures with what a finished run predicted for them.

import { ask, count, element, fixed, name } from "./words.js";

const PAGE = 48;

export class Gallery {
  constructor(study) {
    const byId = (id) => document.getElementById(id);
    Object.assign(this, { study, turn: 0, filters: byId("picture-filters"), list: byId("pictures"), state: byId("pictures-state"), more: byId("more") });
    this.filters.addEventListener("change", () => this.reload());
    this.filters.addEventListener("submit", (event) => event.preventDefault());
    this.more.addEventListener("click", () => this.fetch());
  }

  /** Finished runs to choose from. */
  async open() {
    const { job } = this.filters.elements;
    const found = await ask(`/api/study/${this.study}/jobs?state=done&kind=train&count=500`).catch((error) => ({ error }));
    if (found.error || found.jobs.length === 0) {
      this.state.textContent = found.error?.message ?? "Pictures are here as soon as the first run is done.";
      return;
    }
    const { value } = job;
    job.replaceChildren(...found.jobs.map((run) => new Option(run.what, run.number)));
    if ([...job.options].some((option) => option.value === value)) job.value = value;
    if (this.list.childElementCount === 0 || job.value !== value) this.reload();
  }

  reload() {
    this.turn += 1;
    this.list.replaceChildren();
    this.more.hidden = true;
    this.fetch();
  }

  async fetch() {
    const { turn } = this;
    const asked = new URLSearchParams([...new FormData(this.filters)].filter(([, value]) => value !== ""));
    const from = this.list.childElementCount;
    asked.set("from", from);
    asked.set("count", PAGE);
    if (from === 0) this.state.textContent = "One moment …";
    try {
      const found = await ask(`/api/study/${this.study}/predictions?${asked}`);
      if (turn !== this.turn) return;
      this.choices(found);
      const mayShow = found.may_show && (await this.canShow(found, asked));
      if (turn !== this.turn) return;
      const words = this.words(found);
      this.list.append(...found.rows.map((row) => this.picture(row, words, mayShow, asked)));
      const shown = this.list.childElementCount;
      this.state.textContent = found.matching === 0 ? "No picture matches." : `${count(found.matching)} of ${count(found.total)} pictures. ${found.may_show ? (this.why ?? "") : "The study says that they are not to be shown."}`;
      this.more.hidden = shown >= found.matching;
    } catch (error) {
      if (turn === this.turn) this.state.textContent = error.message;
    }
  }

  /** Whether this machine has the pictures: the first of them is asked for, once a study. */
  async canShow(found, asked) {
    if (this.why === undefined && found.rows.length) {
      const answer = await fetch(this.path(found.rows[0], asked)).catch(() => null);
      const said = answer?.ok ? null : await answer?.json().catch(() => null);
      this.why = answer?.ok ? "" : `They cannot be shown here: ${said?.error ?? "the server does not answer"}`;
    }
    return !this.why;
  }

  path(row, asked) {
    return `/api/study/${this.study}/picture?${new URLSearchParams({ job: asked.get("job"), part: asked.get("part"), row: row.row })}`;
  }

  words(found) {
    return found.is_multilabel ? ["not there", "there"] : found.classes;
  }

  choices(found) {
    const { part, finding } = this.filters.elements;
    const fill = (select, options, isOpen) => {
      const { value } = select;
      const all = isOpen ? [new Option("anything", "")] : [];
      select.replaceChildren(...all, ...options.map(([text, key]) => new Option(text, key)));
      select.value = [...select.options].some((option) => option.value === value) ? value : select.options[0].value;
    };
    const words = this.words(found).map((text, place) => [text, place]);
    fill(part, found.parts.map((text) => [text, text]));
    fill(finding, found.is_multilabel ? found.classes.map((text, place) => [text, place]) : [["", 0]]);
    fill(this.filters.elements.class, words, true);
    fill(this.filters.elements.predicted, words, true);
    document.getElementById("finding-label").hidden = !found.is_multilabel;
  }

  picture(row, words, mayShow, asked) {
    const isRight = row.label === row.predicted;
    const box = element("li", isRight ? "right" : "wrong");
    if (mayShow) {
      const image = element("img");
      image.loading = "lazy";
      image.width = 160;
      image.height = 160;
      image.alt = `Picture ${row.image}`;
      image.src = this.path(row, asked);
      image.addEventListener("error", () => image.replaceWith(element("p", "missing", "This picture cannot be read here.")));
      box.append(image);
    }
    box.append(
      element("p", "", null, element("strong", "", isRight ? "Right" : "Wrong"), ` ${fixed(row.confidence, 2)}`),
      element("p", "", null, "labelled ", name(words[row.label] ?? row.label)),
      element("p", "", null, "predicted ", name(words[row.predicted] ?? row.predicted)),
      element("small", "", null, name(row.image)));
    return box;
  }
}
