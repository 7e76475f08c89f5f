"""Compares probes of frozen features with scikit-learn and numpy.

    python checks/probe.py golden > crates/stats/tests/golden/classifiers.json
    python checks/probe.py record <study>/probes/<id>

`golden` writes the numbers of the unit tests: small features given by a formula in whole numbers,
so that the test makes the same. `record` reads the features that a study with `keep_features = true`
under [probe] left, and fits and votes again what the record says: it prints the largest difference
in a probability, in the share of right classes and, for findings, of right decisions.
Needs numpy and scikit-learn.
"""

import csv
import json
import struct
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

TRAIN, TEST, CHANNELS, CLASSES = 120, 40, 12, 3
STRENGTHS = [0.01, 0.1, 1.0, 10.0]
TIGHT = dict(tol=1e-10, max_iter=20_000)
USUAL = dict(tol=1e-4, max_iter=1000)


def label(i):
    true = (i * 5 + i // 3) % 3
    return (true + 1) % 3 if i % 7 == 0 else true


def features():
    """Features [160, 12] in float32. Every tenth picture repeats the one before, pictures 40 and
    130 are all 0, and channel 5 is constant elsewhere."""
    x = np.zeros((TRAIN + TEST, CHANNELS))
    for i in range(TRAIN + TEST):
        k = i - 1 if i % 10 == 9 else i
        for j in range(CHANNELS):
            shift = 0.5 if j % 3 == (k * 5 + k // 3) % 3 else 0.0
            x[i, j] = ((k * 37 + j * 101 + k * j * 13) % 997) / 500 - 1 + shift
    x[:, 5] = 0.25
    x[[40, 130]] = 0.0
    return x.astype(np.float32)


def finding(i, f):
    """Present, absent, or None where unknown."""
    return None if (i * 3 + f) % 5 == 0 else label(i) == f


def standardised(train, *others):
    """By the training pictures' moments, constant channels dropped, in float64."""
    train = train.astype(np.float64)
    mean, sd = train.mean(0), train.std(0)
    keep = sd > 1e-6 * np.abs(train).max(0)
    scale = lambda x: ((x.astype(np.float64) - mean) / np.where(keep, sd, 1))[:, keep]
    return [scale(x) for x in (train, *others)]


def logistic(train, labels, test, classes, strength, options):
    """Probabilities [test, classes]; classes without a training picture get 0."""
    train, test = standardised(train, test)
    fitted = LogisticRegression(C=strength, **options).fit(train, labels)
    probabilities = np.zeros((len(test), classes))
    probabilities[:, fitted.classes_] = fitted.predict_proba(test)
    return probabilities


def logistic_findings(train, known, test, strength, options):
    """`known` [train, findings]: 1, 0 or NaN. Moments are those of all training pictures."""
    train, test = standardised(train, test)
    columns = []
    for column in known.T:
        rows = ~np.isnan(column)
        if len(set(column[rows])) < 2:
            columns.append(np.full(len(test), column[rows].mean() if rows.any() else 0.5))
            continue
        fitted = LogisticRegression(C=strength, **options).fit(train[rows], column[rows])
        columns.append(fitted.predict_proba(test)[:, 1])
    return np.stack(columns, 1)


def neighbours(train, known, test, k, temperature, exclusive):
    """Shares of the votes of the k most similar; `known` [train, classes]: 1, 0 or NaN."""

    def units(x):
        x = x.astype(np.float64)
        length = np.sqrt((x * x).sum(1, keepdims=True))
        return np.divide(x, length, out=np.zeros_like(x), where=length > 0)

    train, scores = units(train), []
    for query in units(test):
        # Row by row, not one product: equal rows must give equal bits.
        similarity = np.array([(row * query).sum() for row in train])
        nearest = np.argsort(-similarity, kind="stable")[:k]
        weight = np.exp(similarity[nearest] / temperature)
        votes = known[nearest]
        present = np.nansum(weight[:, None] * votes, 0)
        total = (weight[:, None] * ~np.isnan(votes)).sum(0)
        if exclusive:
            total = np.full_like(present, present.sum())
        scores.append(np.divide(present, total, out=np.full_like(present, 0.5), where=total > 0))
    return np.array(scores)


def golden():
    x = features()
    train, test = x[:TRAIN], x[TRAIN:]
    labels = np.array([label(i) for i in range(TRAIN)])
    two = labels % 2
    nan = lambda v: np.nan if v is None else float(v)
    known = np.array([[nan(finding(i, f)) for f in range(CLASSES)] for i in range(TRAIN)])
    one_hot = np.eye(CLASSES)[labels]
    truth = np.array([label(i) for i in range(TRAIN, TRAIN + TEST)])
    usual = logistic(train, labels, test, CLASSES, 1.0, USUAL)
    numbers = {
        "multinomial": [logistic(train, labels, test, CLASSES, c, TIGHT).tolist() for c in STRENGTHS],
        "multinomial_usual": usual.tolist(),
        "accuracy_usual": float((usual.argmax(1) == truth).mean()),
        "binary": [logistic(train, two, test, 2, c, TIGHT).tolist() for c in STRENGTHS],
        "findings": [logistic_findings(train, known, test, c, TIGHT).tolist() for c in STRENGTHS],
        "knn_7": neighbours(train, one_hot, test, 7, 0.1, True).tolist(),
        "knn_200": neighbours(train, one_hot, test, 200, 0.1, True).tolist(),
        "knn_findings_7": neighbours(train, known, test, 7, 0.1, False).tolist(),
    }
    print(json.dumps(numbers))


def tensors(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    read = lambda t: np.frombuffer(data[8 + length :][slice(*t["data_offsets"])], "<f4")
    return {name: read(t).reshape(t["shape"]) for name, t in header.items()}


def record(folder):
    folder = Path(folder)
    spec = json.loads((folder / "spec.json").read_text())
    x = tensors(folder / "features.safetensors")
    known = x["train/labels"].astype(np.float64)
    truth = x["test/labels"]
    exclusive = not np.isnan(known).any() and (known.sum(1) == 1).all()
    for fit in json.loads((folder / "result.json").read_text())["fits"]:
        if not fit["train_size"]["is_all"]:
            continue
        rows = list(csv.DictReader((folder / fit["file"]).open()))
        columns = [c for c in rows[0] if c.startswith("probability:")]
        ours = np.array([[float(row[c]) for c in columns] for row in rows])
        train, test = x["train/" + fit["block"]], x["test/" + fit["block"]]
        found = {}
        if fit["method"] == "knn":
            settings = spec["settings"]
            args = (train, known, test, settings["k"], settings["temperature"], exclusive)
            found["numpy"] = neighbours(*args)
        else:
            for name, options in [("tol 1e-4", USUAL), ("tol 1e-10", TIGHT)]:
                if exclusive:
                    args = (train, known.argmax(1), test, known.shape[1])
                    found[name] = logistic(*args, fit["strength"], options)
                else:
                    found[name] = logistic_findings(train, known, test, fit["strength"], options)
        for name, theirs in found.items():
            if exclusive:
                right = [(p.argmax(1) == truth.argmax(1)).mean() for p in (ours, theirs)]
                same = (ours.argmax(1) == theirs.argmax(1)).mean()
            else:
                right = [np.nanmean(np.where(np.isnan(truth), np.nan, (p > 0.5) == truth)) for p in (ours, theirs)]
                same = ((ours > 0.5) == (theirs > 0.5)).mean()
            print(
                f"{fit['block']:8} {fit['method']:6} {name:9} C {fit['strength'] or '-':>5}: "
                f"right {right[0]:.4f} and {right[1]:.4f}, same decision {same:.4f}, "
                f"largest difference {np.abs(ours - theirs).max():.1e}"
            )


if __name__ == "__main__":
    if sys.argv[1:] == ["golden"]:
        golden()
    else:
        record(sys.argv[2])
