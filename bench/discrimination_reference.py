"""One turn of a reference: `WORK LABELS SCORES`, bytes and `f64`.

Prints seconds, the AUC, and the standard error where the work has one.
"""

import sys
import time

import numpy as np
from scipy.stats import norm
from sklearn.metrics import roc_auc_score


def midranks(x):
    """Ranks from 1, equal values sharing the mean of theirs: Sun and Xu's `compute_midrank`."""
    order = np.argsort(x)
    ordered = x[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.r_[starts[1:], len(x)]
    ranks = np.empty(len(x))
    ranks[order] = np.repeat((starts + 1 + ends) / 2, ends - starts)
    return ranks


def delong(labels, scores):
    """Sun and Xu, IEEE Signal Processing Letters 2014, with all loops in numpy."""
    x, y = scores[labels], scores[~labels]
    m, n = len(x), len(y)
    tx, ty, tz = midranks(x), midranks(y), midranks(np.concatenate([x, y]))
    area = (tz[:m].sum() / m - (m + 1) / 2) / n
    v10, v01 = (tz[:m] - tx) / n, 1 - (tz[m:] - ty) / m
    error = np.sqrt(v10.var(ddof=1) / m + v01.var(ddof=1) / n)
    reach = norm.ppf(0.975) * error / (area * (1 - area))
    1 / (1 + np.exp(-(np.log(area / (1 - area)) + np.array([-reach, reach]))))
    return area, error


def bootstrap(labels, scores):
    """A thousand resamples, as people write it."""
    random = np.random.default_rng(7)
    areas = []
    for _ in range(1000):
        drawn = random.integers(0, len(labels), len(labels))
        areas.append(roc_auc_score(labels[drawn], scores[drawn]))
    np.percentile(areas, [2.5, 97.5])
    return roc_auc_score(labels, scores), np.std(areas, ddof=1)


def main():
    work, labels, scores = sys.argv[1:]
    labels = np.fromfile(labels, np.uint8).astype(bool)
    scores = np.fromfile(scores, "<f8")
    works = {
        "auc": lambda: (roc_auc_score(labels, scores), 0.0),
        "delong": lambda: delong(labels, scores),
        "bootstrap": lambda: bootstrap(labels, scores),
    }
    # What is imported and set up on the first call is not measured.
    roc_auc_score(labels[:100] | (np.arange(100) % 2 == 0)[: len(labels)], scores[:100])
    start = time.perf_counter()
    area, error = works[work]()
    print(time.perf_counter() - start, area, error)


main()
