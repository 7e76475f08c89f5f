"""The numbers of known value that `transfusion self-check` computes again, by numpy and scipy.

    python checks/self_check.py

Prints what `crates/self-check/src/known.rs` holds. Made with numpy 2.4 and scipy 1.18.
"""

import numpy as np
from scipy.stats import norm

LABELS = np.array([1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1], bool)
SCORES = np.array([0.9, 0.4, 0.4, 0.8, 0.2, 0.1, 0.7, 0.6, 0.3, 0.3, 0.05, 0.6])


def delong() -> tuple[float, float, float]:
    """AUC by every pair, and DeLong's interval on the scale of the logit."""
    pairs = SCORES[LABELS][:, None] - SCORES[~LABELS][None, :]
    wins = (pairs > 0) + 0.5 * (pairs == 0)
    auc = wins.mean()
    variance = wins.mean(1).var(ddof=1) / LABELS.sum() + wins.mean(0).var(ddof=1) / (~LABELS).sum()
    error = norm.ppf(0.975) * np.sqrt(variance) / (auc * (1 - auc))
    ends = np.log(auc / (1 - auc)) + np.array([-error, error])
    return auc, *(1 / (1 + np.exp(-ends)))


def cka() -> float:
    """Linear CKA of two small views, by their centred Gram matrices."""
    i = np.arange(40)[:, None]
    a = (7 * i + 13 * np.arange(3)) % 11 / 4
    j = np.arange(4)
    b = (5 * i + 3 * j + i * j) % 13 / 8
    grams = [(x - x.mean(0)) @ (x - x.mean(0)).T for x in (a, b)]
    return (grams[0] * grams[1]).sum() / np.sqrt((grams[0] ** 2).sum() * (grams[1] ** 2).sum())


if __name__ == "__main__":
    print("AUC %.15g, interval %.15g to %.15g" % delong())
    print("CKA %.15g" % cka())
