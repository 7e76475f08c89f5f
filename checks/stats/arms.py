"""Prints the golden numbers of crates/stats/tests/arms.rs and tests/goldens.rs.

    python checks/stats/arms.py

Needs numpy, scipy and statsmodels (made with 2.4.6, 1.17.1 and 0.15.0).
"""

import numpy as np
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests

A = [
    [3.6, -2.6, 2.0, -0.6, 1.1, -0.2, -0.4, -0.2, 0.7, 3.3, 1.8, -0.4, 1.3, -0.7, 0.5, -0.4],
    [2.1, -0.2, 2.6, -0.2, 1.6, 1.5, 2.1, -0.5, 1.4, 0.5, 3.5, -0.3, 1.4, 1.0, 0.7, -0.3],
    [2.5, 0.6, 1.7, 0.7, -1.2, 1.0, 0.6, -1.7, 1.9, 0.7, 1.2, -1.1, 1.6, -0.1, 3.0, 0.7],
]
B = [
    [0.6, 1.1, 0.2, -0.9, 1.0, 0.6, 0.2, -0.8, 0.6, -2.5, 1.1, 0.5, -1.2, 0.1, -0.6, 0.8],
    [-1.6, -0.9, 1.1, 1.2, -1.8, -0.5, 0.7, -0.6, 2.0, -1.2, 0.8, -1.0, 1.8, -0.0, 0.0, -1.7],
    [2.1, 0.8, 1.2, 1.1, 0.7, -0.6, -0.4, -0.8, 1.8, -1.5, -0.2, -0.3, 0.6, 0.6, -0.8, -1.7],
]


def seed_means():
    """Mean over seeds with both sources of error, the noise between seeds counted once."""
    y = np.array([1, 0] * 8, bool)

    def curve(scores):
        scores = np.array(scores)
        positive, negative = scores[y][:, None], scores[~y][None]
        pairs = (positive > negative) + 0.5 * (positive == negative)
        influence = np.zeros(16)
        m, n = pairs.shape
        influence[y] = (pairs.mean(1) - pairs.mean()) / np.sqrt(m * (m - 1))
        influence[~y] = (pairs.mean(0) - pairs.mean()) / np.sqrt(n * (n - 1))
        return pairs.mean(), influence

    def show(name, values, influences):
        k, mean = len(values), values.mean()
        v = influences.mean(0)
        sampling = (v**2).sum()
        noise = influences.var(axis=0, ddof=1).sum() / k if k > 1 else 0.0
        shown = values.var(ddof=1) / k if k > 1 else 0.0
        df_sampling = min(15, 2 * (v**2).sum() ** 2 / (v**4).sum())
        beyond = max(0, shown - noise)
        total = sampling + beyond
        share = shown / total if beyond else 0
        exponent = min(max((k + 1) / 4, 1), 1.5)
        df = 1 / ((1 - share) ** 2 / df_sampling + (share**exponent / (k - 1) if share else 0))
        error = np.sqrt(total)
        print(name, mean, *np.sqrt([sampling, shown, noise, total]), df_sampling, df)
        for level in (0.95, 0.9):
            reach = stats.t.ppf(0.5 + level / 2, df) * error
            print("   interval", mean - reach, mean + reach)
            if 0 < mean < 1:
                centre, reach = np.log(mean / (1 - mean)), reach / mean / (1 - mean)
                print("   logit interval", *(1 / (1 + np.exp(-centre + s * reach)) for s in (1, -1)))
        slope = 1 - mean**2
        z = [np.tanh(np.arctanh(mean) + s * stats.t.ppf(0.975, df) * error / slope) for s in (-1, 1)]
        at = lambda value: stats.t.sf((np.arctanh(mean) - np.arctanh(value)) * slope / error, df)
        print("   artanh interval", *z, "p", 2 * at(0), max(at(-0.1), 1 - at(0.1)))
        print("   p", 2 * stats.t.sf(abs(mean) / error, df),
              max(stats.t.sf((mean + 0.1) / error, df), stats.t.cdf((mean - 0.1) / error, df)),
              (stats.t.ppf(0.975, df) + stats.t.ppf(0.8, df)) * error)

    a, b = ([np.array(x) for x in zip(*map(curve, s))] for s in (A, B))
    show("arm", *a)
    show("one seed", a[0][:1], a[1][:1])
    show("difference", a[0] - b[0], a[1] - b[1])


def several_p_values():
    p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.9, 0.03]
    print("holm", multipletests(p, method="holm")[1].tolist())


def published():
    """CheXpert edema, CBR-LargeW and atelectasis, ResNet-50, as the paper printed them."""

    def detectable(df):
        critical = stats.t.ppf(0.975, df)

        def power(d):
            # The lower tail is next to nothing, and scipy gives NaN for some of it.
            return stats.nct.sf(critical, df, d) + np.nan_to_num(stats.nct.cdf(-critical, df, d)) - 0.8

        return optimize.brentq(power, 1.0, 7, xtol=1e-13, rtol=1e-14)

    for arm, baseline in (((89.57, 0.34), (84.80, 0.77)), ((79.76, 0.47), (79.52, 0.31))):
        for pooled in (False, True):
            d = arm[0] - baseline[0]
            a, b = arm[1] ** 2 / 3, baseline[1] ** 2 / 3
            error = np.sqrt(a + b)
            df = 4 if pooled else (a + b) ** 2 / (a**2 / 2 + b**2 / 2)
            p = stats.ttest_ind_from_stats(*arm, 3, *baseline, 3, equal_var=pooled).pvalue
            tost = max(stats.t.sf((d + 1) / error, df), stats.t.sf((1 - d) / error, df))
            low, high = stats.t.interval(0.95, df, d, error)
            print("pooled" if pooled else "Welch", d, df, low, high, p, tost, detectable(df) * error)
    for n in (3, 5, 10, 17):
        print("two groups of", n, "sd 1:", detectable(2 * n - 2) * np.sqrt(2 / n))
    for df, delta in ((1, 0.5), (2.3, 3), (4, 3.76), (32, 2.9), (500, 2.8)):
        print("nct.cdf(2.5)", df, delta, stats.nct.cdf(2.5, df, delta))


def permutations():
    d = np.array([0.021, -0.004, 0.013, 0.008, 0.017, -0.001, 0.006])
    test = stats.permutation_test(
        (d,), np.sum, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    print("sign flips", test.pvalue)


if __name__ == "__main__":
    seed_means()
    several_p_values()
    published()
    permutations()
