"""Prints the golden numbers of crates/stats/tests/folds.rs.

    python checks/stats/folds.py

Needs numpy, scipy and scikit-learn (made with 2.4.6, 1.17.1 and 1.9).
"""

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score

PATIENTS, PICTURES, FOLDS = 24, 2, 4
patient = np.arange(PATIENTS * PICTURES) // PICTURES
y = patient % 3 == 0
fold_of = [patient % FOLDS, patient // 6]


def scores(repeat):
    case = np.arange(len(y))
    return ((case * 37 + repeat * 11 + 5) % 101) / 101 + 0.25 * y


def components(labels, values):
    """Of each case: the share of the other class that it is ranked rightly against, less the AUC."""
    pairs = values[labels][:, None] - values[~labels][None]
    right = (pairs > 0) + 0.5 * (pairs == 0)
    found = np.empty(len(labels))
    found[labels], found[~labels] = right.mean(1), right.mean(0)
    return found - right.mean()


def held(cases):
    return len(np.unique(patient[cases]))


def cross_validated(repeats, corrected=True):
    """Fold AUCs and the error of their mean, influences summed by patient over repeats."""
    aucs, influence = [], np.zeros(len(y))
    for repeat in range(repeats):
        values = scores(repeat)
        for fold in range(FOLDS):
            cases = np.flatnonzero(fold_of[repeat] == fold)
            aucs.append(roc_auc_score(y[cases], values[cases]))
            of = components(y[cases], values[cases])
            for answer in (True, False):
                group = cases[y[cases] == answer]
                factor = np.sqrt(held(group) / (held(group) - 1)) if corrected else 1
                influence[group] += factor * of[y[cases] == answer] / len(group)
    influence /= repeats * FOLDS
    by_patient = np.bincount(patient, influence)
    return np.array(aucs), np.sqrt((by_patient**2).sum())


def ledell():
    """As cvAUC computes it for independent cases: mean over folds of the mean squared influence."""
    values, mean_squares = scores(0), []
    for fold in range(FOLDS):
        cases = np.flatnonzero(fold_of[0] == fold)
        of = components(y[cases], values[cases])
        share = np.where(y[cases], y.mean(), 1 - y.mean())
        mean_squares.append(((of / share) ** 2).mean())
    return np.sqrt(np.mean(mean_squares) / len(y))


def by_case():
    """Ours, uncorrected and with every picture for itself: LeDell's where folds are alike."""
    values, influence = scores(0), np.zeros(len(y))
    for fold in range(FOLDS):
        cases = np.flatnonzero(fold_of[0] == fold)
        of = components(y[cases], values[cases])
        for answer in (True, False):
            group = cases[y[cases] == answer]
            influence[group] = of[y[cases] == answer] / len(group) / FOLDS
    return np.sqrt((influence**2).sum())


for repeats in (1, 2):
    aucs, error = cross_validated(repeats)
    print(f"{repeats} repeats: fold AUCs", *map(float, aucs))
    print("   mean", aucs.mean(), "error by patient", error)
    print("   uncorrected", cross_validated(repeats, corrected=False)[1])
    ratio = 1 / (FOLDS - 1)
    spread = np.sqrt((1 / len(aucs) + ratio) * aucs.var(ddof=1))
    print("   corrected resampled", spread, "p against 0.5",
          2 * stats.t.sf(abs(aucs.mean() - 0.5) / spread, len(aucs) - 1))
    print("   interval", *stats.t.interval(0.95, len(aucs) - 1, aucs.mean(), spread))
print("LeDell, by case", ledell(), "ours, by case and uncorrected", by_case())

table = np.array([[0.70, 0.74, 0.69], [0.73, 0.79, 0.70]])
rest = table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()
ms_rest = (rest**2).sum() / ((2 - 1) * (3 - 1))
ms_fold, ms_seed = 2 * table.mean(0).var(ddof=1), 3 * table.mean(1).var(ddof=1)
print("spreads by fold, seed, rest", np.sqrt((ms_fold - ms_rest) / 2), np.sqrt((ms_seed - ms_rest) / 3), np.sqrt(ms_rest))
