"""Recomputes `transfusion stats predictions` with numpy and scipy, on tables made here.

    python checks/stats/predictions.py path/to/transfusion

Makes tables of two models, of three models with several pictures a patient, and of three arms with
four seeds; runs the program with --json; computes AUCs, DeLong's errors by patient, differences,
intervals, p values and posteriors anew from the definitions (pairs of a positive and a negative
case, no ranking trick), and Holm's correction of equivalence. Ends with exit code 1 if a number is
off by more than 1e-9. Needs numpy and scipy (made with 1.17).
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from scipy import stats

TOLERANCE = 1e-9
MARGIN = 0.02
SHARE_OF_DIFFERENCES = 18 / 19


def auc_and_influence(labels, scores, patients):
    """AUC by all pairs, and what each patient contributes to its error; Obuchowski's sums with the
    factor (I / (I - 1)) / (n / (n - 1)) for I patients and n cases."""
    pos, neg = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    pairs = scores[pos][:, None] - scores[neg][None, :]
    kernel = (pairs > 0) + 0.5 * (pairs == 0)
    m, n = len(pos), len(neg)
    auc = kernel.mean()
    influence = np.zeros(len(labels))
    influence[pos] = (kernel.mean(1) - auc) / np.sqrt(m * (m - 1))
    influence[neg] = (kernel.mean(0) - auc) / np.sqrt(n * (n - 1))
    if patients is None:
        return auc, influence
    names, of_case = np.unique(patients, return_inverse=True)
    if len(names) == len(labels):
        return auc, influence
    # Every case takes part.
    took = np.unique(of_case[influence != 0])
    summed = np.bincount(of_case, influence)
    i, c = len(took), len(labels)
    return auc, summed * np.sqrt((i / (i - 1)) / (c / (c - 1)))


def evenness(influence, cases):
    return np.clip(2 * (influence**2).sum() ** 2 / (influence**4).sum(), 1, cases - 1)


def on_artanh(mean, error, df):
    """Interval, p values and posterior of a difference."""
    z, se = np.arctanh(mean), error / (1 - mean**2)
    reach = stats.t.ppf(0.975, df) * se
    above = lambda value: stats.t.sf((z - np.arctanh(value)) / se, df)
    low, high = above(-MARGIN), 1 - above(MARGIN)
    return {
        "low": np.tanh(z - reach),
        "high": np.tanh(z + reach),
        "difference": 2 * min(above(0), 1 - above(0)),
        "equivalence": max(low, high),
        "none_or_worse": above(0),
        "equivalent": above(MARGIN) - low,
        "better": 1 - above(MARGIN),
    }


def spread_of_pairs(values, arm):
    """Variance of a seed's difference of two of several arms by two-way analysis of variance, and
    the degrees of freedom that other arms add."""
    arms, seeds = values.shape
    rest = values - values.mean(1, keepdims=True)
    rest = rest - rest.mean(0, keepdims=True)
    return 2 * (rest**2).sum() / ((arms - 1) * (seeds - 1)), (arms - 2) * (seeds - 1)


def seed_error(values, influences, cases, others):
    """Standard error and degrees of freedom of a mean of differences over seeds."""
    k = len(values)
    mean_influence = influences.mean(0)
    sampling, df_sampling = (mean_influence**2).sum(), evenness(mean_influence, cases)
    noise = ((influences - mean_influence) ** 2).sum() / (k - 1) / k
    variance, df = values.var(ddof=1), k - 1
    if others is not None and others[0] > variance:
        variance = (variance * df + others[0] * others[1]) / (df + others[1])
        df = df + others[1]
    shown = variance / k
    total = sampling + max(shown - noise, 0)
    if shown <= noise:
        return np.sqrt(total), df_sampling
    share = min(shown / total, 1)
    exponent = np.clip((df + 2) / 4, 1, 1.5)
    return np.sqrt(total), 1 / ((1 - share) ** 2 / df_sampling + share**exponent / df)


def holm(p, share):
    p = np.asarray(p)
    order = np.argsort(p, kind="stable")
    adjusted, largest = np.empty(len(p)), 0
    for rank, place in enumerate(order):
        largest = max(largest, min((len(p) - rank) * p[place], 1))
        adjusted[place] = largest
    return np.minimum(adjusted / share, 1)


def tables(folder, rng, arms, seeds, cases, per_patient):
    """Writes a table an arm, rows in an order of their own, and returns what is in them."""
    labels = (np.arange(cases) // per_patient % 3 == 0).astype(int)
    patients = np.arange(cases) // per_patient
    shared = rng.normal(size=cases) + rng.normal(size=cases // per_patient + 1)[patients]
    scores = {}
    for arm in range(arms):
        with open(folder / f"arm{arm}.csv", "w", newline="", encoding="utf-8") as file:
            out = csv.writer(file, delimiter=";" if arm else ",")
            out.writerow(["id", "label", "score", "patient", "seed"])
            for seed in range(seeds):
                noise = rng.normal(size=cases)
                # Coarse, so that scores tie.
                score = np.round(1.2 * labels + 0.3 * arm * labels + shared + noise, 1)
                scores[arm, seed] = score
                for case in rng.permutation(cases):
                    out.writerow([f"c{case:04}", labels[case], score[case], f"p{patients[case]}", seed])
    return labels, patients, scores


def worst(program, arms, seeds, cases, per_patient):
    """Largest difference between the program and what is computed here."""
    folder = pathlib.Path(tempfile.mkdtemp())
    rng = np.random.default_rng([arms, seeds, cases])
    labels, patients, scores = tables(folder, rng, arms, seeds, cases, per_patient)
    files = [folder / f"arm{arm}.csv" for arm in range(arms)]
    command = [program, "stats", "predictions", *files, "--margin", str(MARGIN), "--json"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    known = {key: auc_and_influence(labels, score, patients) for key, score in scores.items()}
    off = []
    for arm in range(arms):
        aucs = [known[arm, seed][0] for seed in range(seeds)]
        off += [a - b for a, b in zip(aucs, found["arms"][arm]["aucs"], strict=True)]
    values = np.array([[known[arm, seed][0] for seed in range(seeds)] for arm in range(arms)])
    equivalence = []
    for arm in range(1, arms):
        pairs = [(known[arm, s], known[0, s]) for s in range(seeds)]
        differences = np.array([a[0] - b[0] for a, b in pairs])
        influences = np.array([a[1] - b[1] for a, b in pairs])
        units = min(len(np.unique(patients)), cases)
        if seeds == 1:
            error = np.sqrt((influences[0] ** 2).sum())
            df = evenness(influences[0], units)
        else:
            others = spread_of_pairs(values, arm) if arms > 2 else None
            error, df = seed_error(differences, influences, units, others)
        mine = on_artanh(differences.mean(), error, df)
        theirs = found["comparisons"][arm - 1]
        off.append(differences.mean() - theirs["difference"]["value"])
        off += [mine[end] - theirs["difference"][end] for end in ("low", "high")]
        off += [mine[p] - theirs["p"][p] for p in ("difference", "equivalence")]
        off += [mine[p] - theirs["posterior"][p] for p in ("none_or_worse", "equivalent", "better")]
        if seeds == 1:
            off.append(2 * stats.norm.sf(abs(differences[0]) / error) - theirs["p"]["delong"])
        equivalence.append(mine["equivalence"])
    corrected = holm(equivalence, SHARE_OF_DIFFERENCES)
    off += [a - b["p"]["equivalence_corrected"] for a, b in zip(corrected, found["comparisons"])]
    return np.abs(off).max(), len(off)


def main(program):
    failed = False
    for arms, seeds, cases, per_patient in [(2, 1, 120, 1), (3, 1, 240, 3), (3, 4, 150, 1), (2, 5, 200, 2)]:
        largest, count = worst(program, arms, seeds, cases, per_patient)
        failed |= not largest <= TOLERANCE
        print(f"{arms} arms, {seeds} seeds, {cases} cases, {per_patient} a patient: {count} numbers, largest difference {largest:.1e}")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
