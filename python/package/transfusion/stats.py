"""Statistics for comparing classifiers, on arrays.

Each says its formula and its source. What cannot be computed raises ``ValueError`` with what was
expected and what was found; nothing is ever NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from . import _native
from .arrays import lent

__all__ = [
    "AUC",
    "Equivalence",
    "Paired",
    "SpeedUp",
    "delong",
    "delong_paired",
    "equivalence",
    "holm",
    "speed_up",
]


@dataclass(frozen=True)
class AUC:
    """An AUC with its error."""

    #: Share of pairs of a positive and a negative case that are ordered rightly, ties one half.
    auc: float
    #: Standard error of it.
    standard_error: float
    #: Ends of the interval.
    low: float
    high: float
    #: Nominal coverage of the interval.
    level: float
    #: ``logit`` or ``student-logit``; ``disjoint-pairs`` where the variance is zero (all pairs alike).
    method: str
    #: Patients that the error is over; ``None`` where cases are taken for independent.
    patients: int | None


@dataclass(frozen=True)
class Paired:
    """Two AUCs on the same cases, and their difference, first less second."""

    #: AUCs of the first and the second score.
    aucs: tuple[float, float]
    #: Their standard errors.
    standard_errors: tuple[float, float]
    #: Their covariance.
    covariance: float
    #: First less second.
    difference: float
    #: Standard error of the difference.
    standard_error: float
    #: Ends of the interval of the difference, cut to -1 to 1.
    low: float
    high: float
    #: Nominal coverage of the interval.
    level: float
    #: Difference over standard error; ``None`` with a standard error of zero, as ``p`` then.
    z: float | None
    #: Two-sided p value that the AUCs are equal.
    p: float | None
    #: Where a margin was given: p value of two one-sided tests against it.
    p_equivalence: float | None
    #: Where a margin was given: ``better``, ``worse``, ``equivalent`` or ``undecided`` at 0.05.
    outcome: str | None


@dataclass(frozen=True)
class Equivalence:
    """Two groups of runs compared."""

    #: Mean of the arm less mean of the baseline.
    difference: float
    #: Standard error of it.
    standard_error: float
    #: Degrees of freedom; ``None`` where nothing varies, as the p values then.
    degrees_of_freedom: float | None
    #: 95% interval of the difference.
    low: float
    high: float
    #: Two-sided p value of no difference.
    p_difference: float | None
    #: The larger p value of two one-sided tests against the margin.
    p_equivalence: float | None
    #: The smallest true difference that such groups would show with 80% power at 0.05.
    smallest_detectable: float | None
    #: ``better``, ``worse``, ``equivalent`` or ``undecided`` at 0.05.
    outcome: str


@dataclass(frozen=True)
class SpeedUp:
    """How many times sooner an arm arrives than the baseline."""

    #: Geometric mean over seeds of the baseline's steps over the arm's.
    ratio: float
    #: Ends of its 95% interval over seeds; ``None`` with fewer than three seeds.
    low: float | None
    high: float | None
    #: Geometric mean steps of either.
    arm_steps: float
    baseline_steps: float
    #: Steps are cut here: the last step that is known of every run.
    horizon: float
    #: Seeds of either that have not arrived by then.
    arm_open: int
    baseline_open: int
    #: ``exact``; ``at-least`` or ``at-most`` where some seeds of the baseline or of the arm have
    #: not arrived; ``within-horizon`` where some of both have not.
    bound: str


def _labels(labels: Any) -> npt.NDArray[np.bool_]:
    array = lent(labels)
    if array.ndim != 1:
        raise ValueError(f"labels: expected one axis, found the shape {array.shape}")
    if array.dtype.kind != "b":
        other = array[(array != 0) & (array != 1)]
        if other.size:
            raise ValueError(f"labels: expected 0 and 1, or booleans, found {other[0].item()!r}")
    return np.ascontiguousarray(array, dtype=np.bool_)


def _scores(scores: Any, name: str) -> npt.NDArray[np.float64]:
    array = lent(scores)
    if array.ndim != 1:
        raise ValueError(f"{name}: expected one axis, found the shape {array.shape}")
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name}: expected real numbers, found {array.dtype}")
    return np.ascontiguousarray(array, dtype=np.float64)


def _patients(patients: Iterable[Any] | None) -> Optional[list[Optional[str]]]:
    if patients is None:
        return None

    def name(patient: Any) -> str | None:
        is_known = patient is not None and patient == patient and patient != ""
        return str(patient) if is_known else None

    return [name(patient) for patient in patients]


def delong(
    labels: Any,
    scores: Any,
    *,
    patients: Iterable[Any] | None = None,
    level: float = 0.95,
    quantile: str = "normal",
) -> AUC:
    r"""The AUC of one score with DeLong's standard error and a logit interval.

    ``labels``: true or 1 for positive cases. ``scores``: one finite number a case, higher for
    more likely positive. Two positive and two negative cases at least.

    :math:`V_{10}` of a positive case is the share of negative cases that score below it, ties one
    half; :math:`V_{01}` of a negative case the share of positive cases above it. With their sample
    variances (over m - 1 and n - 1) for m positive and n negative cases,

    .. math:: \mathrm{var} = S_{10} / m + S_{01} / n .

    *DeLong, DeLong and Clarke-Pearson, Biometrics 1988*, by *Sun and Xu, IEEE Signal Processing
    Letters 2014* in O(n log n). The interval is on the scale of ln(a / (1 - a)) with standard
    error SE / (a (1 - a)), carried back. Where the variance is zero it rests on disjoint pairs.

    ``patients``: who each case is of (``None``, NaN and "" for unknown). Cases of one patient are
    not independent; the variance is then that over patients, with sums of the components by
    patient: *Obuchowski, Biometrics 1997*. Left out, cases are taken for independent.

    ``quantile="student"`` takes Student's t instead, as a study does for its runs, with degrees of
    freedom from how evenly cases weigh: it covers better where one class is rare.

    Not accounted for: the randomness of training.

    >>> found = delong([0, 0, 1, 1, 1], [0.1, 0.6, 0.4, 0.7, 0.8])
    >>> round(found.auc, 4), round(found.standard_error, 4)
    (0.8333, 0.2357)
    """
    if quantile not in ("normal", "student"):
        raise ValueError(f"quantile: expected normal or student, found {quantile!r}")
    told = _native.delong(
        _labels(labels),
        _scores(scores, "scores"),
        _patients(patients),
        level,
        quantile == "student",
    )
    auc, error, low, high, method, count = told
    return AUC(auc, error, low, high, level, method, count)


def delong_paired(
    labels: Any,
    first: Any,
    second: Any,
    *,
    patients: Iterable[Any] | None = None,
    level: float = 0.95,
    margin: float | None = None,
) -> Paired:
    r"""Two scores of the same cases, compared by DeLong's test.

    With the components of ``delong`` for both scores and their sample covariances,

    .. math:: \mathrm{cov} = S_{10}^{ab} / m + S_{01}^{ab} / n, \qquad
              z = (a - b) / \sqrt{\mathrm{var}_a + \mathrm{var}_b - 2\,\mathrm{cov}} ,

    *DeLong, DeLong and Clarke-Pearson, Biometrics 1988*; the p value is two-sided by the normal
    distribution and the interval is difference ± quantile × standard error.

    ``patients`` as in ``delong``: components are then summed by patient first, which is
    *Obuchowski, Biometrics 1997* to within a factor of 1 + O(1 / patients).

    ``margin``: the difference that would not matter. ``p_equivalence`` is then the larger p value
    of two one-sided tests (*Schuirmann, J. Pharmacokinetics and Biopharmaceutics 1987*), and
    ``outcome`` what may be concluded at 0.05.

    It compares two fixed scores. What it says of two ways of training needs several seeds.

    >>> labels = [0, 0, 0, 0, 1, 1, 1, 1]
    >>> a = [0.1, 0.2, 0.3, 0.6, 0.4, 0.7, 0.8, 0.9]
    >>> b = [0.5, 0.2, 0.3, 0.6, 0.4, 0.1, 0.8, 0.9]
    >>> found = delong_paired(labels, a, b)
    >>> found.aucs, found.difference
    ((0.9375, 0.625), 0.3125)
    """
    (aucs, errors, covariance), about, test, equal = _native.delong_paired(
        _labels(labels),
        _scores(first, "first"),
        _scores(second, "second"),
        _patients(patients),
        level,
        margin,
    )
    z, p = test if test is not None else (None, None)
    p_equivalence, outcome = equal if equal is not None else (None, None)
    difference, error, low, high = about
    return Paired(
        aucs=(aucs[0], aucs[1]),
        standard_errors=(errors[0], errors[1]),
        covariance=covariance,
        difference=difference,
        standard_error=error,
        low=low,
        high=high,
        level=level,
        z=z,
        p=p,
        p_equivalence=p_equivalence,
        outcome=outcome,
    )


def equivalence(
    arm: Any, baseline: Any, margin: float, *, variances: str = "welch"
) -> Equivalence:
    r"""Two groups of runs, unpaired: who is better, or whether they are equivalent.

    ``arm``, ``baseline``: a number a run, two at least, such as test AUCs over seeds. ``margin``:
    the difference that would not matter, in their unit.

    .. math:: t = (\bar a - \bar b) / \sqrt{s_a^2 / n_a + s_b^2 / n_b}

    with Satterthwaite's degrees of freedom (*Welch, Biometrika 1947*), or with
    ``variances="pooled"`` Student's. Equivalence is by two one-sided tests against ± ``margin``
    (*Schuirmann 1987*); it comes first, so that a real difference inside the margin is equivalent.

    It knows the spread over runs alone; not the error of a finite test set, nor pairs of runs.

    >>> found = equivalence([0.90, 0.91, 0.92], [0.80, 0.81, 0.82], margin=0.01)
    >>> found.outcome, round(found.difference, 6)
    ('better', 0.1)
    """
    if variances not in ("welch", "pooled"):
        raise ValueError(f"variances: expected welch or pooled, found {variances!r}")
    groups = []
    for name, values in (("arm", arm), ("baseline", baseline)):
        numbers = _scores(values, name)
        if numbers.size < 2:
            raise ValueError(f"{name}: expected two runs at least, found {numbers.size}")
        groups.append((float(numbers.mean()), float(numbers.std(ddof=1)), int(numbers.size)))
    told = _native.equivalence(groups[0], groups[1], margin, variances == "pooled")
    difference, error, freedom, (low, high), (p_difference, p_equivalence), least, outcome = told
    return Equivalence(
        difference=difference,
        standard_error=error,
        degrees_of_freedom=freedom,
        low=low,
        high=high,
        p_difference=p_difference,
        p_equivalence=p_equivalence,
        smallest_detectable=least,
        outcome=outcome,
    )


def holm(p: Iterable[float | None]) -> list[float | None]:
    r"""p values adjusted for being several, by Holm's step-down method.

    With m values in ascending order, :math:`\max_{j \le i} (m - j) p_j` with j from 0, at most 1
    (*Holm, Scandinavian Journal of Statistics 1979*). Concluding where it is below 0.05 keeps the
    chance of any false conclusion below 0.05, whatever the dependence. Equal to statsmodels'
    ``multipletests(method="holm")``. ``None`` (no test was possible) stays and does not count.

    >>> holm([0.25, None, 0.125, 0.03125])
    [0.25, None, 0.25, 0.09375]
    """
    return _native.holm([None if value is None else float(value) for value in p])


def speed_up(
    arm: Sequence[Sequence[tuple[int, float]]],
    baseline: Sequence[Sequence[tuple[int, float]]],
    threshold: float,
    *,
    evaluations: int = 1,
) -> SpeedUp:
    r"""How many times sooner an arm reaches a threshold than the baseline.

    ``arm``, ``baseline``: a validation curve a seed, each (step, value) with steps that increase
    and higher values for better; entry i of both from the same seed. A run arrives where the
    isotonic fit of its curve reaches ``threshold`` at ``evaluations`` evaluations or more,
    interpolated on the scale of ln(1 + step).

    .. math:: \exp \Big( \frac1k \sum_i \ln (t_i^{baseline} / t_i^{arm}) \Big)

    with a 95% interval by Student's t of k - 1 degrees of freedom on the scale of the log, over
    seeds alone. Where runs have not arrived, steps are cut at the last step that is known of all,
    and ``bound`` says what that makes of the ratio. A study's own ``speed_ups`` hold for other
    patients too.

    >>> curve = lambda last: [(0, 0.5), (10, 0.6), (20, last), (40, 0.9)]
    >>> found = speed_up([curve(0.8)] * 3, [curve(0.7)] * 3, 0.8)
    >>> found.bound, found.ratio > 1.0
    ('exact', True)
    """
    told = _native.speed_up(_curves(arm), _curves(baseline), threshold, evaluations)
    ratio, interval, (arm_steps, baseline_steps), horizon, (arm_open, baseline_open), bound = told
    low, high = interval if interval is not None else (None, None)
    return SpeedUp(
        ratio=ratio,
        low=low,
        high=high,
        arm_steps=arm_steps,
        baseline_steps=baseline_steps,
        horizon=horizon,
        arm_open=arm_open,
        baseline_open=baseline_open,
        bound=bound,
    )


def _curves(curves: Sequence[Sequence[tuple[int, float]]]) -> list[list[tuple[int, float]]]:
    return [[(int(step), float(value)) for step, value in curve] for curve in curves]
