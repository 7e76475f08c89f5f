"""Recomputes the metrics of a finished study with scikit-learn and compares them with results.json.

    python checks/metrics.py STUDY_DIRECTORY...

From the predictions.csv of every finished run: headline AUC, macro AUC, AUC per class, AUPRC,
accuracy, quadratic kappa and log loss on the test partition. Prints the largest difference of each
metric and ends with exit code 1 if one exceeds 1e-9. Needs numpy and scikit-learn (made with 1.9).
"""

import csv
import json
import pathlib
import sys

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    cohen_kappa_score,
    log_loss,
    roc_auc_score,
)

TOLERANCE = 1e-9


def read(path):
    """Labels (classes or findings, NaN where unknown) and probabilities of the test partition."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    rows = [row for row in rows if row[0] == "test"]

    def columns(prefix):
        chosen = [i for i, name in enumerate(header) if name.startswith(prefix)]
        return np.array([[float(row[i] or "nan") for i in chosen] for row in rows])

    return columns("label"), columns("probability:")


def is_measurable(label):
    """Whether a finding is known present in two pictures and absent in two: the headline's rule."""
    return (label == 1).sum() >= 2 and (label == 0).sum() >= 2


def mean(values):
    defined = [v for v in values if v is not None]
    return sum(defined) / len(defined) if defined else None


def of_curve(metric, positive, score):
    """A metric of one curve over known labels; none unless both kinds of label occur."""
    known = ~np.isnan(positive)
    positive, score = positive[known], score[known]
    return metric(positive, score) if 0 < positive.sum() < len(positive) else None


def headline(plan, labels, scores):
    """The curves (positive, score) that the headline is the mean of."""
    kind = plan["data"]["headline"]
    one_hot = labels
    if plan["data"]["task"] != "multilabel":
        one_hot = (labels == np.arange(scores.shape[1])).astype(float)
    if isinstance(kind, dict):
        (name, index), = kind.items()
        if name == "at-least":
            return [((labels[:, 0] >= index).astype(float), scores[:, index:].sum(axis=1))]
        return [(one_hot[:, index], scores[:, index])]
    curves = zip(one_hot.T, scores.T)
    if kind == "macro-findings":
        return [(label, score) for label, score in curves if is_measurable(label)]
    return list(curves)


def expected(plan, labels, scores):
    """Name of a metric ─▶ its value by scikit-learn."""
    classes = plan["data"]["described"]["classes"]
    task = plan["data"]["task"]
    curves = headline(plan, labels, scores)
    found = {
        "auc": mean([of_curve(roc_auc_score, *curve) for curve in curves]),
        "auprc": mean([of_curve(average_precision_score, *curve) for curve in curves]),
    }
    if task == "multilabel":
        aucs = [of_curve(roc_auc_score, *pair) for pair in zip(labels.T, scores.T)]
        losses = []
        for label, score in zip(labels.T, scores.T):
            known = ~np.isnan(label)
            if known.any():
                losses.append(log_loss(label[known], score[known], labels=[0, 1]))
        found |= {"macro_auc": mean(aucs), "log_loss": mean(losses)}
        return found | {f"per_class {name}": auc for name, auc in zip(classes, aucs)}
    label = labels[:, 0].astype(int)
    one_hot = (labels == np.arange(len(classes))).astype(float)
    aucs = [of_curve(roc_auc_score, *pair) for pair in zip(one_hot.T, scores.T)]
    found |= {
        "macro_auc": mean(aucs),
        "accuracy": accuracy_score(label, scores.argmax(axis=1)),
        "log_loss": log_loss(label, scores, labels=range(len(classes))),
    }
    if task == "ordinal":
        found["kappa"] = cohen_kappa_score(
            label, scores.argmax(axis=1), labels=range(len(classes)), weights="quadratic"
        )
        for k in range(1, len(classes)):
            positive = (label >= k).astype(float)
            found[f"per_class ≥ {k}"] = of_curve(roc_auc_score, positive, scores[:, k:].sum(axis=1))
        return found
    return found | {f"per_class {name}": auc for name, auc in zip(classes, aucs)}


def written(seed):
    """The same metrics as results.json has them."""
    found = {key: seed[key] for key in ("auprc", "macro_auc", "accuracy", "kappa", "log_loss")}
    found["auc"] = seed["auc"] and seed["auc"]["value"]
    return found | {f"per_class {name}": value for name, value in seed["per_class"]}


def check(study):
    """Largest difference by metric over the study's finished runs; infinite where one side has none."""
    plan = json.loads((study / "plan.json").read_text(encoding="utf-8"))
    results = json.loads((study / "results.json").read_text(encoding="utf-8"))
    largest, runs = {}, 0
    for seed in (seed for arm in results["arms"] for seed in arm["seeds"]):
        directory = study / "runs" / plan["runs"][seed["run"]]["id"]
        ours, theirs = written(seed), expected(plan, *read(directory / "predictions.csv"))
        runs += 1
        for metric in ours.keys() | theirs.keys():
            a, b = ours.get(metric), theirs.get(metric)
            same_absence = a is None and b is None
            difference = 0.0 if same_absence else float("inf") if None in (a, b) else abs(a - b)
            name = metric.split(" ")[0]
            largest[name] = max(largest.get(name, 0.0), difference)
    return largest, runs


def main(studies):
    is_good = bool(studies)
    for study in studies:
        largest, runs = check(pathlib.Path(study))
        shown = ", ".join(f"{name} {value:.1e}" for name, value in sorted(largest.items()))
        print(f"{study}: {runs} runs, largest differences: {shown or 'none'}")
        is_good &= runs > 0 and all(value <= TOLERANCE for value in largest.values())
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
