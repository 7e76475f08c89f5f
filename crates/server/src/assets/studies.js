// The list of studies, as it changes.

import { ago, badge, clock, count, duration, element, listen, name } from "./words.js";

const known = new Map();
const body = document.getElementById("studies");
const rows = new Map();

function cell(label, ...inside) {
  const made = element("td", "", null, ...inside);
  made.dataset.label = label;
  return made;
}

function drawn(study) {
  const link = element("a", "", null, name(study.title || study.name));
  link.href = `/study/${study.key}`;
  const { counts } = study;
  const done = counts.done ?? 0;
  const bar = element("progress");
  bar.max = Math.max(study.total, 1);
  bar.value = done + (counts.failed ?? 0);
  bar.setAttribute("aria-label", "Jobs that ended");
  const running = counts.running ? `, ${count(counts.running)} running` : "";
  const failed = element("span", counts.failed ? "bad" : "", count(counts.failed ?? 0));
  const why = study.silent_for ? `not answering since ${clock(Date.now() / 1000 - study.silent_for)}` : study.problem;
  const changed = element("span", "", ago(study.changed_at));
  if (study.changed_at) changed.title = new Date(study.changed_at * 1000).toLocaleString();
  return element("tr", "", null,
    element("th", "", null, link, element("small", "", null, name(study.name))),
    cell("State", badge(study.silent_for ? "unreadable" : study.state, study.silent_for ? "not answering" : undefined),
      why && element("small", "why", null, name(why))),
    cell("Jobs", bar, element("small", "", `${count(done)} of ${count(study.total)} done${running}`)),
    cell("Failed", failed),
    cell("Time left", element("span", "", study.seconds_left === undefined ? "–" : `about ${duration(study.seconds_left)}`)),
    cell("Last change", changed));
}

function show(key) {
  const row = drawn(known.get(key));
  row.firstChild.scope = "row";
  const before = rows.get(key);
  const isFocused = before?.contains(document.activeElement);
  if (before) before.replaceWith(row);
  rows.set(key, row);
  if (isFocused) row.querySelector("a").focus();
  return row;
}

function arrange() {
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  const order = [...known.values()].sort((a, b) => compare(a.name, b.name));
  order.forEach((study, place) => {
    const row = rows.get(study.key) ?? show(study.key);
    if (body.children[place] !== row) body.insertBefore(row, body.children[place] ?? null);
  });
  document.getElementById("none").hidden = known.size > 0;
}

listen("/api/events", document.getElementById("link"), {
  studies({ is_all, studies, gone }) {
    if (is_all) {
      known.clear();
      rows.clear();
      body.replaceChildren();
    }
    for (const study of studies) {
      known.set(study.key, study);
      if (rows.has(study.key)) show(study.key);
    }
    for (const key of gone) {
      known.delete(key);
      rows.get(key)?.remove();
      rows.delete(key);
    }
    arrange();
  },
});

// Times grow older by themselves.
setInterval(() => known.forEach((_, key) => show(key)), 30_000);
