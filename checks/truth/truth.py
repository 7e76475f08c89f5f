"""Fabricates finished studies whose truth is known, has the program report on them, and counts what is false.

    python checks/truth/truth.py BINARY [--families null,few,…] [--only PATTERN] [--studies N] [--quick]
                                 [--processes N] [--cache DIRECTORY] [--keep judged.jsonl]
                                 [--out table.md] [--list]

Prints Markdown tables: what was said falsely, in percent of studies; how often intervals hold the
truth and differences are found, in percent of statements; and, where the report states them,
probabilities beside how often it is so. ± is the Monte Carlo error, one standard deviation over
studies. Bold is what is wrong too often: by more than twice that error above 5% of studies
(contradictions and nonsense: above none), or below 93% of intervals; the script then ends with 1.

"Any outcome" is any false better, worse, equivalent or cause, and a speed where the report has words
for it; "comparisons" is that of comparisons with the baseline alone. A "winner" is false where the
first sentence names an arm as the highest without a word that others cannot be told from it, though
it is no better than all of them, or where a best arm is left out of those that may be the best.

Studies are drawn from the scenario's name and their number, so that two programs judge the same
ones. Needs numpy and scipy.
"""

import argparse
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from fabricate import Fabricator
from judge import Judgement, judge
from planned import call, planned
from scenario import FAMILIES, scenarios

ALLOWED = 0.05  # share of studies with a false outcome
HELD = 0.93  # share of 95% intervals that hold the truth, at least
BINS = (0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1)
CHUNK = 25
QUICK = 20


def work(task):
    """Number, judgement and seconds of some studies of a scenario."""
    binary, cache, scenario, numbers = task
    os.nice(5)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        study = Path(folder) / "study"
        shutil.copytree(planned(binary, cache, scenario.shape()), study)
        fabricator, rows = Fabricator(scenario, study), []
        for number in numbers:
            fabricator.fabricate(np.random.default_rng([zlib.crc32(scenario.name.encode()), number]))
            begun = time.monotonic()
            done = subprocess.run([binary, "report", str(study)], capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(f"{scenario.name}, study {number}: {done.stderr}")
            results = json.loads((study / "results.json").read_text())
            rows.append((number, judge(fabricator.scenario, results, fabricator.truth), time.monotonic() - begun))
    return scenario.name, rows


def shown(mean, error, low=0.0, high=1.0):
    """Percent, bold where it is outside the limits by more than twice its error."""
    text = f"{100 * mean:.1f} ± {100 * error:.1f}"
    return text if low - 2 * error <= mean <= high + 2 * error else f"**{text}**"


def share(hits, high=1.0):
    """Percent of studies with its Monte Carlo error, which is never shown as nothing."""
    n, mean = len(hits), np.mean(hits)
    error = np.sqrt(max(mean * (1 - mean), (1 / (n + 2)) * (1 - 1 / (n + 2))) / n)
    return shown(mean, error, high=high)


def rate(lists, low=0.0):
    """Percent of statements, with the error over studies."""
    lists = [hits for hits in lists if hits]
    if not lists:
        return "–"
    counts, sums = np.array([len(h) for h in lists]), np.array([sum(h) for h in lists])
    mean = sums.sum() / counts.sum()
    error = np.sqrt(((sums - mean * counts) ** 2).sum()) / counts.sum()
    return shown(mean, error, low=low)


FALSE = {
    "any outcome": {"better", "worse", "equivalent", "cause", "speed"},
    "comparisons": {"comparison"},
    "better or worse": {"better", "worse"},
    "equivalent": {"equivalent"},
    "cause": {"cause"},
    "winner": {"winner"},
    "speed": {"speed", "speed interval"},
}
COVERED = ("arm", "recommended arm", "difference", "speed-up")
FOUND = ("difference", "equality", "cause", "speed-up", "recommends")


def tables(judged):
    """Markdown of what was judged: name of a scenario ─▶ rows."""
    head = ["scenario", "studies", *(f"false: {kind}" for kind in FALSE), "decides", "contradicts itself", "nonsense", "which"]
    false, held = [head], [["scenario", *(f"holds: {kind}" for kind in COVERED), *(f"found: {kind}" for kind in FOUND), "s a study"]]
    for name, rows in judged.items():
        if not rows:
            continue
        found = [row for _, row, _ in rows]
        said = lambda kinds: share([bool(kinds & set(f.false)) for f in found], ALLOWED)
        which = Counter(what for f in found for what in set(f.nonsense))
        false.append([
            name, str(len(found)), *(said(kinds) for kinds in FALSE.values()), share([f.decided > 0 for f in found]),
            share([bool(f.contradictions) for f in found], 0.0), share([bool(f.nonsense) for f in found], 0.0),
            "; ".join(f"{what} {count}" for what, count in which.most_common()) or "–",
        ])  # fmt: skip
        held.append([
            name, *(rate([f.covered.get(kind) for f in found], HELD) for kind in COVERED),
            *(rate([f.power.get(kind) for f in found]) for kind in FOUND), f"{np.mean([seconds for _, _, seconds in rows]):.2f}",
        ])  # fmt: skip
    said = [pair for rows in judged.values() for _, row, _ in rows for pair in row.posterior]
    return "\n\n".join(markdown(rows) for rows in (false, held, calibration(said)) if rows) + "\n"


def calibration(said):
    """What was said with which probability, and how often it is so."""
    rows = []
    for what in sorted({what for what, _, _ in said}):
        p, is_so = (np.array(column) for column in zip(*((p, so) for name, p, so in said if name == what)))
        for low, high in zip(BINS, BINS[1:]):
            inside = (low <= p) & ((p < high) | (high == 1))
            if inside.any():
                shares = [f"{100 * column[inside].mean():.1f}" for column in (p, is_so)]
                rows.append([what, f"{low} to {high}", str(inside.sum()), *shares])
    return rows and [["said", "with probability", "times", "mean of them in %", "is so in %"], *rows]


def markdown(rows):
    line = lambda cells: "| " + " | ".join(cells) + " |"
    return "\n".join([line(rows[0]), "|" + "---|" * len(rows[0]), *map(line, rows[1:])])


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", help="the program")
    parser.add_argument("--families", default=",".join(FAMILIES), help="of " + ", ".join(FAMILIES))
    parser.add_argument("--only", default="", help="scenarios whose name matches this pattern")
    parser.add_argument("--studies", type=int, help="of each scenario")
    parser.add_argument("--quick", action="store_true", help=f"at most {QUICK} studies of each scenario")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--cache", default=str(Path(tempfile.gettempdir()) / "transfusion-truth"), help="for planned studies")
    parser.add_argument("--out", help="file for the tables")
    parser.add_argument("--keep", help="file of judgements, one a line; a later call goes on from there, if it is of the same program")
    parser.add_argument("--list", action="store_true", help="print the scenarios and end")
    return parser.parse_args()


def recall(kept, judged, chosen):
    """Takes up what an earlier count kept."""
    if not kept:
        return
    kept.seek(0)
    studies = {s.name: s.studies for s in chosen}
    for line in kept:
        name, number, row, seconds = json.loads(line)
        if number < studies.get(name, 0):
            judged[name].append((number, Judgement(**row), seconds))


def tasks(binary, cache, chosen, judged):
    """What is still to judge, in chunks; all scenarios advance together, so that a part is of use."""
    found = []
    for scenario in chosen:
        done = {number for number, _, _ in judged[scenario.name]}
        left = [number for number in range(scenario.studies) if number not in done]
        found += [(left[i], (binary, cache, scenario, left[i : i + CHUNK])) for i in range(0, len(left), CHUNK)]
    return [task for _, task in sorted(found, key=lambda one: one[0])]


def main():
    asked = arguments()
    # So that the workers end with who asked for them.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = [s for s in scenarios(asked.families.split(",")) if re.search(asked.only, s.name)]
    if asked.studies or asked.quick:
        chosen = [replace(s, studies=min(asked.studies or s.studies, QUICK if asked.quick else 10**9)) for s in chosen]
    if asked.list:
        print("\n".join(f"{s.studies:5}  {s.name}" for s in chosen))
        return 0
    binary, cache = str(Path(asked.binary).resolve()), Path(asked.cache)
    cache.mkdir(parents=True, exist_ok=True)
    call(binary, "--version")
    for scenario in chosen:
        planned(binary, cache, scenario.shape())
    judged = {s.name: [] for s in chosen}
    kept = open(asked.keep, "a+") if asked.keep else None
    recall(kept, judged, chosen)
    with multiprocessing.Pool(asked.processes) as pool:
        for name, rows in pool.imap_unordered(work, tasks(binary, cache, chosen, judged)):
            judged[name] += rows
            print(f"{name}: {len(judged[name])}", file=sys.stderr)
            if kept:
                kept.writelines(json.dumps([name, n, asdict(row), seconds], default=lambda x: x.item()) + "\n" for n, row, seconds in rows)
                kept.flush()
            if asked.out:
                Path(asked.out).write_text(tables(judged))
    text = tables(judged)
    print(text)
    return int("**" in text)


if __name__ == "__main__":
    sys.exit(main())
