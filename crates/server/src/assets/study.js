// One study, as it goes on.

import { Detail } from "./detail.js";
import { Gallery } from "./gallery.js";
import { Jobs } from "./jobs.js";
import { Report } from "./report.js";
import { STATES, ask, badge, clock, count, duration, listen } from "./words.js";

const byId = (id) => document.getElementById(id);
const { study, after, key } = document.body.dataset;
const detail = new Detail(byId("detail"), study, () => jobs.close());
const jobs = new Jobs(byId("jobs"), byId("filters"), study, (number) => detail.show(number));
const parts = { jobs: { open: () => jobs.draw(true) }, report: new Report(study), pictures: new Gallery(study) };

function tell(summary) {
  const { counts } = summary;
  const title = summary.title || summary.name;
  byId("title").textContent = title;
  document.title = `${title} – Transfusion`;
  const state = badge(summary.state);
  state.id = "state";
  byId("state").replaceWith(state);
  const others = ["running", "failed", "begun", "to-do"].filter((kind) => counts[kind]).map((kind) => `, ${count(counts[kind])} ${STATES[kind]}`);
  byId("counts").textContent = `${count(counts.done ?? 0)} of ${count(summary.total)} jobs done${others.join("")}`;
  const bar = byId("progress");
  bar.max = Math.max(summary.total, 1);
  bar.value = (counts.done ?? 0) + (counts.failed ?? 0);
  const left = summary.seconds_left === undefined ? "" : `About ${duration(summary.seconds_left)} left at the pace so far.`;
  const open = summary.is_sequential ? " Seeds are added until all is decided, so not every job may be needed." : "";
  byId("left").textContent = `${left}${open}`.trim();
  const problem = byId("problem");
  const why = summary.silent_for ? `The file system of this study has not answered since ${clock(Date.now() / 1000 - summary.silent_for)}. What is shown is what was known then.` : summary.problem;
  problem.textContent = why ?? "";
  problem.hidden = !why;
  if (byId("stop")) {
    byId("stop").hidden = !counts.running;
    byId("resume").hidden = Boolean(counts.running) || !(counts.begun || counts["to-do"]);
  }
}

listen(`/api/study/${study}/events?after=${after}`, byId("link"), {
  changes(changes) {
    tell(changes.summary);
    if (changes.is_anew) jobs.reload();
    else jobs.update(changes.jobs);
    if (changes.jobs.some((job) => job.number === detail.number) || (changes.is_anew && detail.number >= 0)) detail.fetch();
  },
  gone() {
    byId("problem").textContent = "This study was removed.";
    byId("problem").hidden = false;
  },
});
ask(`/api/study/${study}`).then(({ summary }) => tell(summary)).catch(() => {});

const tabs = [...document.querySelectorAll("[role=tab]")];
function turn(tab, isFocused) {
  for (const other of tabs) {
    const part = other.id.slice("tab-".length);
    const isChosen = other === tab;
    other.setAttribute("aria-selected", String(isChosen));
    other.tabIndex = isChosen ? 0 : -1;
    byId(`${part}-panel`).hidden = !isChosen;
    if (isChosen) parts[part].open();
    else parts[part].close?.();
  }
  if (isFocused) tab.focus();
  history.replaceState(null, "", `#${tab.id.slice("tab-".length)}`);
}
for (const [place, tab] of tabs.entries()) {
  tab.addEventListener("click", () => turn(tab));
  tab.addEventListener("keydown", (event) => {
    const moves = { ArrowRight: 1, ArrowLeft: -1 };
    if (event.key in moves) turn(tabs.at((place + moves[event.key]) % tabs.length), true);
  });
}
const asked = tabs.find((tab) => `#${tab.id.slice("tab-".length)}` === location.hash);
if (asked) turn(asked);

if (byId("stop")) {
  const act = async (what, said) => {
    try {
      await ask(`/api/study/${study}/${what}`, { method: "POST", headers: { "x-transfusion-key": key } });
      byId("acted").textContent = said;
      return true;
    } catch (error) {
      byId("acted").textContent = error.status === 403 ? `${error.message} Load this page again.` : error.message;
      return false;
    }
  };
  byId("stop").addEventListener("click", () => act("stop", "Asked. Every process that works on the study stops after its current step; what is done is kept."));
  const follow = async () => {
    const resumed = await ask(`/api/study/${study}/resumed`).catch(() => null);
    if (!resumed) return;
    byId("said").hidden = resumed.lines.length === 0;
    byId("said").textContent = resumed.lines.join("\n");
    if (resumed.is_running) setTimeout(follow, 2000);
    else byId("acted").textContent = `What was resumed here ended${resumed.code === null ? "" : ` with exit code ${resumed.code}`}.`;
  };
  byId("resume").addEventListener("click", async () => { if (await act("resume", "Started.")) follow(); });
  follow();
}
