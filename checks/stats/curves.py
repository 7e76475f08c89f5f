"""Prints the numbers that the tests of one score on one test set compare with.

    python checks/stats/curves.py

The cases are made by whole-number formulas that crates/stats/tests/curves/main.rs repeats. What is
printed comes from scikit-learn, scipy and statsmodels, or, where they have nothing, from the
published formulas written out pair by pair. Made with numpy 2.4.6, scikit-learn 1.9.1, scipy
1.17.1 and statsmodels 0.15.0.
"""

import numpy as np
import statsmodels.api as sm
from scipy.optimize import brentq
from scipy.special import expit, log_softmax, logit, softmax
from scipy.stats import bootstrap, norm, poisson_binom, t
from scipy.stats.contingency import relative_risk
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    roc_auc_score,
    roc_curve,
)
from statsmodels.stats.proportion import proportion_confint

CASES = 120
i = np.arange(CASES)
y = (i * 37 + 11) % 101 < 34
p = ((i * 7919 + 13) % 1009 * 55 // 1009 + np.where(y, 30, 0) + 8) / 100
patient = (i * i + 3 * i) % 41
weight = i * 5 % 4
Z = norm.ppf(0.975)


def show(name, *values):
    print(f"{name:28}", *(repr(float(value)) for value in values))


def discrimination():
    fpr, tpr, threshold = roc_curve(y, p, drop_intermediate=False)
    best = np.flatnonzero(1 - fpr >= 0.9 - 1e-12)[-1]
    show("sensitivity at 0.9", tpr[best], 1 - fpr[best], threshold[best])
    # pROC's coords: linear between neighbours on the curve.
    show("interpolated at 0.9, 0.63", *(np.interp(x, fpr, tpr) for x in (0.1, 0.37)))
    for low in (0.9, 0.6):
        show(f"max_fpr, from {low}", roc_auc_score(y, p, max_fpr=1 - low))
    # pROC's auc(partial.auc = c(0.8, 0.5)): trapezoids between the crossings, then McClish.
    x = np.union1d(fpr, [0.2, 0.5])
    upper = [tpr[fpr == f].max() if f in fpr else np.interp(f, fpr, tpr) for f in x]
    lower = [tpr[fpr == f].min() if f in fpr else np.interp(f, fpr, tpr) for f in x]
    inside = [k for k in range(len(x) - 1) if x[k] >= 0.2 and x[k + 1] <= 0.5]
    area = sum((x[k + 1] - x[k]) * (upper[k] + lower[k + 1]) / 2 for k in inside)
    least, most = (0.5**2 - 0.2**2) / 2, 0.5 - 0.2
    show("partial 0.5 to 0.8", area, (1 + (area - least) / (most - least)) / 2)
    show("auc, ap", roc_auc_score(y, p), average_precision_score(y, p))
    show(
        "weighted auc, ap",
        roc_auc_score(y, p, sample_weight=weight),
        average_precision_score(y, p, sample_weight=weight),
    )


def obuchowski():
    """Biometrics 1997, equations 3 to 5, from the matrix of pairs and one loop over patients."""
    psi = (p[y][:, None] > p[~y]) + 0.5 * (p[y][:, None] == p[~y])
    v10, v01, area = psi.mean(1), psi.mean(0), psi.mean()
    m, n = psi.shape
    s10 = s01 = s11 = 0
    i10 = i01 = 0
    names = np.unique(patient)
    for name in names:
        own10, own01 = v10[patient[y] == name], v01[patient[~y] == name]
        a, b = own10.sum() - len(own10) * area, own01.sum() - len(own01) * area
        s10, s01, s11 = s10 + a * a, s01 + b * b, s11 + a * b
        i10, i01 = i10 + (len(own10) > 0), i01 + (len(own01) > 0)
    s10 *= i10 / ((i10 - 1) * m)
    s01 *= i01 / ((i01 - 1) * n)
    s11 *= len(names) / (len(names) - 1)
    variance = s10 / m + s01 / n + 2 * s11 / (m * n)
    reach = Z * variance**0.5 / (area * (1 - area))
    show("patients with + and -", len(names), i10, i01)
    show("obuchowski", area, variance, expit(logit(area) - reach), expit(logit(area) + reach))


def clustered(x, n):
    """Wilson's interval with Korn and Graubard's effective size."""
    share = x.sum() / n.sum()
    k, total = len(n), n.sum()
    over = k / (k - 1) * ((x - share * n) ** 2).sum() / total**2
    effect = max(1, over / (share * (1 - share) / (total - 1)))
    size = total / effect * (t.ppf(0.975, total - 1) / t.ppf(0.975, k - 1)) ** 2
    low, high = proportion_confint(share * size, size, method="wilson")
    return effect, low, high


def operating():
    called = p >= 0.45
    tp, fp = (called & y).sum(), (called & ~y).sum()
    fn, tn = (~called & y).sum(), (~called & ~y).sum()
    show("tp fp tn fn", tp, fp, tn, fn)
    groups = {
        "sensitivity": (called, y),
        "specificity": (~called, ~y),
        "ppv": (y, called),
        "npv": (~y, ~called),
        "accuracy": (called == y, y | True),
    }
    for name, (right, of) in groups.items():
        x, n = (right & of).sum(), of.sum()
        show(name, x / n, *proportion_confint(x, n, method="wilson"))
        names = np.unique(patient[of])
        xs = np.array([(right & of & (patient == c)).sum() for c in names])
        ns = np.array([(of & (patient == c)).sum() for c in names])
        show(name + ", by patient", *clustered(xs, ns))
    m, n = tp + fn, fp + tn
    for name, a, b in (("lr+", tp, fp), ("lr-", fn, tn)):
        ratio = relative_risk(a, m, b, n)
        show(name, ratio.relative_risk, *ratio.confidence_interval(0.95))
    # No false positives among 30, 12 of 20 found: half a case added to each cell.
    a, m, b, n = 12.5, 21, 0.5, 31
    error = (1 / a - 1 / m + 1 / b - 1 / n) ** 0.5
    show("lr+ corrected", a / m / (b / n), *(a / m / (b / n) * np.exp([-Z * error, Z * error])))
    # Mercaldo, Lau and Zhou 2007, logit intervals, at a prevalence of 5%.
    m, n = tp + fn, fp + tn
    se, sp, prevalence = tp / m, tn / n, 0.05
    ppv = se * prevalence / (se * prevalence + (1 - sp) * (1 - prevalence))
    npv = sp * (1 - prevalence) / ((1 - se) * prevalence + sp * (1 - prevalence))
    of_ppv = ((1 - se) / se / m + sp / (1 - sp) / n) ** 0.5
    of_npv = (se / (1 - se) / m + (1 - sp) / sp / n) ** 0.5
    show("ppv at 5%", ppv, *expit(logit(ppv) + np.array([-Z, Z]) * of_ppv))
    show("npv at 5%", npv, *expit(logit(npv) + np.array([-Z, Z]) * of_npv))
    fpr, tpr, threshold = roc_curve(y, p, drop_intermediate=False)
    best = np.argmax(np.round((tpr - fpr)[1:], 12)) + 1
    show("youden", threshold[best], tpr[best], 1 - fpr[best])
    best = np.flatnonzero(tpr >= 0.8)[0]
    show("sensitivity 0.8", threshold[best], tpr[best], 1 - fpr[best])


def calibration():
    n = len(y)
    for strategy, bins in (("uniform", 10), ("quantile", 7)):
        true, predicted = calibration_curve(y, p, n_bins=bins, strategy=strategy)
        if strategy == "uniform":
            edges = np.linspace(0, 1, bins + 1)
        else:
            edges = np.quantile(p, np.linspace(0, 1, bins + 1))
        at = np.searchsorted(edges[1:-1], p)
        groups = [at == b for b in np.unique(at)]
        show(f"{strategy} cases", *(g.sum() for g in groups))
        show(f"{strategy} observed", *true)
        show(f"{strategy} predicted", *predicted)
        gaps = np.array([y[g].mean() - p[g].mean() for g in groups])
        sizes = np.array([g.sum() for g in groups])
        ece = (sizes / n * abs(gaps)).sum()
        chance = 0
        for g in groups:
            counts = np.arange(g.sum() + 1)
            away = abs(counts - p[g].sum())
            chance += (poisson_binom.pmf(counts, p[g]) * away).sum() / n
        # unbiased_square_ce of the package uncertainty-calibration, written out.
        debiased = 0
        for g, gap, size in zip(groups, gaps, sizes):
            if size > 1:
                share = y[g].mean()
                debiased += size / n * (gap**2 - share * (1 - share) / (size - 1))
        show(f"{strategy} ece", ece, abs(gaps).max(), chance, debiased)
    recalibrated = IsotonicRegression().fit(p, y).predict(p)
    prevalence = y.mean()
    show(
        "brier parts",
        brier_score_loss(y, p),
        brier_score_loss(y, p) - brier_score_loss(y, recalibrated),
        prevalence * (1 - prevalence) - brier_score_loss(y, recalibrated),
        1 - brier_score_loss(y, p) / (prevalence * (1 - prevalence)),
    )
    x = logit(p)
    fit = sm.Logit(y.astype(float), sm.add_constant(x)).fit(method="newton", tol=1e-14, disp=0)
    show("intercept, slope", *fit.params, *fit.bse)
    large = sm.GLM(y.astype(float), np.ones(n), sm.families.Binomial(), offset=x)
    shift = large.fit(tol=1e-14)
    show("in the large", shift.params[0], shift.bse[0])
    k = len(np.unique(patient))
    factor = (k / (k - 1)) ** 0.5
    options = {
        "cov_type": "cluster",
        "cov_kwds": {"groups": patient, "use_correction": False},
    }
    model = sm.Logit(y.astype(float), sm.add_constant(x))
    robust = model.fit(method="newton", tol=1e-14, disp=0, **options)
    show("sandwich", *(robust.bse * factor), large.fit(tol=1e-14, **options).bse[0] * factor)
    for threshold in (0.1, 0.3, 0.6):
        act = p >= threshold
        odds = threshold / (1 - threshold)
        show(
            f"net benefit at {threshold}",
            (act & y).mean() - (act & ~y).mean() * odds,
            prevalence - (1 - prevalence) * odds,
        )


def best(slope, loss):
    """Temperature where the slope of the convex loss is zero, and the losses before and after."""
    scale = brentq(slope, 1e-3, 1e3, xtol=1e-15, rtol=1e-15)
    return 1 / scale, loss(1.0), loss(scale)


def of_margins(margins):
    return best(
        lambda s: -(margins * expit(-s * margins)).mean(),
        lambda s: np.logaddexp(0, -s * margins).mean(),
    )


def temperature():
    margins = np.where(y, 1, -1) * logit(p)
    show("temperature, binary", *of_margins(margins))
    grade = i * 11 % 4
    c = np.arange(4)
    z = (i[:, None] * (c + 3) * 613 + 17 * c) % 97 / 30 + 1.5 * (c == grade[:, None])
    log_p = log_softmax(z, axis=1)
    value, before, after = best(
        lambda s: ((softmax(s * log_p, axis=1) * log_p).sum(1) - log_p[i, grade]).mean(),
        lambda s: -log_softmax(s * log_p, axis=1)[i, grade].mean(),
    )
    show("temperature, classes", value, before, after)
    show("first case", *softmax(log_p / value, axis=1)[0])
    # Findings: the binary task, and one whose predictions run backwards and whose labels are
    # known for even cases only.
    second = (np.where(y, 1, -1) * logit(p[::-1]))[::2]
    show("temperature, findings", *of_margins(np.concatenate([margins, second])))


def intervals():
    """BCa and expanded percentile from given values: `scipy.stats.bootstrap`'s own formulas."""
    k = np.arange(1, 200)
    values = np.sort((k * 7919 % 1009) / 1009) ** 2 + 0.5
    left_out = 0.7 + (np.arange(30) * 13 % 31 / 31) ** 3 / 40
    estimate = 0.8
    d = left_out.mean() - left_out
    a = (d**3).sum() / (6 * (d**2).sum() ** 1.5)
    z0 = norm.ppf(((values < estimate).sum() + (values <= estimate).sum()) / (2 * len(values)))
    tails = norm.cdf([z0 + (z0 + z) / (1 - a * (z0 + z)) for z in (-Z, Z)])
    show("bca", *np.quantile(values, tails))
    show("percentile", *np.quantile(values, [0.025, 0.975]))
    tail = norm.cdf(-((30 / 29) ** 0.5) * t.ppf(0.975, 29))
    show("expanded", *np.quantile(values, [tail, 1 - tail]))
    show("standard error, bias", values.std(ddof=1), values.mean() - estimate)
    # A whole bootstrap, of a mean of 40 values, with other random numbers.
    sample = (np.arange(40) * 17 % 41 / 41) ** 3
    found = bootstrap((sample,), np.mean, n_resamples=200_000, rng=1, method="BCa")
    show("scipy's bca of a mean", *found.confidence_interval, found.standard_error)


discrimination()
obuchowski()
operating()
calibration()
temperature()
intervals()
