"""Statistics beside computations that share nothing with ours."""

from __future__ import annotations

from math import erf, sqrt

import numpy as np
import pytest
from transfusion import stats


def cases(seed: int, count: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    draws = np.random.default_rng(seed)
    patients = draws.integers(0, count // 3, count)
    labels = draws.random(count) < 0.4
    shared = draws.normal(size=count) + 0.5 * draws.normal(size=count // 3)[patients]
    first = np.round(shared + labels + 0.5 * draws.normal(size=count), 1)
    second = np.round(shared + 0.6 * labels + 0.5 * draws.normal(size=count), 1)
    return labels, first, second, patients


def components(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """V10 and V01 by the definition, pair by pair."""
    pairs = scores[labels][:, None] - scores[~labels][None, :]
    wins = (pairs > 0) + 0.5 * (pairs == 0)
    return wins.mean(axis=1), wins.mean(axis=0)


def below(z: float) -> float:
    return 0.5 * (1.0 + erf(z / sqrt(2.0)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_delong_is_that_of_the_definition(seed: int) -> None:
    labels, scores, _, _ = cases(seed)
    found = stats.delong(labels, scores)
    v10, v01 = components(labels, scores)
    auc = v10.mean()
    variance = v10.var(ddof=1) / v10.size + v01.var(ddof=1) / v01.size
    assert found.auc == pytest.approx(auc, abs=1e-12)
    assert found.standard_error == pytest.approx(sqrt(variance), abs=1e-12)
    centre, reach = np.log(auc / (1 - auc)), 1.959963984540054 * sqrt(variance) / (auc * (1 - auc))
    ends = 1.0 / (1.0 + np.exp(-np.array([centre - reach, centre + reach])))
    assert (found.low, found.high) == pytest.approx(tuple(ends), abs=1e-9)
    assert (found.method, found.patients) == ("logit", None)


def test_clusters_are_obuchowskis(seed: int = 4) -> None:
    labels, scores, _, patients = cases(seed)
    found = stats.delong(labels, scores, patients=patients)
    v10, v01 = components(labels, scores)
    auc, m, n = v10.mean(), int(labels.sum()), int((~labels).sum())
    names = np.unique(patients)
    ten = np.array([(v10 - auc)[patients[labels] == name].sum() for name in names])
    one = np.array([(v01 - auc)[patients[~labels] == name].sum() for name in names])
    with_positives = len(np.unique(patients[labels]))
    with_negatives = len(np.unique(patients[~labels]))
    all_patients = len(names)
    s10 = with_positives / ((with_positives - 1) * m) * (ten**2).sum()
    s01 = with_negatives / ((with_negatives - 1) * n) * (one**2).sum()
    s11 = all_patients / (all_patients - 1) * (ten * one).sum()
    variance = s10 / m + s01 / n + 2 * s11 / (m * n)
    assert found.standard_error == pytest.approx(sqrt(variance), abs=1e-12)
    assert found.patients == all_patients
    # A patient a case is no clustering at all.
    alone = stats.delong(labels, scores, patients=range(labels.size))
    plain = stats.delong(labels, scores)
    assert alone.standard_error == pytest.approx(plain.standard_error, rel=1e-12)


@pytest.mark.parametrize("margin", [0.02, 0.4])
def test_pairs_are_delongs(margin: float) -> None:
    labels, first, second, patients = cases(5)
    found = stats.delong_paired(labels, first, second, margin=margin)
    a, b = components(labels, first), components(labels, second)
    m, n = a[0].size, a[1].size
    covariance = np.cov(a[0], b[0])[0, 1] / m + np.cov(a[1], b[1])[0, 1] / n
    variances = [v[0].var(ddof=1) / m + v[1].var(ddof=1) / n for v in (a, b)]
    difference = a[0].mean() - b[0].mean()
    error = sqrt(sum(variances) - 2 * covariance)
    assert found.covariance == pytest.approx(covariance, abs=1e-12)
    assert found.standard_error == pytest.approx(error, abs=1e-12)
    assert found.p == pytest.approx(2 * below(-abs(difference / error)), rel=1e-9)
    outside = max(below(-(difference + margin) / error), below((difference - margin) / error))
    assert found.p_equivalence == pytest.approx(outside, rel=1e-9)
    assert found.outcome == ("better" if margin < 0.1 else "equivalent")
    clustered = stats.delong_paired(labels, first, second, patients=[str(p) for p in patients])
    assert clustered.standard_error != pytest.approx(error, rel=1e-3)
    assert clustered.outcome is None


def test_equal_scores_decide_nothing() -> None:
    found = stats.delong_paired([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3, 4], margin=0.1)
    assert (found.difference, found.p, found.p_equivalence) == (0.0, None, None)
    assert found.outcome == "undecided"


def test_holm_is_step_down() -> None:
    p = np.random.default_rng(6).random(9)
    order = np.argsort(p)
    expected = np.minimum(np.maximum.accumulate(p[order] * np.arange(9, 0, -1)), 1.0)
    assert np.array(stats.holm(p))[order] == pytest.approx(expected)


def test_equivalence_is_welchs() -> None:
    arm, baseline = np.array([0.91, 0.93, 0.92, 0.95]), np.array([0.90, 0.94, 0.93])
    found = stats.equivalence(arm, baseline, margin=0.05)
    parts = [arm.var(ddof=1) / 4, baseline.var(ddof=1) / 3]
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 3 + parts[1] ** 2 / 2)
    assert found.standard_error == pytest.approx(sqrt(sum(parts)))
    assert found.degrees_of_freedom == pytest.approx(freedom)
    assert found.outcome == "equivalent"


def test_speed_ups_say_what_is_not_seen() -> None:
    early = [(0, 0.5), (10, 0.6), (20, 0.85), (40, 0.9)]
    never = [(0, 0.5), (10, 0.6), (20, 0.65), (40, 0.7)]
    found = stats.speed_up([early] * 3, [never] * 3, 0.8)
    assert (found.bound, found.baseline_open, found.horizon) == ("at-least", 3, 40.0)
    with pytest.raises(ValueError, match="take a lower one"):
        stats.speed_up([never], [never], 0.8)


@pytest.mark.parametrize(
    ("labels", "scores", "words"),
    [
        ([0, 1, 2], [0.1, 0.2, 0.3], "found 2"),
        ([0, 1], [0.1], "expected 2 values, found 1"),
        ([0, 0, 0], [0.1, 0.2, 0.3], "one class only"),
        ([0, 0, 1, 1], [0.1, float("nan"), 0.3, 0.4], "finite"),
        ([[0, 1]], [0.1, 0.2], "one axis"),
    ],
)
def test_refusals_say_why(labels: list, scores: list, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        stats.delong(labels, scores)


@pytest.mark.parametrize("quantile", ["normal", "student"])
def test_classes_that_are_apart_are_not_certain(quantile: str) -> None:
    found = stats.delong([0, 0, 0, 1, 1], [0.1, 0.2, 0.3, 0.7, 0.9], quantile=quantile)
    assert (found.auc, found.standard_error, found.high) == (1.0, 0.0, 1.0)
    # Two disjoint pairs came out alike: 0.05^(1/2).
    assert found.low == pytest.approx(sqrt(0.05), abs=1e-12)
    assert found.method == "disjoint-pairs"
