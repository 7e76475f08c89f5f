"""Every effect of claims.json, computed again from the predictions, curves and analyses of runs.

    python checks/claims.py JUDGED TABLE STUDY...

JUDGED is the folder of claims.json, TABLE the claims.toml that it was judged by, STUDY the folders of
the studies, named as the table names them. Reads nothing of results.json. Prints the largest
difference of each kind, and ends with an assertion where a number does not come out. Speeds: the
effect to the last digit; their interval rests on drawn patients, and is held to within a fifth of
its width. Studies of one headline curve only. Needs numpy, pandas and scipy.
"""

import json
import math
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t

worst = {}
SPEED = 1.25
DRAWS = 600


def agree(what, ours, theirs, tolerance=1e-8):
    if ours is None or theirs is None:
        assert ours is None and theirs is None, (what, ours, theirs)
        return
    difference = np.abs(np.ravel(ours).astype(float) - np.ravel(theirs).astype(float)).max()
    worst[what] = max(worst.get(what, 0.0), difference)
    assert difference <= tolerance, (what, ours, theirs)


# Test AUCs ---------------------------------------------------------------------------------------


def influence(labels, scores):
    """AUC, and influences whose squares sum to DeLong's variance."""
    above, below = scores[labels][:, None], scores[~labels]
    wins = (above > below) + 0.5 * (above == below)
    m, n = labels.sum(), (~labels).sum()
    moved = np.zeros(len(labels))
    moved[labels] = (wins.mean(axis=1) - wins.mean()) / math.sqrt(m * (m - 1))
    moved[~labels] = (wins.mean(axis=0) - wins.mean()) / math.sqrt(n * (n - 1))
    return wins.mean(), moved


def estimate(table, headline, classes):
    """AUC, influences of patients, and how many patients take part."""
    p = table.filter(like="probability:").to_numpy(float)
    kind, value = (headline, None) if isinstance(headline, str) else next(iter(headline.items()))
    if kind == "at-least":
        labels, scores = (table["label"] >= value).to_numpy(), p[:, value:].sum(axis=1)
    elif kind == "class":
        labels, scores = (table["label"] == value).to_numpy(), p[:, value]
    else:
        assert kind == "macro-one-vs-rest" and len(classes) == 2, f"not a headline of one curve: {headline}"
        labels, scores = (table["label"] == 1).to_numpy(), p[:, 1]
    auc, moved = influence(labels, scores)
    patients = table["patient"].where(table["patient"].notna(), "picture " + table["image"].astype(str)).to_numpy(str)
    if len(np.unique(patients)) == len(patients):
        return auc, moved, len(table), patients
    _, index = np.unique(patients, return_inverse=True)
    sums = np.bincount(index, moved)
    count, cases = len(np.unique(index[moved != 0])), len(table)
    return auc, sums * math.sqrt(count / (count - 1) / (cases / (cases - 1))), count, np.unique(patients)


def evenness(moved, cases):
    return min(max(2 * (moved**2).sum() ** 2 / (moved**4).sum(), 1.0), max(cases - 1, 1))


def combined(sampling, even, noise, shown, f):
    """Standard error and degrees of freedom of what patients and seeds bring."""
    total = sampling + max(shown - noise, 0.0)
    share = min(shown / total, 1.0) if shown > noise else 0.0
    exponent = min(max((f + 2) / 4, 1.0), 1.5)
    return math.sqrt(total), 1 / ((1 - share) ** 2 / even + (share**exponent / f if share else 0.0))


def over_seeds(pairs, others=None):
    """Mean, standard error, degrees of freedom; of values, influences and cases by seed."""
    values = np.array([p[0] for p in pairs])
    moved = np.array([p[1] for p in pairs])
    k, pooled = len(values), moved.mean(axis=0)
    variance, f = values.var(ddof=1), k - 1
    if others and others[0] > variance:
        variance, f = (variance * f + others[0] * others[1]) / (f + others[1]), f + others[1]
    noise = ((moved - pooled) ** 2).sum() / (k - 1) / k
    return values.mean(), *combined((pooled**2).sum(), evenness(pooled, pairs[0][2]), noise, variance / k, f)


class Artanh:
    """A difference of AUCs."""

    def __init__(self, mean, se, df, count):
        self.value, self.count, self.se, self.df = mean, count, se / (1 - mean**2), df

    def interval(self):
        reach = t.ppf(0.975, self.df) * self.se
        return [math.tanh(math.atanh(self.value) + side * reach) for side in (-1, 1)]

    def above(self, value):
        return t.sf((math.atanh(self.value) - math.atanh(value)) / self.se, self.df)


class Student:
    """Anything else; on the scale of the logarithm where it is a ratio."""

    def __init__(self, mean, se, df, count, is_ratio=False):
        self.mean, self.se, self.df, self.count, self.is_ratio = mean, se, df, count, is_ratio
        self.value = math.exp(mean) if is_ratio else mean

    def interval(self):
        reach = t.ppf(0.975, self.df) * self.se
        ends = [self.mean - reach, self.mean + reach]
        return [math.exp(e) for e in ends] if self.is_ratio else ends

    def above(self, value):
        return t.sf((self.mean - (math.log(value) if self.is_ratio else value)) / self.se, self.df)


def jackknife(values):
    """A mean over seeds, or pairs of seeds: seeds ─▶ value."""
    seeds = sorted({s for of in values for s in of})
    without = [np.mean([v for of, v in values.items() if s not in of]) for s in seeds]
    n = len(seeds)
    se = math.sqrt((n - 1) / n * ((np.array(without) - np.mean(without)) ** 2).sum())
    return Student(np.mean(list(values.values())), se, n - 1, n)


# Curves ------------------------------------------------------------------------------------------


def isotonic(values):
    blocks = []
    for value in values:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (b, m), (a, n) = blocks.pop(), blocks.pop()
            blocks.append([(a * n + b * m) / (n + m), n + m])
    return np.repeat([b[0] for b in blocks], [b[1] for b in blocks])


def arrival(steps, values, tau, sustained):
    """Step of arrival; 0 where it is early, None where it is open."""
    fit = isotonic(values)
    place = int(np.searchsorted(fit, tau, side="left"))
    if len(fit) - place < sustained:
        return None
    if place == 0 or (place == 1 and steps[0] == 0):
        return 0
    low, high = math.log1p(steps[place - 1]), math.log1p(steps[place])
    share = min(max((tau - fit[place - 1]) / (fit[place] - fit[place - 1]), 0.0), 1.0)
    return math.expm1(low + share * (high - low))


def relative_error(auc):
    a = min(max(auc, 1 - auc), 0.98)
    return math.sqrt(a / (2 - a) + 2 * a * a / (1 + a) - 2 * a * a)


class Study:
    def __init__(self, folder):
        self.name, self.plan = folder.name, json.loads((folder / "plan.json").read_text())
        plan = self.plan
        self.label = [m["described"]["label"] for m in plan["models"]]
        self.aucs, self.validation, self.curves, self.kept, self.pairs = {}, {}, {}, {}, {}
        classes = plan["data"]["described"]["classes"]
        for run in plan["runs"]:
            place = folder / "runs" / run["id"]
            if not (place / "result.json").exists():
                continue
            table = pd.read_csv(place / "predictions.csv", dtype={"image": str, "patient": str})
            part = lambda name: table[table["partition"] == name].reset_index(drop=True)
            key = (run["arm"], run["seed"])
            self.aucs[key] = estimate(part("test"), plan["data"]["headline"], classes)[:3]
            self.validation[key] = json.loads((place / "result.json").read_text())["validation_auc"]
            lines = [json.loads(line) for line in (place / "metrics.jsonl").read_text().splitlines()]
            curve = [(e["step"], e["validation_auc"]) for e in lines]
            seen, split = part("validation"), plan["data"]["split"]
            if split.get("looked_at"):
                at = set(split["looked_at"])
                seen = seen[[example in at for example in split["validation"]]].reset_index(drop=True)
            _, moved, _, people = estimate(seen, plan["data"]["headline"], classes)
            self.curves[key] = curve, dict(zip(people, moved))
        analysis = plan.get("analysis")
        read = lambda of: json.loads(path.read_text()) if (path := folder / "analysis" / f"{of['id']}.json").exists() else None
        for change in analysis["runs"] if analysis else []:
            if found := read(change):
                run = plan["runs"][change["run"]]
                self.kept[run["arm"], run["seed"]] = found["blocks"]
        for pair in analysis["pairs"] if analysis else []:
            if found := read(pair):
                a, b = (plan["runs"][pair[side]] for side in "ab")
                self.pairs[a["arm"], a["seed"], b["seed"]] = found["blocks"]

    def arm(self, model, init, size=None):
        fits = lambda a: a["is_all"] if size is None else a["train_size"] == size
        for place, arm in enumerate(self.plan["arms"]):
            if self.label[arm["model"]] == model and arm["init"]["name"] == init and "regime" not in arm and fits(arm):
                return place
        raise KeyError((self.name, model, init, size))

    def networks(self, cast, inits):
        def has(network):
            try:
                return all(self.arm(network, init) is not None for init in inits)
            except KeyError:
                return False

        return cast.get("networks") or [network for network in self.label if has(network)]

    def of_arm(self, arm):
        return {seed: auc for (of, seed), auc in self.aucs.items() if of == arm}

    def contrast(self, ours, theirs):
        arms = self.plan["arms"]
        kind = lambda arm: (arms[arm]["model"], arms[arm]["train_size"])
        a, b = self.of_arm(ours), self.of_arm(theirs)
        seeds = [s for s in a if s in b]
        kin = dict.fromkeys([kind(ours), kind(theirs)])
        rows = [self.of_arm(arm) for of in kin for arm in range(len(arms)) if kind(arm) == of]
        rows = [[row[s][0] for s in seeds] for row in rows if all(s in row for s in seeds)]
        others = None
        if len(rows) >= 3 and len(seeds) >= 2:
            y = np.array(rows)
            residual = y - y.mean(axis=1, keepdims=True)
            residual -= residual.mean(axis=0)
            others = 2 * (residual**2).sum() / ((len(rows) - 1) * (len(seeds) - 1)), (len(rows) - 2) * (len(seeds) - 1)
        pairs = [(a[s][0] - b[s][0], a[s][1] - b[s][1], max(a[s][2], b[s][2])) for s in seeds]
        return Artanh(*over_seeds(pairs, others), len(seeds))

    def start(self, arm, cast, end):
        """Sign and value by seed of what a block keeps of its start."""
        named, place = (cast.get("bottom"), 0) if end == "bottom" else (cast.get("top"), -1)
        found = {}
        for (of, seed), blocks in self.kept.items():
            if of == arm:
                block = next(b for b in blocks if b["block"] == named) if named else blocks[place]
                measure = cast.get("measure", "mean-cca")
                if measure == "movement":
                    found[seed, seed] = -block["movement"]
                else:
                    found[seed, seed] = self.value(block["before_after"], measure)
        return found

    def value(self, measured, measure):
        one = next(m for m in measured if m["measure"] == measure)
        sign = -1 if "angular" in measure or measure.endswith("distance") else 1
        return sign * one["value"]["Ok"]

    def top(self, arm, cast):
        measure = cast.get("measure", "mean-cca")
        return {
            (a, b): np.mean([self.value(block["trained"], measure) for block in blocks[-2:]])
            for (of, a, b), blocks in self.pairs.items()
            if of == arm
        }

    def speed(self, terms, tau):
        sustained = self.plan["compare"]["sustained"]
        seeds = sorted(set.intersection(*({s for a, s in self.curves if a == arm} for arm, _ in terms)))
        people = sorted({p for _, moved in self.curves.values() for p in moved})
        draws = dict(zip(people, np.random.default_rng(0).standard_normal((len(people), DRAWS))))
        logs, redrawn = np.zeros(len(seeds)), np.zeros((len(seeds), DRAWS))
        for arm, weight in terms:
            for row, seed in enumerate(seeds):
                curve, moved = self.curves[arm, seed]
                steps, aucs = zip(*curve)
                at = arrival(steps, aucs, tau, sustained)
                assert at, "early or open"
                logs[row] += weight * math.log(max(at, 1.0))
                added = sum(v * draws[p] for p, v in moved.items())
                scale = np.array([relative_error(a) / relative_error(max(0.5, *aucs)) for a in aucs])
                for draw in range(DRAWS):
                    at = arrival(steps, np.array(aucs) + scale * added[draw], tau, sustained)
                    at = steps[-1] if at is None else min(max(at, 1.0), steps[-1])
                    redrawn[row, draw] += weight * math.log(at)
        k = len(seeds)
        by_seeds = logs.var(ddof=1) / k
        shared = max((redrawn.sum(axis=0).var(ddof=1) - redrawn.var(axis=1, ddof=1).sum()) / (k * (k - 1)), 0)
        total = by_seeds + shared
        return Student(logs.mean(), math.sqrt(total), min((k - 1) * (total / by_seeds) ** 2, 1e6), k, True)


# Claims ------------------------------------------------------------------------------------------


def less(a, b):
    return {key: a[key] - b[key] for key in a if key in b}


def rise(points):
    """Of (accuracy, runs): the line from the lowest to the highest accuracy."""
    x = np.array([p[0] for p in points])
    w = (x.max() - x.min()) * (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    y = np.array([np.mean([r[0] for r in runs]) for _, runs in points])
    v = np.array([np.mean([r[1] for r in runs], axis=0) for _, runs in points])
    n = len(points)

    def scatter(values):
        line = np.polyfit(x, values, 1)
        return ((values - np.outer(x, line[0]).reshape(values.shape) - line[1]) ** 2).sum() / (n - 2) * (w**2).sum()

    seeds = sum(wi**2 * np.var([r[0] for r in runs], ddof=1) / len(runs) for wi, (_, runs) in zip(w, points))
    moved = w @ v
    noise = sum(scatter(v[:, case]) for case in range(v.shape[1]))
    se, df = combined((moved**2).sum(), evenness(moved, len(moved)), noise, max(scatter(y), seeds), n - 2)
    return Student(w @ y, se, df, n)


def parts(claim, casts, studies):
    """(effect, rule, margin) of every part of a claim, in order; None where the study is not there."""
    if claim == "c3":
        lines = {}
        for cast in casts:
            study = studies[cast["study"]]
            for network in study.networks(cast, [cast.get("transfer", "transfer")]):
                source = study.plan["models"][study.label.index(network)]["source"]
                if not source or source["top1"] is None:
                    continue
                data = study.plan["data"]
                key = source["name"], f"{data['described']['sha256']} {data['split']['id']}"
                if (network, source["sha256"]) in [point[3] for point in lines.get(key, [])]:
                    continue
                runs = list(study.of_arm(study.arm(network, cast.get("transfer", "transfer"))).values())
                lines.setdefault(key, []).append((source["top1"], runs, study.plan["compare"]["margin"], (network, source["sha256"])))
        for key in sorted(lines):
            points = [(x, runs) for x, runs, *_ in lines[key]]
            yield (rise(points) if len(points) >= 4 else None), "within", min(point[2] for point in lines[key])
        return
    for cast in casts:
        study = studies[cast["study"]]
        random, transfer = cast.get("random", "random"), cast.get("transfer", "transfer")
        mean_var = cast.get("mean_var", "mean-var")
        margin = study.plan["compare"]["margin"]
        tau = cast.get("threshold", study.plan["compare"]["thresholds"][-1])
        small = cast.get("small", [])
        small = [small] if isinstance(small, str) else small
        large = cast.get("large")
        if claim == "c1":
            for network in study.networks(cast, [transfer, random]):
                yield study.contrast(study.arm(network, transfer), study.arm(network, random)), "within", margin
        elif claim == "c2":

            def best(network):
                mean = lambda init: np.mean([v for (a, _), v in study.validation.items() if a == study.arm(network, init)])
                return study.arm(network, transfer if mean(transfer) > mean(random) else random)

            for network in small:
                yield study.contrast(best(network), best(large)), "not-below", margin
        elif claim == "c4":
            size = cast.get("train_size", min(a["train_size"] for a in study.plan["arms"]))
            arm = lambda network, init: study.of_arm(study.arm(network, init, size))

            def gain(network):
                a, b = arm(network, transfer), arm(network, random)
                return {s: (a[s][0] - b[s][0], a[s][1] - b[s][1], max(a[s][2], b[s][2])) for s in a if s in b}

            yield study.contrast(study.arm(large, transfer, size), study.arm(large, random, size)), "above", margin
            for network in small:
                a, b = gain(large), gain(network)
                pairs = [(a[s][0] - b[s][0], a[s][1] - b[s][1], max(a[s][2], b[s][2])) for s in a if s in b]
                yield Artanh(*over_seeds(pairs), len(pairs)), "above", margin
        elif claim == "c5":
            excess = lambda n: less(study.top(study.arm(n, random), cast), study.top(study.arm(n, transfer), cast))
            yield jackknife(excess(large)), "above", None
            for network in small:
                yield jackknife(less(excess(large), excess(network))), "above", None
        elif claim in ("c6", "c7"):
            if claim == "c6":
                sides = [((large, random), (network, random)) for network in small]
            else:
                sides = [((n, transfer), (n, random)) for n in study.networks(cast, [random, transfer])]
            for ours, theirs in sides:
                at = lambda end: less(study.start(study.arm(*ours), cast, end), study.start(study.arm(*theirs), cast, end))
                yield jackknife(at("bottom")), "above", None
                yield jackknife(less(at("bottom"), at("top"))), "above", None
        elif claim == "c8":
            for network in study.networks(cast, [random, transfer, mean_var]):
                for start in (transfer, mean_var):
                    yield study_speed(study, [(study.arm(network, random), 1), (study.arm(network, start), -1)], tau), "above-one", SPEED
        elif claim == "c9":
            inits = [random, *cast["prefixes"]]
            for network in study.networks(cast, inits):
                arms = [study.arm(network, init) for init in inits]
                for place in range(2, len(arms)):
                    weights = np.zeros(len(arms))
                    weights[0] += 1
                    weights[1] -= 1
                    weights[place - 1] -= 1
                    weights[place] += 1
                    yield study_speed(study, [(a, w) for a, w in zip(arms, weights) if w], tau), "above-one", None
                if cast["plateau"] != inits[-1]:
                    terms = [(study.arm(network, cast["plateau"]), 1), (arms[-1], -1)]
                    yield study_speed(study, terms, tau), "within-factor", SPEED
        elif claim == "c10":
            of = lambda network, init: study.arm(cast[network], init)
            yield study.contrast(of("hybrid", transfer), of("whole", transfer)), "within", margin
            gabor, conv1 = cast.get("gabor", "gabor"), cast.get("conv1", "conv1")
            yield study.contrast(of("whole", gabor), of("whole", conv1)), "within", margin


def study_speed(study, terms, tau):
    try:
        return study.speed(terms, tau)
    except AssertionError:
        return None


def p_values(effect, rule, margin):
    two = lambda p: min(2 * p, 1.0)
    above, below = effect.above, lambda value: 1 - effect.above(value)
    if rule in ("within", "within-factor"):
        low, high = (-margin, margin) if rule == "within" else (1 / margin, margin)
        return max(above(low), below(high)), two(min(above(high), below(low)))
    if rule == "not-below":
        return above(-margin), two(below(-margin))
    nothing = 1.0 if rule == "above-one" else 0.0
    return two(above(nothing)), below(margin) if margin is not None else two(below(nothing))


def holm(values):
    order = sorted((p, i) for i, p in enumerate(values) if p is not None)
    adjusted, largest = [None] * len(values), 0.0
    for rank, (p, i) in enumerate(order):
        largest = min(max(largest, p * (len(order) - rank)), 1.0)
        adjusted[i] = largest
    return adjusted


def outcome(agrees, disagrees):
    if disagrees is not None and disagrees < 0.05:
        return "disagrees"
    return "agrees" if agrees is not None and agrees < 0.05 else "undecided"


def main(judged, table, folders):
    judged = json.loads((Path(judged) / "claims.json").read_text())
    casting = tomllib.loads(Path(table).read_text())
    studies = {Path(f).resolve().name: Study(Path(f).resolve()) for f in folders}
    compared = 0
    for finding in judged["findings"]:
        claim, written = finding["claim"], finding["parts"]
        if not casting.get(claim) or any(cast["study"] not in studies for cast in casting[claim]):
            print(f"{claim}: passed over, not all of its studies are given")
            continue
        if all(part["value"] is None for part in written):
            print(f"{claim}: not run, {written[0]['reason']}")
            continue
        found = list(parts(claim, casting[claim], studies))
        assert len(found) == len(written), (claim, len(found), len(written))
        for part, (effect, rule, margin) in zip(written, found):
            name = f"{claim} {part['what']}"
            assert part["rule"]["form"] == rule and part["rule"].get("margin") == margin, (name, part["rule"])
            if effect is None or part["value"] is None:
                assert effect is None and part["value"] is None, (name, part["reason"])
                continue
            is_speed = claim in ("c8", "c9")
            agree("effect", part["value"], effect.value)
            assert part["count"] == effect.count, name
            if part["interval"] is None:
                assert effect.count < 3, name
                continue
            ends, tolerance = effect.interval(), 1e-7
            if is_speed:
                tolerance = 0.2 * math.log(ends[1] / ends[0])
                agree("interval of a speed, log", np.log(part["interval"]), np.log(ends), tolerance)
            else:
                agree("interval", part["interval"], ends, tolerance)
                p = p_values(effect, rule, margin)
                agree("p", [part["p_agrees"], part["p_disagrees"]], p, 1e-7)
            compared += 1
        for side in ("p_agrees", "p_disagrees"):
            alone = [part[side] for part in written]
            for part, p in zip(written, holm(alone)):
                agree("corrected p", part[f"{side}_corrected"], p)
        for part in written:
            told = outcome(part["p_agrees_corrected"], part["p_disagrees_corrected"])
            assert part["outcome"] == ("not-run" if part["value"] is None else told), part
        outcomes = [part["outcome"] for part in written]
        whole = "disagrees" if "disagrees" in outcomes else "agrees" if set(outcomes) == {"agrees"} else "undecided"
        assert finding["outcome"] == whole, finding
        print(f"{claim}: {finding['outcome']}, {len(written)} parts")
    for what, difference in worst.items():
        print(f"{what}: largest difference {difference:.2g}")
    assert compared, "nothing was compared"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
