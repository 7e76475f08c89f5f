"""Everything that decides in a study, computed again from its predictions.

    python checks/comparisons.py STUDY_DIRECTORY...

Headline AUCs over patients, arms over seeds, differences, Holm's correction, outcomes, and of
every run each question's AUC with interval, operating point, calibration and partial AUC. Prints
the largest difference of each kind and ends with an assertion where a number of results.json does
not come out. Needs numpy, pandas, scipy, scikit-learn and statsmodels.
"""

import json
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import multivariate_normal, norm, t
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from statsmodels.stats.multitest import multipletests

warnings.filterwarnings("ignore")
worst = {}


def agree(what, ours, theirs, tolerance=1e-9):
    if ours is None or theirs is None:
        assert ours is None and theirs is None, (what, ours, theirs)
        return
    ours, theirs = np.ravel(ours).astype(float), np.ravel(theirs).astype(float)
    difference = np.abs(ours - theirs).max()
    worst[what] = max(worst.get(what, 0.0), difference)
    assert difference <= tolerance * max(1.0, np.abs(theirs).max()), (what, ours, theirs)


def components(labels, scores):
    """AUC, and V10 - AUC or V01 - AUC of every case."""
    above, below = scores[labels][:, None], scores[~labels]
    wins = (above > below) + 0.5 * (above == below)
    auc = wins.mean()
    moved = np.zeros(len(labels))
    moved[labels], moved[~labels] = wins.mean(axis=1) - auc, wins.mean(axis=0) - auc
    return auc, moved


def influence(labels, scores):
    """AUC and influences whose squares sum to DeLong's variance."""
    auc, moved = components(labels, scores)
    m, n = labels.sum(), (~labels).sum()
    return auc, np.where(labels, moved / math.sqrt(m * (m - 1)), moved / math.sqrt(n * (n - 1)))


def by_patient(influences, patients, cases):
    """Influences of patients, and how many took part; of `cases` pictures."""
    took = influences != 0
    if len(np.unique(patients)) == len(patients):
        return influences, cases
    _, index = np.unique(patients, return_inverse=True)
    sums = np.bincount(index, influences)
    count = len(np.unique(index[took]))
    return sums * math.sqrt(count / (count - 1) / (cases / (cases - 1))), count


def logit_interval(auc, se, quantile):
    centre, reach = math.log(auc / (1 - auc)), quantile * se / (auc * (1 - auc))
    return [1 / (1 + math.exp(-x)) for x in (centre - reach, centre + reach)]


def evenness(influences, cases):
    """Degrees of freedom of a sum of squares."""
    even = 2 * (influences**2).sum() ** 2 / (influences**4).sum()
    return min(max(even, 1.0), cases - 1)


def over_seeds(estimates, others=None):
    """Mean, standard error and degrees of freedom of paired values and influences. `others`: variance
    between seeds and degrees of freedom of arms trained alike, which lend theirs where it is larger."""
    values = np.array([value for value, _, _ in estimates])
    influences = np.array([influence for _, influence, _ in estimates])
    k, pooled, cases = len(values), influences.mean(axis=0), estimates[0][2]
    sampling = (pooled**2).sum()
    variance, f = (values.var(ddof=1), k - 1) if k > 1 else (0.0, 1)
    if others and others[0] > variance:
        variance, f = (variance * f + others[0] * others[1]) / (f + others[1]), f + others[1]
    seeds = variance / k
    noise = ((influences - pooled) ** 2).sum() / (k - 1) / k if k > 1 else 0.0
    total = sampling + max(seeds - noise, 0.0)
    even = evenness(pooled, cases)
    share = min(seeds / total, 1.0) if seeds > noise else 0.0
    exponent = min(max((f + 2) / 4, 1.0), 1.5)
    inverse = (1 - share) ** 2 / even + (share**exponent / f if share else 0.0)
    return values.mean(), math.sqrt(total), 1 / inverse, pooled, max(total - sampling, 0.0)


def spread_of_pairs(kin, seeds):
    """Twice the residual variance of arms by seeds, with the degrees of freedom of all but two."""
    rows = [[arm[s][0] for s in seeds] for arm in kin if all(s in arm for s in seeds)]
    if len(rows) < 3 or len(seeds) < 2:
        return None
    y = np.array(rows)
    residual = y - y.mean(axis=1, keepdims=True)
    residual -= residual.mean(axis=0)
    arms, k = y.shape
    return 2 * (residual**2).sum() / ((arms - 1) * (k - 1)), (arms - 2) * (k - 1)


def holm(values):
    known = [i for i, p in enumerate(values) if p is not None]
    adjusted = [None] * len(values)
    if known:
        for i, p in zip(known, multipletests([values[i] for i in known], method="holm")[1]):
            adjusted[i] = p
    return adjusted


def step_down(values, correlation):
    """Two-sided p values adjusted by the joint normal distribution of their errors."""
    by_holm = holm(values)
    order = sorted((p, i) for i, p in enumerate(values) if p is not None)
    if len(order) < 2 or len(order) > 100:
        return by_holm
    adjusted, largest = [None] * len(values), 0.0
    for passed, (p, place) in enumerate(order):
        left = [i for _, i in order[passed:]]
        reach = min(norm.isf(p / 2), 37.0)
        if len(left) == 1:
            joint = 1 - p
        else:
            errors = multivariate_normal(cov=correlation[np.ix_(left, left)], allow_singular=True, maxpts=200_000, seed=1)
            joint = errors.cdf([reach] * len(left), lower_limit=[-reach] * len(left))
        largest = max(largest, min(max(1 - joint, p), max(by_holm[place], p)))
        adjusted[place] = min(largest, 1.0)
    return adjusted


def outcome(mean, difference, equivalence):
    if equivalence is not None and equivalence < 0.05:
        return "equivalent"
    if difference is not None and difference < 0.05:
        return "better" if mean > 0 else "worse"
    return "undecided"


def columns(table, prefix):
    return table.filter(like=prefix).to_numpy(float)


def check(study):
    plan = json.loads((study / "plan.json").read_text())
    results = json.loads((study / "results.json").read_text())
    headline, classes = plan["data"]["headline"], plan["data"]["described"]["classes"]
    is_findings = plan["data"]["task"] == "multilabel"
    kind, value = (headline, None) if isinstance(headline, str) else next(iter(headline.items()))
    margin = results["margin"]

    def questions(table):
        """Name ─▶ known cases, labels, probabilities."""
        p = columns(table, "probability:")
        everyone = np.ones(len(table), bool)
        if kind == "at-least":
            return {f"grade ≥ {value}": (everyone, (table["label"] >= value).to_numpy(), p[:, value:].sum(axis=1))}
        if is_findings:
            known = {c: table[f"label:{c}"].notna().to_numpy() for c in classes}
            return {c: (known[c], (table[f"label:{c}"] == 1).to_numpy()[known[c]], p[known[c], i]) for i, c in enumerate(classes)}
        chosen = [value] if kind == "class" else [1] if len(classes) == 2 else range(len(classes))
        return {classes[i]: (everyone, (table["label"] == i).to_numpy(), p[:, i]) for i in chosen}

    def estimate(asked, patients):
        """AUC and influence over patients of one question."""
        known, labels, scores = asked
        auc, moved = influence(labels, scores)
        spread = np.zeros(len(known))
        spread[known] = moved
        return auc, spread

    def finish(auc, spread, patients, known):
        return auc, *by_patient(spread, patients, known)

    arms, of_questions = {}, {}
    for run in plan["runs"]:
        folder = study / "runs" / run["id"]
        if not (folder / "result.json").exists():
            continue
        table = pd.read_csv(folder / "predictions.csv", dtype={"image": str, "patient": str})
        part = lambda name: table[table["partition"] == name].reset_index(drop=True)
        test, validation = part("test"), part("validation")
        patients = test["patient"].where(test["patient"].notna(), "picture " + test["image"].astype(str)).to_numpy(str)
        asked, chosen = questions(test), questions(validation)
        parts = []
        written = next(s for a in results["arms"] if a["label"] == run["label"] for s in a["seeds"] if s["seed"] == run["seed"])
        for question in written["questions"]:
            known, labels, scores = asked[question["name"]]
            m, n = labels.sum(), (~labels).sum()
            agree("counts", [question["positives"], question["negatives"]], [m, n])
            if min(m, n) >= 2:
                auc, spread = estimate(asked[question["name"]], patients)
                if is_findings or not parts or kind == "macro-one-vs-rest":
                    parts.append((question["name"], auc, spread, known.sum()))
                of_questions.setdefault((run["label"], question["name"]), {})[run["seed"]] = finish(auc, spread, patients, known.sum())
                moved = by_patient(spread[known], patients[known], known.sum())
                w = question["auc"]
                if (moved[0] ** 2).sum() > 1e-30:
                    se, count = math.sqrt((moved[0] ** 2).sum()), moved[1]
                    df = evenness(moved[0], count)
                    agree("AUC of a run", [w["value"], w["low"], w["high"]], [auc, *logit_interval(auc, se, t.ppf(0.975, df))], 1e-8)
            if min(m, n) >= 1:
                agree("AUPRC", question["auprc"], average_precision_score(labels, scores))
                agree("partial AUC", question["partial_auc"], roc_auc_score(labels, scores, max_fpr=0.1))
            if question["operating"]:
                _, label, score = chosen[question["name"]]
                levels = np.unique(score)
                youden = [(score[label] >= x).mean() - (score[~label] >= x).mean() for x in levels]
                if question["operating"]["rule"] == "highest Youden index":
                    threshold = question["operating"]["threshold"]
                    agree("Youden", youden[np.searchsorted(levels, threshold)], max(youden))
                call = scores >= question["operating"]["threshold"]
                counts = [(call & labels).sum(), (~call & labels).sum(), (call & ~labels).sum(), (~call & ~labels).sum()]
                agree("2x2", question["operating"]["counts"], counts)
            if question["calibration"]:
                c = question["calibration"]
                agree("Brier", c["brier"], brier_score_loss(labels, scores))
                cut = np.clip(scores, np.finfo(float).eps, 1 - np.finfo(float).eps)
                logit = np.log(cut / (1 - cut))
                if c["slope"]:
                    fit = sm.Logit(labels.astype(float), sm.add_constant(logit)).fit(disp=0, method="newton", tol=1e-12, maxiter=200)
                    agree("slope", c["slope"]["value"], fit.params[1], 1e-7)
                    large = brentq(lambda a: expit(a + logit).sum() - labels.sum(), -50, 50, xtol=1e-15)
                    agree("intercept", c["intercept"]["value"], large, 1e-7)
        if kind == "finding":
            parts = [p for p in parts if p[0] == classes[value]]
        auc = np.mean([p[1] for p in parts])
        spread = np.mean([p[2] for p in parts], axis=0)
        arms.setdefault(run["label"], {})[run["seed"]] = finish(auc, spread, patients, max(p[3] for p in parts))

    planned = {arm["label"]: (arm["model"], arm["train_size"]) for arm in plan["arms"]}

    def contrast(seeds_of, pair):
        """Mean, standard error, degrees of freedom, influence and seeds' part of a difference."""
        ours, theirs = map(seeds_of, pair)
        seeds = [s for s in ours if s in theirs]
        kin = dict.fromkeys(planned[label] for label in pair)
        alike = [seeds_of(label) for of in kin for label in planned if planned[label] == of]
        pairs = [(ours[s][0] - theirs[s][0], ours[s][1] - theirs[s][1], max(ours[s][2], theirs[s][2])) for s in seeds]
        return over_seeds(pairs, spread_of_pairs(alike, seeds)), len(seeds)

    def family(seeds_of, pairs, share):
        """Corrected p values of every unordered pair, on the scale of 0.05."""
        place = {label: i for i, label in enumerate(planned)}
        unique = sorted({tuple(sorted(pair, key=place.get)) for pair in pairs}, key=lambda p: [place[x] for x in p])
        found = [contrast(seeds_of, pair) for pair in unique]
        error = lambda c: c[1]
        sign = lambda arm, pair: (arm == pair[0]) - (arm == pair[1])

        def correlation(i, j):
            (a, _), (b, _) = found[i], found[j]
            shared = sum(sign(arm, unique[i]) * sign(arm, unique[j]) for arm in unique[i])
            covariance = (a[3] * b[3]).sum() + 0.5 * shared * math.sqrt(a[4] * b[4])
            return 1.0 if i == j else min(max(covariance / (error(a) * error(b)), -1.0), 1.0)

        matrix = np.array([[correlation(i, j) for j in range(len(unique))] for i in range(len(unique))])
        p = [p_values(c) if k >= 3 else (None, None) for c, k in found]
        scale = lambda values: [None if v is None else min(v * 0.05 / share, 1.0) for v in values]
        difference = scale(step_down([d for d, _ in p], matrix))
        equivalence = scale(holm([e for _, e in p]))
        return dict(zip(unique, zip(difference, equivalence))), place

    def p_values(c):
        mean, se, df = c[:3]
        at = lambda value: t.sf((math.atanh(mean) - math.atanh(value)) * (1 - mean**2) / se, df)
        above = at(0.0)
        return min(2 * min(above, 1 - above), 1.0), max(at(-margin), 1 - at(margin))

    def compared(comparisons, seeds_of, pairs, share, is_open=lambda c: True):
        corrected, place = family(seeds_of, pairs, share)
        for c in comparisons:
            pair = (c["arm"], c["baseline"])
            (mean, se, df, _, _), k = contrast(seeds_of, pair)
            agree("difference", c["difference"]["value"], mean, 1e-9)
            if k < 3:
                assert c["difference"]["low"] is None and c["outcome"] == c["uncorrected"] == "undecided", c
                continue
            reach, slope = t.ppf(0.975, df) * se, 1 - mean**2
            ends = [math.tanh(math.atanh(mean) + side * reach / slope) for side in (-1, 1)]
            agree("interval", [c["difference"]["low"], c["difference"]["high"]], ends, 1e-8)
            difference, equivalence = p_values((mean, se, df))
            agree("p of difference", c["p"]["difference"], difference, 1e-8)
            agree("p of equivalence", c["p"]["equivalence"], equivalence, 1e-8)
            assert c["uncorrected"] == outcome(mean, difference, equivalence), c
            d, e = corrected[tuple(sorted(pair, key=place.get))]
            # Far from 0.05 the program computes the joint distribution with fewer points.
            agree("corrected difference", c["p"]["difference_corrected"], d, 2e-3 if d < 0.1 else 1e-2)
            agree("corrected equivalence", c["p"]["equivalence_corrected"], e, 1e-8)
            told = outcome(mean, c["p"]["difference_corrected"], c["p"]["equivalence_corrected"])
            assert c["outcome"] == (told if is_open(c) else "undecided"), c
            at = lambda value: t.sf((math.atanh(mean) - math.atanh(value)) * slope / se, df)
            believed = [at(0.0), at(margin) - at(-margin), 1 - at(margin)]
            agree("posterior", [c["posterior"][x] for x in ("none_or_worse", "equivalent", "better")], believed, 1e-8)

    for arm in results["arms"]:
        if arm["auc"]:
            mean, se, df = over_seeds(list(arms[arm["label"]].values()))[:3]
            agree("AUC of an arm", arm["auc"]["value"], mean)
            if arm["auc"]["low"] is not None and 0 < mean < 1:
                interval = logit_interval(mean, se, t.ppf(0.975, df))
                agree("its interval", [arm["auc"]["low"], arm["auc"]["high"]], interval, 1e-8)

    def parts():
        """Pairs that what helps is made of, and that no comparison is."""
        of = lambda label: next(a for a in results["arms"] if a["label"] == label)
        for found in results["attributions"]:
            beside = [a for a in results["arms"] if (a["model"], a["train_size"], a["regime"]) == (found["model"], found["train_size"], found["regime"])]
            first = lambda kind: next(a["label"] for a in beside if of(a["label"])["kind"] == kind)
            random, mean_var, transfer = map(first, ("random", "mean-var", "transfer"))
            yield from ((transfer, random), (mean_var, random), (transfer, mean_var))
            for part, pair in zip(("gain", "scale", "features"), ((transfer, random), (mean_var, random), (transfer, mean_var))):
                told.setdefault(pair, []).append(found[part])

    told = {}
    pairs = [(c["arm"], c["baseline"]) for c in results["comparisons"]]
    everything = pairs + list(parts())
    most = max(a["train_size"] for a in plan["arms"])
    several = sum(a["train_size"] == most for a in plan["arms"]) > 1
    reached = any(auc is not None and auc >= x for a in results["arms"] for point in a["curve"] for auc in point["auc"] for x in results["thresholds"])
    shared = 18 + 4 * bool(results.get("test_sets")) + reached + several
    if everything:
        compared(results["comparisons"], arms.get, everything, 0.05 * 18 / shared)
        corrected, place = family(arms.get, everything, 0.05 * 18 / shared)
        for pair, found in told.items():
            (mean, *_), _ = contrast(arms.get, pair)
            d, e = corrected[tuple(sorted(pair, key=place.get))]
            for part in found:
                agree("part of what helps", part["difference"]["value"], mean)
                near = any(p is not None and abs(p - 0.05) < 2e-3 for p in (d, e))
                assert near or part["outcome"] == outcome(mean, d, e), part
    asked = list(dict.fromkeys(c["question"] for c in results.get("question_comparisons", [])))
    decided = {(c["arm"], c["baseline"]) for c in results["comparisons"] if c["outcome"] != "undecided"}
    for question in asked:
        of = [c for c in results["question_comparisons"] if c["question"] == question]
        seeds_of = lambda arm: of_questions.get((arm, question), {})
        compared(of, seeds_of, [(c["arm"], c["baseline"]) for c in of], 0.05 / len(asked), lambda c: (c["arm"], c["baseline"]) in decided)


for name in sys.argv[1:]:
    check(Path(name))
for what, difference in worst.items():
    print(f"{what:20} {difference:.1e}")
print("every number agrees")
