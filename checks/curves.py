"""ROC and precision-recall curves, operating points and confusion matrices of a finished study,
computed again from its predictions with scikit-learn and numpy.

    python checks/curves.py STUDY_DIRECTORY...

From the predictions.csv of every finished run: mean curves at the places of results.json, average
precision, AUC, the thresholds of the validation partition with what they give on the test partition,
confusion matrices with recall and precision; these must agree to 1e-9. The area below a drawn ROC
curve must be the mean AUC but for the width of the grid (0.01). Bands are drawn again with numpy's
random numbers: their median width must agree to 15%. Prints the largest difference of each kind and
ends with an assertion where something does not come out. Needs numpy, scipy and scikit-learn (made
with 1.9). Studies with folds are left out.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
from scipy.stats import t as student
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

RESAMPLES = 400
worst = {}


def agree(what, ours, theirs, tolerance=1e-9):
    assert (ours is None) == (theirs is None), (what, ours, theirs)
    if ours is None:
        return
    ours, theirs = np.ravel(ours).astype(float), np.ravel(theirs).astype(float)
    assert ours.shape == theirs.shape, (what, ours.shape, theirs.shape)
    difference = float(np.abs(ours - theirs).max())
    worst[what] = max(worst.get(what, 0.0), difference)
    assert difference <= tolerance, (what, ours, theirs)


def read(path, part):
    """Patients, labels (classes or findings, NaN where unknown) and probabilities of a partition."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    rows = [row for row in rows if row[0] == part]

    def columns(prefix):
        chosen = [i for i, name in enumerate(header) if name.startswith(prefix)]
        return np.array([[float(row[i] or "nan") for i in chosen] for row in rows])

    patients = np.array([row[2] or f"picture {number}" for number, row in enumerate(rows)])
    return patients, columns("label"), columns("probability:")


def ask(plan, name, labels, scores):
    """The answer to a question in every picture, NaN where unknown, and the score of yes."""
    classes = plan["data"]["described"]["classes"]
    if name.startswith("grade ≥ ") and plan["data"]["task"] == "ordinal":
        grade = int(name.removeprefix("grade ≥ "))
        return (labels[:, 0] >= grade).astype(float), np.minimum(1, scores[:, grade:].sum(axis=1))
    place = classes.index(name)
    if plan["data"]["task"] == "multilabel":
        return labels[:, place], scores[:, place]
    return (labels[:, 0] == place).astype(float), scores[:, place]


def behind_mean(plan, names, labels, scores):
    """The questions whose mean is the headline; of findings those known twice either way."""
    asked = [ask(plan, name, labels, scores) for name in names]
    if plan["data"]["headline"] != "macro-findings":
        return asked
    return [(a, s) for a, s in asked if min((a == 1).sum(), (a == 0).sum()) >= 2]


def sensitivities(answers, scores, rates):
    """On the straight lines between the points of the curve; the upper end where it is vertical."""
    fpr, tpr, _ = roc_curve(answers, scores, drop_intermediate=False)
    after = np.searchsorted(fpr, rates + 1e-12, side="right")
    before, after = after - 1, np.minimum(after, len(fpr) - 1)
    width = fpr[after] - fpr[before]
    share = np.where(width > 0, (rates - fpr[before]) / np.where(width > 0, width, 1), 0.0)
    return tpr[before] + np.clip(share, 0, 1) * (tpr[after] - tpr[before])


def precisions(answers, scores, recalls):
    """That of the highest threshold that reaches each recall."""
    precision, recall, _ = precision_recall_curve(answers, scores)
    precision, recall = precision[:-1], recall[:-1]  # from the lowest threshold up
    return np.array([precision[np.flatnonzero(recall >= r)[-1]] for r in recalls])


def threshold(rule, answers, scores):
    """By the rule of the plan, on validation pictures."""
    fpr, tpr, thresholds = roc_curve(answers, scores, drop_intermediate=False)
    fpr, tpr, thresholds = fpr[1:], tpr[1:], thresholds[1:]
    if rule == "youden":
        return thresholds[np.argmax(np.round(tpr - fpr, 12))]
    (name, least), = rule.items()
    if name == "sensitivity":
        return thresholds[np.flatnonzero(tpr >= least)[0]]
    return thresholds[np.flatnonzero(1 - fpr >= least - 1e-12)[-1]]


def mean_curves(curves, rates, recalls):
    """Mean over the curves of one seed: sensitivities, precisions and average precision."""
    parts = []
    for answers, scores in curves:
        known = ~np.isnan(answers)
        a, s = answers[known], scores[known]
        parts.append(np.concatenate([
            sensitivities(a, s, rates), precisions(a, s, recalls), [average_precision_score(a, s)]
        ]))
    return np.mean(parts, axis=0)


def bands(seeds, patients, rates, recalls):
    """Widths of the 95% intervals at all places, by a bootstrap of our own."""
    random = np.random.default_rng(5)
    _, patient = np.unique(patients, return_inverse=True)
    count = patient.max() + 1
    values = np.array([mean_curves(curves, rates, recalls) for curves in seeds])
    moved = []
    for _ in range(RESAMPLES):
        drawn = np.bincount(random.integers(0, count, count), minlength=count)[patient]
        try:
            moved.append([
                mean_curves([(np.repeat(a, drawn), np.repeat(s, drawn)) for a, s in curves], rates, recalls)
                for curves in seeds
            ])
        except ValueError:
            continue  # a resample without one of the answers
    moved = np.array(moved) - values
    k = len(seeds)
    centred = moved - moved.mean(axis=0)
    of_mean = centred.mean(axis=1)
    sampling = of_mean.var(axis=0, ddof=1)
    noise = ((centred - of_mean[:, None]) ** 2).sum(axis=(0, 1)) / (len(moved) - 1) / (k - 1) / k
    shown = values.var(axis=0, ddof=1) / k
    variance = sampling + np.maximum(0, shown - noise)
    clusters = [
        min(sum(len(np.unique(patient[a == answer])) for a, _ in curves) for curves in seeds)
        for answer in (1, 0)
    ]
    d, f = max(1, min(clusters)), k - 1
    share = np.minimum(1, shown / np.where(variance > 0, variance, 1))
    exponent = min(max((f + 2) / 4, 1), 1.5)
    df = np.where(shown > noise, 1 / ((1 - share) ** 2 / d + share**exponent / f), d)
    q = student.ppf(0.975, df)
    p = values.mean(axis=0)
    most = np.concatenate([
        np.full(len(rates), clusters[0]), recalls * clusters[0] / p[len(rates) : -1], [clusters[0]]
    ])
    spread = p * (1 - p)
    with np.errstate(divide="ignore", invalid="ignore"):
        n = np.where((variance > 1e-15) & (spread > 0), np.clip(spread / variance, 1, most), most)
    reach = q * np.sqrt(spread / n + q**2 / (4 * n**2)) / (1 + q**2 / n)
    centre = (p + q**2 / (2 * n)) / (1 + q**2 / n)
    return np.minimum(1, centre + reach) - np.maximum(0, centre - reach)


def check_question(plan, told, question, own, runs, names):
    """One question of an arm; `runs` hold validation and test predictions by seed."""
    rates, recalls = np.array(told["false_positive_rates"]), np.array(told["recalls"])

    def curves(part):
        if "cases" not in question:
            return behind_mean(plan, names, part[1], part[2])
        return [ask(plan, question["name"], part[1], part[2])]

    seeds = [curves(test) for _, test in runs]
    values = np.mean([mean_curves(one, rates, recalls) for one in seeds], axis=0)
    agree("sensitivity", own["roc"]["values"], values[: len(rates)])
    agree("precision", own["precision_recall"]["values"], values[len(rates) : -1])
    agree("average precision", own["average_precision"]["value"], values[-1])

    def auc(curves):
        known = [(a[~np.isnan(a)], s[~np.isnan(a)]) for a, s in curves]
        return np.mean([roc_auc_score(a, s) for a, s in known])

    mean_auc = np.mean([auc(one) for one in seeds])
    agree("AUC", own["auc"]["value"], mean_auc)
    area = np.trapezoid(own["roc"]["values"], rates)
    agree("area below the drawn curve", area, mean_auc, 0.01)
    if "low" in own["roc"]:
        widths = bands(seeds, runs[0][1][0], rates, recalls)[:-1]
        ours = np.concatenate([
            np.subtract(own[kind]["high"], own[kind]["low"]) for kind in ("roc", "precision_recall")
        ])
        negatives = sum(len(np.unique(runs[0][1][0][a == 0])) for a, _ in seeds[0])
        positives = sum(len(np.unique(runs[0][1][0][a == 1])) for a, _ in seeds[0])
        measured = np.concatenate([rates * negatives >= 2, (1 - recalls) * positives >= 2]) & (widths > 1e-6)
        ratio = float(np.median(ours[measured] / widths[measured]))
        worst["width of bands"] = max(worst.get("width of bands", 0.0), abs(ratio - 1))
        assert abs(ratio - 1) < 0.15, (question["name"], ratio)
    if "operating" not in own:
        return
    points = []
    for validation, test in runs:
        (answers, scores), = curves(validation)
        known = ~np.isnan(answers)
        chosen = threshold(plan["compare"]["operating"], answers[known], scores[known])
        (answers, scores), = curves(test)
        known = ~np.isnan(answers)
        tn, fp, fn, tp = confusion_matrix(answers[known], scores[known] >= chosen, labels=[0, 1]).ravel()
        points.append([chosen, tp, fn, fp, tn])
    points = np.array(points, dtype=float)
    point = own["operating"]
    ours = [point["threshold"], *point["counts"]]
    agree("threshold and counts", [o["mean"] for o in ours], points.mean(axis=0))
    agree("range of counts", [[o["smallest"], o["largest"]] for o in ours], np.stack([points.min(0), points.max(0)], 1))
    _, tp, fn, fp, tn = points.T
    agree("operating sensitivity", point["sensitivity"]["value"], (tp / (tp + fn)).mean())
    agree("operating specificity", point["specificity"]["value"], (tn / (tn + fp)).mean())


def check_confusion(own, runs, classes):
    matrices, recalls, found = [], [], []
    for _, (_, labels, scores) in runs:
        truth, predicted = labels[:, 0].astype(int), scores.argmax(axis=1)
        every = range(classes)
        matrices.append(confusion_matrix(truth, predicted, labels=every))
        recalls.append(recall_score(truth, predicted, labels=every, average=None, zero_division=np.nan))
        found.append(precision_score(truth, predicted, labels=every, average=None, zero_division=np.nan))
    agree("confusion of seeds", [seed["counts"] for seed in own["seeds"]], matrices)
    agree("mean confusion", own["counts"], np.mean(matrices, axis=0))
    for what, ours, theirs in (("recall", own["recall"], recalls), ("class precision", own["precision"], found)):
        for place, one in enumerate(ours):
            column = np.array(theirs)[:, place]
            column = column[~np.isnan(column)]
            agree(what, one and one["mean"], column.mean() if len(column) else None)


def check(study):
    plan = json.loads((study / "plan.json").read_text(encoding="utf-8"))
    results = json.loads((study / "results.json").read_text(encoding="utf-8"))
    if plan["data"].get("folds"):
        print(f"{study}: has folds, left out")
        return
    told = results["discrimination"]
    names = [question["name"] for question in told["questions"] if "cases" in question]
    arms = {arm["label"]: arm for arm in results["arms"]}
    curves = 0
    for arm in told["arms"]:
        ids = [plan["runs"][seed["run"]]["id"] for seed in arms[arm["label"]]["seeds"]]
        paths = [study / "runs" / identity / "predictions.csv" for identity in ids]
        runs = [(read(path, "validation"), read(path, "test")) for path in paths]
        for question, own in zip(told["questions"], arm["questions"], strict=True):
            if "roc" in own:
                check_question(plan, told, question, own, runs, names)
                curves += 1
        if "confusion" in arm:
            check_confusion(arm["confusion"], runs, len(plan["data"]["described"]["classes"]))
    assert curves > 0, study
    shown = ", ".join(f"{what} {value:.1e}" for what, value in sorted(worst.items()))
    print(f"{study}: {curves} questions of arms, largest differences: {shown}")


if __name__ == "__main__":
    assert len(sys.argv) > 1, __doc__
    for path in sys.argv[1:]:
        check(Path(path))
