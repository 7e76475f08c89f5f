"""The tables of docs/claims.md, computed again from what the runs recorded.

    python checks/claims_evidence.py STUDIES

STUDIES holds the directories c1 to c5, c9, c10, c4-again, c9-again and at-224 of configs/claims; those that are
missing are passed over. Of every finished run: the test AUC from predictions.csv by scikit-learn, which must be
the one in result.json and results.json to 1e-9, and the step at which the isotonic fit of metrics.jsonl
reaches each threshold, whose geometric means must be those in results.json to 1e-9. Then, for every
claim, its differences: mean over paired seeds with an interval that adds the spread between seeds
(Student's t) to a bootstrap over patients, 1,000 draws, alike for all runs. These intervals are a
simpler estimate than the program's: they count the noise of the test pictures twice and lend no
arm the spread of another, so they are printed and not compared. Needs numpy, scipy and scikit-learn.
"""

import csv
import json
import math
import sys
from pathlib import Path

import numpy as np
from scipy.stats import rankdata, t
from sklearn.isotonic import isotonic_regression
from sklearn.metrics import roc_auc_score

DRAWS = 1000
worst = {}


def agree(what, ours, theirs, tolerance=1e-9):
    difference = abs(ours - theirs)
    worst[what] = max(worst.get(what, 0.0), difference)
    assert difference <= tolerance * max(1.0, abs(theirs)), (what, ours, theirs)


def weighted_auc(labels, scores, weights):
    """AUC where picture i counts `weights[i]` times; ties count one half."""
    order = np.argsort(scores, kind="stable")
    labels, scores, weights = labels[order], scores[order], weights[order]
    _, group = np.unique(scores, return_inverse=True)
    negative = np.bincount(group, weights * ~labels)
    positive = np.bincount(group, weights * labels)
    below = np.cumsum(negative) - negative
    return (positive * (below + negative / 2)).sum() / positive.sum() / negative.sum()


class Study:
    def __init__(self, folder):
        self.plan = json.loads((folder / "plan.json").read_text())
        self.results = json.loads((folder / "results.json").read_text())
        written = {(a["label"], s["seed"]): s for a in self.results["arms"] for s in a["seeds"]}
        self.auc, self.drawn, self.steps, self.validation = {}, {}, {}, {}
        draws = None
        for run in self.plan["runs"]:
            place = folder / "runs" / run["id"]
            key = (run["label"], run["seed"])
            if key not in written:
                continue
            with open(place / "predictions.csv", newline="", encoding="utf-8") as file:
                rows = [row for row in csv.DictReader(file) if row["partition"] == "test"]
            labels = np.array([row["label"] == "1" for row in rows])
            scores = np.array([float(row["probability:PNEUMONIA"]) for row in rows])
            _, patient = np.unique([row["patient"] for row in rows], return_inverse=True)
            auc = roc_auc_score(labels, scores)
            agree("AUC of a run, results.json", auc, written[key]["auc"]["value"])
            result = json.loads((place / "result.json").read_text())
            agree("AUC of a run, result.json", auc, result["test"]["auc"]["value"])
            self.validation[key] = result["validation_auc"]
            if draws is None:
                random, patients = np.random.default_rng(1), patient.max() + 1
                draws = [np.bincount(random.integers(patients, size=patients), minlength=patients) for _ in range(DRAWS)]
                self.patients, self.pictures = patients, len(rows)
            self.auc[key] = auc
            ranks = rankdata(scores, "dense")
            self.drawn[key] = np.array([weighted_auc(labels, ranks, draw[patient].astype(float)) for draw in draws])
            curve = [json.loads(line) for line in (place / "metrics.jsonl").read_text().splitlines()]
            self.steps[key] = {tau: arrival(curve, tau) for tau in self.results["thresholds"]}
        for c in self.results["comparisons"]:
            agree("difference", self.difference([(1, c["arm"]), (-1, c["baseline"])])[0], c["difference"]["value"])
            for tau, speed in zip(self.results["thresholds"], c["speed_up"]):
                both = [self.logs(c[side], tau) for side in ("arm", "baseline")]
                if not all(both) or speed is None or speed["bound"] != "exact" or any(v is None for b in both for v in b.values()):
                    continue
                paired = [s for s in both[0] if s in both[1]]
                for steps, of in zip((speed["arm_steps"], speed["baseline_steps"]), both):
                    agree("steps to a threshold", math.exp(np.mean([of[s] for s in paired])), steps, 1e-6)

    def seeds(self, label):
        return [seed for name, seed in self.auc if name == label]

    def paired(self, labels):
        return [s for s in self.seeds(labels[0]) if all((l, s) in self.auc for l in labels)]

    def difference(self, terms):
        """Mean over paired seeds of a sum of AUCs with weights, its 95% interval, and the seeds."""
        seeds = self.paired([label for _, label in terms])
        by_seed = [sum(w * self.auc[l, s] for w, l in terms) for s in seeds]
        by_draw = np.mean([sum(w * self.drawn[l, s] for w, l in terms) for s in seeds], axis=0)
        mean, k = np.mean(by_seed), len(seeds)
        se = math.sqrt(by_draw.var(ddof=1) + (np.var(by_seed, ddof=1) / k if k > 1 else 0))
        return mean, mean - t.ppf(0.975, max(k - 1, 1)) * se, mean + t.ppf(0.975, max(k - 1, 1)) * se, k

    def logs(self, label, tau):
        return {s: self.steps[label, s][tau] for s in self.seeds(label)}

    def speed(self, terms, tau):
        """Geometric mean over seeds of a product of steps with exponents, by the spread over seeds alone."""
        seeds = [s for s in self.paired([l for _, l in terms]) if all(self.steps[l, s][tau] is not None for _, l in terms)]
        logs = [sum(w * self.steps[l, s][tau] for w, l in terms) for s in seeds]
        if len(logs) < 3:
            return None, None, None, len(logs)
        reach = t.ppf(0.975, len(logs) - 1) * np.std(logs, ddof=1) / math.sqrt(len(logs))
        return *(math.exp(np.mean(logs) + x) for x in (0, -reach, reach)), len(logs)


def kept(study, network, init, block):
    """Mean CCA of a block before and after training, by seed in their order."""
    setting = next(x for x in study.results["analysis"]["settings"] if x["model"] == network)
    arm = next(x for x in setting["arms"] if x["init"] == init)
    found = next(x for x in arm["blocks"] if x["block"] == block)
    return np.array(found["before_after"][0]["value"]["values"])


def alike(study, network, init):
    """Pairs of seeds and the mean CCA of the two blocks before the head, with the baseline's networks."""
    setting = next(x for x in study.results["analysis"]["settings"] if x["model"] == network)
    arm = next(x for x in setting["arms"] if x["init"] == init)["against_baseline"]
    return [tuple(pair) for pair in arm["pairs"]], np.array(arm["top"][0]["value"]["values"])


def student(values):
    """Mean with Student's interval over seeds."""
    k = len(values)
    reach = t.ppf(0.975, k - 1) * np.std(values, ddof=1) / math.sqrt(k)
    return values.mean(), values.mean() - reach, values.mean() + reach, k


def jackknife(pairs, values):
    """Mean over pairs, each seed left out in turn with all pairs that it is in."""
    seeds = sorted({seed for pair in pairs for seed in pair})
    k = len(seeds)
    without = np.array([np.mean([v for p, v in zip(pairs, values) if seed not in p]) for seed in seeds])
    se = math.sqrt((k - 1) / k * ((without - without.mean()) ** 2).sum())
    return values.mean(), values.mean() - t.ppf(0.975, k - 1) * se, values.mean() + t.ppf(0.975, k - 1) * se, k


def arrival(curve, tau):
    """ln of the step at which the isotonic fit reaches `tau`, or nothing where no step is known."""
    steps = [point["step"] for point in curve]
    fit = isotonic_regression([point["validation_auc"] for point in curve])
    place = int(np.searchsorted(fit, tau - 1e-15))
    if place <= 1 or place == len(fit):
        return None
    share = (tau - fit[place - 1]) / (fit[place] - fit[place - 1])
    low, high = math.log1p(steps[place - 1]), math.log1p(steps[place])
    return math.log(math.expm1(low + share * (high - low)))


def show(what, found):
    mean, low, high, seeds = found
    told = "no interval" if mean is None else f"{mean:+.4f} ({low:+.4f} to {high:+.4f})"
    print(f"  {what:62} {told}, {seeds} seeds")


root = Path(sys.argv[1])
present = (name for name in ("c1", "c2", "c3", "c4", "c4-again", "c5", "c9", "c9-again", "c10", "at-224") if (root / name / "results.json").exists())
studies = {name: study for name, study in ((name, Study(root / name)) for name in present) if study.auc}
for name, study in studies.items():
    print(f"{name}: {study.pictures} test pictures of {study.patients} patients")
    for label in dict.fromkeys(l for l, _ in study.auc):
        values = [study.auc[label, s] for s in study.seeds(label)]
        print(f"  {label:62} {np.mean(values):.4f}, {min(values):.4f} to {max(values):.4f}")

print("differences of AUC, ratios of steps")
if "c1" in studies:
    s = studies["c1"]
    show("C1 cbr-tiny, transfer - random", s.difference([(1, "cbr-tiny, transfer"), (-1, "cbr-tiny, random")]))
    reuse = {b: kept(s, "cbr-tiny", "transfer", b) - kept(s, "cbr-tiny", "random", b) for b in ("stem", "block1", "block2", "block3")}
    for block, values in reuse.items():
        show(f"C7 {block}: kept of the start, transfer - random", student(values))
    show("C7 stem - block3", student(reuse["stem"] - reuse["block3"]))
    for start in ("transfer", "mean-var"):
        show(f"C8 steps of random / {start}", s.speed([(1, "cbr-tiny, random"), (-1, f"cbr-tiny, {start}")], 0.95))
for name in [n for n in ("c2", "c5") if n in studies]:
    s = studies[name]
    print(f" {name}")
    show("C1 resnet18, transfer - random", s.difference([(1, "resnet18, transfer"), (-1, "resnet18, random")]))
    best = {m: max(("random", "transfer"), key=lambda i: np.mean([s.validation[f"{m}, {i}", k] for k in s.seeds(f"{m}, {i}")])) for m in ("cbr-tiny", "resnet18")}
    show("C2 cbr-tiny - resnet18, each at its best", s.difference([(1, f"cbr-tiny, {best['cbr-tiny']}"), (-1, f"resnet18, {best['resnet18']}")]))
    if s.results.get("analysis"):
        excess = {}
        for network in ("cbr-tiny", "resnet18"):
            (pairs, drawn), (others, loaded) = alike(s, network, "random"), alike(s, network, "transfer")
            assert pairs == others
            excess[network] = drawn - loaded
            show(f"C5 {network}: alike, random with random - transfer with random", jackknife(pairs, excess[network]))
        show("C5 resnet18 - cbr-tiny", jackknife(pairs, excess["resnet18"] - excess["cbr-tiny"]))
        more = {b: kept(s, "resnet18", "random", b) - kept(s, "cbr-tiny", "random", b) for b in ("stem", "block3")}
        show("C6 stem, kept of a random start: resnet18 - cbr-tiny", student(more["stem"]))
        show("C6 stem - block3", student(more["stem"] - more["block3"]))
if "c3" in studies and "c2" in studies:
    lines = [(m["source"]["top1"], study.auc, m["source"]["model"]) for study in (studies["c3"], studies["c2"]) for m in study.plan["models"]]
    x = np.array([top1 for top1, _, _ in lines])
    y = np.array([np.mean([v for (l, _), v in auc.items() if l == f"{name}, transfer"]) for _, auc, name in lines])
    slope, middle = np.polyfit(x, y, 1)
    rest = y - slope * x - middle
    width, k = x.max() - x.min(), len(x)
    se = math.sqrt((rest**2).sum() / (k - 2) / ((x - x.mean()) ** 2).sum())
    reach = t.ppf(0.975, k - 2) * se * width
    for (top1, _, name), auc in sorted(zip(lines, y), key=lambda z: z[0][0]):
        print(f"  C3 {name:20} top-1 {top1:.3f}, test AUC {auc:.4f}")
    print(f"  C3 AUC over the range of top-1: {slope * width:+.4f} ({slope * width - reach:+.4f} to {slope * width + reach:+.4f}), {k} networks, their scatter alone")
for name in [n for n in ("c4", "c4-again") if n in studies]:
    s = studies[name]
    print(f" {name}")
    arms = {(m, i): next(l for l, _ in s.auc if l.startswith(f"{m}, {i}")) for m in ("cbr-tiny", "resnet18") for i in ("random", "transfer")}
    large = [(1, arms["resnet18", "transfer"]), (-1, arms["resnet18", "random"])]
    small = [(1, arms["cbr-tiny", "transfer"]), (-1, arms["cbr-tiny", "random"])]
    show("C4 resnet18, transfer - random", s.difference(large))
    show("C4 cbr-tiny, transfer - random", s.difference(small))
    show("C4 the first - the second", s.difference(large + [(-w, l) for w, l in small]))
for name in [n for n in ("c9", "c9-again") if n in studies]:
    print(f" {name}")
    s, starts = studies[name], ["random", "conv1", "block1", "block2", "transfer"]
    for before, after in zip(starts, starts[1:]):
        show(f"C9 steps of {before} / {after}", s.speed([(1, f"cbr-tiny, {before}"), (-1, f"cbr-tiny, {after}")], 0.95))
    for place in (2, 3, 4):
        gain = [(1, f"cbr-tiny, {starts[place - 1]}"), (-1, f"cbr-tiny, {starts[place]}")]
        first = [(1, "cbr-tiny, random"), (-1, "cbr-tiny, conv1")]
        show(f"C9 gain of conv1 / further gain of {starts[place]}", s.speed(first + [(-w, l) for w, l in gain], 0.95))
    show("C9 steps of block1 / transfer", s.speed([(1, "cbr-tiny, block1"), (-1, "cbr-tiny, transfer")], 0.95))
if "at-224" in studies:
    s = studies["at-224"]
    show("C1 at 224: resnet50, transfer - random", s.difference([(1, "resnet50-keras, transfer"), (-1, "resnet50-keras, random")]))
    show("C2 at 224: cbr-tiny, random - resnet50, transfer", s.difference([(1, "cbr-tiny, random"), (-1, "resnet50-keras, transfer")]))
    show("C2 at 224: cbr-larget, random - resnet50, transfer", s.difference([(1, "cbr-larget, random"), (-1, "resnet50-keras, transfer")]))
    show("C8 at 224: steps of resnet50, random / transfer", s.speed([(1, "resnet50-keras, random"), (-1, "resnet50-keras, transfer")], 0.95))
if "c10" in studies:
    s = studies["c10"]
    show("C10 slim transfer - whole transfer", s.difference([(1, "cbr-tiny-slim-block1, transfer"), (-1, "cbr-tiny, transfer")]))
    show("C10 Gabor - pretrained first convolution", s.difference([(1, "cbr-tiny, gabor"), (-1, "cbr-tiny, conv1")]))
for what, difference in worst.items():
    print(f"{what:28} largest difference {difference:.1e}")
print("every number agrees")
