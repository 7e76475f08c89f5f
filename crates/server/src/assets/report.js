// The report with today's numbers. It is made on the server, and shown anew only when asked for:
// nothing moves under who reads.

import { ask, clock } from "./words.js";

export class Report {
  constructor(study) {
    const byId = (id) => document.getElementById(id);
    Object.assign(this, { study, frame: byId("report"), state: byId("report-state"), button: byId("report-show"), alone: byId("report-alone"), shown: undefined, isOpen: false });
    this.button.addEventListener("click", () => this.load());
  }

  open() {
    this.isOpen = true;
    this.look();
  }

  close() {
    this.isOpen = false;
  }

  async look() {
    clearTimeout(this.waiting);
    if (!this.isOpen) return;
    let wait = 5000;
    try {
      const standing = await ask(`/api/study/${this.study}/report`);
      this.made = standing.made_at;
      if (standing.is_there && this.shown === undefined) this.load();
      this.alone.hidden = !standing.is_there;
      this.button.hidden = this.shown === undefined || this.shown === standing.made_at;
      this.state.textContent = this.says(standing);
      if (standing.is_being_made) wait = 1000;
    } catch (error) {
      this.state.textContent = error.message;
    }
    this.waiting = setTimeout(() => this.look(), wait);
  }

  says({ is_there, is_being_made, is_current, made_at, error }) {
    const of = is_there ? `Of ${clock(this.shown ?? made_at)}.` : "";
    if (error) return `${of} No report could be made: ${error}`;
    if (!is_there) return is_being_made ? "The report is being made …" : "There is no report yet.";
    if (this.shown !== made_at) return `${of} There are new numbers.`;
    return is_current ? `${of} Every record is in it.` : `${of} Records have come since; it is being made anew.`;
  }

  load() {
    this.shown = this.made;
    this.frame.hidden = false;
    this.frame.src = `/study/${this.study}/report`;
    this.button.hidden = true;
  }
}
