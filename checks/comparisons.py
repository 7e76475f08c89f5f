"""Everything that decides in a study, computed again from its predictions and curves.

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
from scipy.stats import t
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


def over_seeds(estimates):
    """Mean, standard error and degrees of freedom of paired values and influences."""
    values = np.array([value for value, _, _ in estimates])
    influences = np.array([influence for _, influence, _ in estimates])
    k, pooled, cases = len(values), influences.mean(axis=0), estimates[0][2]
    sampling = (pooled**2).sum()
    seeds = values.var(ddof=1) / k if k > 1 else 0.0
    noise = ((influences - pooled) ** 2).sum() / (k - 1) / k if k > 1 else 0.0
    beyond = max(seeds - noise, 0.0)
    total = sampling + beyond
    even = evenness(pooled, cases)
    common, shown = (max(sampling - noise, 0.0), seeds) if beyond > 0 else (sampling, 0.0)
    inverse = (common / total) ** 2 / even + ((shown / total) ** 2 / (k - 1) if shown else 0.0)
    return values.mean(), math.sqrt(total), 1 / inverse


def holm(values):
    known = [i for i, p in enumerate(values) if p is not None]
    adjusted = [None] * len(values)
    if known:
        for i, p in zip(known, multipletests([values[i] for i in known], method="holm")[1]):
            adjusted[i] = p
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

    def compared(comparisons, seeds_of):
        difference, equivalence, means = [], [], []
        for c in comparisons:
            ours, theirs = seeds_of(c["arm"], c), seeds_of(c["baseline"], c)
            pairs = [(ours[s][0] - theirs[s][0], ours[s][1] - theirs[s][1], max(ours[s][2], theirs[s][2])) for s in ours if s in theirs]
            mean, se, df = over_seeds(pairs)
            reach = t.ppf(0.975, df) * se
            w = c["difference"]
            agree("difference", [w["value"], w["low"], w["high"]], [mean, mean - reach, mean + reach], 1e-8)
            means.append(mean)
            difference.append(2 * t.sf(abs(mean) / se, df))
            equivalence.append(max(t.sf((mean + margin) / se, df), t.cdf((mean - margin) / se, df)))
            agree("p of difference", c["p"]["difference"], difference[-1], 1e-8)
            agree("p of equivalence", c["p"]["equivalence"], equivalence[-1], 1e-8)
            assert c["uncorrected"] == outcome(mean, difference[-1], equivalence[-1]), c
            agree("detectable", c["smallest_detectable"], (t.ppf(0.975, df) + t.ppf(0.8, df)) * se, 1e-8)
        for c, mean, d, e in zip(comparisons, means, holm(difference), holm(equivalence)):
            agree("Holm", [c["p"]["difference_holm"], c["p"]["equivalence_holm"]], [d, e], 1e-8)
            assert c["outcome"] == outcome(mean, d, e), c

    for arm in results["arms"]:
        if arm["auc"]:
            mean, se, df = over_seeds(list(arms[arm["label"]].values()))
            interval = logit_interval(mean, se, t.ppf(0.975, df))
            agree("AUC of an arm", [mean, *interval], [arm["auc"][k] for k in ("value", "low", "high")], 1e-8)
    compared(results["comparisons"], lambda arm, _: arms[arm])
    compared(results.get("question_comparisons", []), lambda arm, c: of_questions[arm, c["question"]])


for name in sys.argv[1:]:
    check(Path(name))
for what, difference in worst.items():
    print(f"{what:20} {difference:.1e}")
print("every number agrees")
