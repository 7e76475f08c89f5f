"""Scores of transferability and associations by numpy, scipy and scikit-learn, in float64.

    python checks/stats/transferability.py golden > crates/stats/tests/golden/transferability.json
    python checks/stats/transferability.py record <study>/probes/<id>

`record` reads the features that a study of classes or grades with `keep_features = true` under
[probe] left, and prints the largest relative difference of each score of the whole training
partition. `golden` writes the numbers of the tests. Their inputs are given by formulas in whole numbers, so that the test makes the same. Set `few` has
fewer cases than channels, set `many` has constant and repeated channels and a class without a
case. LogME is the program of ICML written out (all eigenvalues, those of 0 too); LEEP, NCE, H-score
and TransRate follow Transfer-Learning-Library; the shrinkage is scikit-learn's.
Needs numpy, scipy and scikit-learn.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.covariance import LedoitWolf

SETS = {"few": (14, 20), "many": (90, 9)}
SOURCE_CLASSES = 5


def label(i):
    return [0, 1, 3][(i * 5 + i // 4) % 3]


def features(cases, channels):
    x = np.empty((cases, channels))
    for i in range(cases):
        for j in range(channels):
            shift = 0.6 if j % 4 == label(i) else 0.0
            x[i, j] = ((i * 37 + j * 101 + i * i * (j + 3)) % 211) / 105 - 1 + shift
    if cases > channels:
        x[:, 3] = 2.5
        x[:, 5] = 3 * x[:, 1]
    return x


def source_probabilities(cases):
    weights = np.array(
        [
            [1 + (i * 29 + z * 13 + (7 if z == label(i) else 0) * 9) % 41 for z in range(SOURCE_CLASSES)]
            for i in range(cases)
        ],
        dtype=np.float64,
    )
    return weights / weights.sum(axis=1, keepdims=True)


def logme(f, y, classes, guard, stops, is_guarded_evidence):
    n, d = f.shape
    values, v = np.linalg.eigh(f.T @ f)
    values = np.where(values > values.max() * max(n, d) * np.finfo(float).eps, values, 0)
    scores = []
    for c in classes:
        t = (y == c).astype(float)
        alpha = beta = ratio = 1.0
        for _ in range(11):
            freedom = (values / (values + ratio)).sum()
            m = v @ ((v.T @ (f.T @ t)) * beta / (alpha + beta * values))
            length, rest = (m * m).sum(), ((t - f @ m) ** 2).sum()
            alpha, beta = freedom / (length + guard), (n - freedom) / (rest + guard)
            change, ratio = abs(alpha / beta - ratio) / ratio, alpha / beta
            if stops(change):
                break
        g = guard if is_guarded_evidence else 0
        scores.append(
            d / 2 * np.log(alpha)
            + n / 2 * np.log(beta)
            - np.log(alpha + beta * values).sum() / 2
            - beta / 2 * (rest + g)
            - alpha / 2 * (length + g)
            - n / 2 * np.log(2 * np.pi)
        )
    return float(np.mean(scores) / n)


def leep(p, y, classes):
    joint = np.array([p[y == c].sum(axis=0) for c in classes])
    given = joint / joint.sum(axis=0)
    at = np.searchsorted(classes, y)
    return float(np.log((p @ given.T)[np.arange(len(y)), at]).mean())


def nce(p, y, classes):
    z = p.argmax(axis=1)
    total = 0.0
    for a in set(z):
        for c in classes:
            both = ((z == a) & (y == c)).mean()
            if both > 0:
                total += both * np.log(both / (z == a).mean())
    return float(total)


def h_score(f, y, classes):
    means = np.array([f[y == c].mean(axis=0) for c in y])
    inverse = np.linalg.pinv(np.cov(f, rowvar=False), rcond=1e-13, hermitian=True)
    return float(np.trace(inverse @ np.cov(means, rowvar=False)))


def regularised_h_score(f, y):
    f = f - f.mean(axis=0)
    fit = LedoitWolf().fit(f)
    means = np.array([f[y == c].mean(axis=0) for c in y])
    between = (1 - fit.shrinkage_) * np.cov(means, rowvar=False)
    return float(fit.shrinkage_), float(np.trace(np.linalg.inv(fit.covariance_) @ between))


def transrate(f, y, classes):
    f = f - f.mean(axis=0)
    length = lambda z: np.linalg.slogdet(np.eye(z.shape[1]) + z.T @ z / (len(z) * 1e-4))[1] / 2
    return float(length(f) - np.mean([length(f[y == c]) for c in classes]))


def gbc(f, y, classes, is_spherical):
    total = 0.0
    for a in classes:
        for b in classes:
            if a == b:
                continue
            (m1, v1), (m2, v2) = [(f[y == c].mean(axis=0), f[y == c].var(axis=0)) for c in (a, b)]
            if is_spherical:
                v1, v2 = np.full_like(v1, v1.mean()), np.full_like(v2, v2.mean())
            v = (v1 + v2) / 2
            has = v > 0
            m1, m2, v1, v2, v = m1[has], m2[has], v1[has], v2[has], v[has]
            total -= np.exp(-((m1 - m2) ** 2 / v / 8 + np.log(v / np.sqrt(v1 * v2)) / 2).sum())
    return float(total)


def scores(cases, channels):
    f, p = features(cases, channels), source_probabilities(cases)
    y = np.array([label(i) for i in range(cases)])
    classes = np.unique(y)
    shrinkage, regularised = regularised_h_score(f, y)
    found = {
        "cases": cases,
        "channels": channels,
        "logme_fixed_point": logme(f, y, classes, 1e-5, lambda c: c <= 1e-3, False),
        "logme_icml": logme(f, y, classes, 1e-5, lambda c: c < 0.01, True),
        "logme_tllib": logme(f, y, classes, 0.0, lambda c: c < 0.01, False),
        "shrinkage": shrinkage,
        "regularised_h_score": regularised,
        "transrate": transrate(f, y, classes),
        "gbc_diagonal": gbc(f, y, classes, False),
        "gbc_spherical": gbc(f, y, classes, True),
        "leep": leep(p, y, classes),
        "nce": nce(p, y, classes),
    }
    if cases > channels:
        found["h_score"] = h_score(f, y, classes)
    return found


def associations():
    """Forty points with ties in one, the other and both quantities."""
    x = [float((i * 17 + i * i) % 23) for i in range(40)]
    y = [float((i * 17 + i * i) % 23 // 4 + (i * 7) % 5) for i in range(40)]
    return {
        "pearson": stats.pearsonr(x, y).statistic,
        "pearson_interval": list(stats.pearsonr(x, y).confidence_interval(0.95)),
        "spearman": stats.spearmanr(x, y).statistic,
        "kendall": stats.kendalltau(x, y).statistic,
        "weighted_tau": stats.weightedtau(x, y).statistic,
        "ranked_by_first": stats.weightedtau(x, y, rank=None).statistic,
    }


def tensors(path):
    raw = Path(path).read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    found = {}
    for name, entry in json.loads(raw[8 : 8 + size]).items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            values = np.frombuffer(raw[8 + size :][first:last], dtype="<f4")
            found[name] = values.reshape(entry["shape"]).astype(np.float64)
    return found


def record(folder):
    kept = tensors(Path(folder) / "features.safetensors")
    both = lambda name: np.concatenate([kept[f"train/{name}"], kept[f"validation/{name}"]])
    y = both("labels").argmax(axis=1)
    classes = np.unique(y)
    worst = {}
    for entry in json.loads((Path(folder) / "result.json").read_text())["scores"]:
        name, value = entry["score"], entry["value"].get("Ok")
        if entry["block"] is None or value is None or not entry["train_size"]["is_all"]:
            continue
        f = both(entry["block"])
        expected = {
            "logme": lambda: logme(f, y, classes, 1e-5, lambda c: c <= 1e-3, False),
            "h-score": lambda: h_score(f, y, classes),
            "regularised-h-score": lambda: regularised_h_score(f, y)[1],
            "transrate": lambda: transrate(f, y, classes),
            "gbc": lambda: gbc(f, y, classes, True),
        }[name]()
        worst[name] = max(worst.get(name, 0.0), abs(value / expected - 1))
    for name, difference in worst.items():
        print(f"{name:20s} {difference:.1e}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["golden"]:
            sets = {name: scores(*shape) for name, shape in SETS.items()}
            print(json.dumps({"sets": sets, "associations": associations()}, indent=1))
        case ["record", folder]:
            record(folder)
        case _:
            sys.exit(__doc__)
