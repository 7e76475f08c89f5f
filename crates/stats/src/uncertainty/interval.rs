use crate::StatsError;
use crate::uncertainty::quantile::{normal_quantile, quantile_of, t_quantile};

/// A two-sided confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Nominal coverage, above 0 and at most 0.999999; 0.95 for a 95% interval.
    pub level: f64,
    /// How it was made, and so how far to trust it.
    pub method: Method,
}

/// How an [`Interval`] was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Estimate ± normal quantile × standard error.
    Wald,
    /// The same on the scale of `ln(a / (1 − a))`, carried back; it never leaves `0..1` and is
    /// the better one near the ends.
    Logit,
    /// Estimate ± quantile of Student's t × standard error.
    StudentT,
    /// The same on the scale of `ln(a / (1 − a))`, carried back.
    StudentLogit,
    /// Wilson's score interval of a proportion.
    Wilson,
    /// Estimate ± normal quantile × standard error on the logarithmic scale, carried back.
    Log,
    /// Quantiles of bootstrap resamples.
    Percentile,
    /// The same, further out by what the percentile interval lacks with few clusters.
    ExpandedPercentile,
    /// Bias-corrected and accelerated: quantiles of bootstrap resamples, moved for bias and skew.
    Bca,
    /// The estimated variance is zero, so the bound rests on disjoint pairs of cases instead:
    /// see [`Delong::logit_interval`](crate::Delong::logit_interval).
    DisjointPairs,
    /// The estimated variance is zero and nothing better is known: the interval is the estimate
    /// itself. **Not evidence of certainty**; no variation was seen in these cases and seeds.
    Degenerate,
    /// Estimate ± normal quantile × standard error on the scale of `artanh`, carried back: for
    /// correlations.
    FisherZ,
    /// Estimate ± quantile of Student's t × standard error on the scale of `artanh`, carried back:
    /// for differences, which never leave `−1..1`.
    StudentArtanh,
    /// An end on either side that errs with its own probability, the lower one allowing for the
    /// estimate having been chosen as the highest of several.
    OfTheHighest,
}

impl Interval {
    /// Whether `value` lies within the interval, ends included.
    pub fn contains(&self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }

    /// Normal interval for a number without bounds.
    pub(crate) fn normal(centre: f64, standard_error: f64, level: f64) -> Result<Self, StatsError> {
        let reach = normal_quantile(upper_probability(level)?) * standard_error;
        Ok(Self::around(centre, reach, level, Method::Wald))
    }

    /// Cuts the interval to `lower..=upper`, the values that the estimate can take at all.
    pub(crate) fn clipped(self, lower: f64, upper: f64) -> Self {
        Self {
            lower: self.lower.clamp(lower, upper),
            upper: self.upper.clamp(lower, upper),
            ..self
        }
    }

    /// Normal interval for an AUC, cut to `0..=1`.
    pub(crate) fn wald(auc: f64, standard_error: f64, level: f64) -> Result<Self, StatsError> {
        Ok(Self::normal(auc, standard_error, level)?.clipped(0.0, 1.0))
    }

    /// Logit interval for an AUC strictly between 0 and 1.
    pub(crate) fn logit(auc: f64, standard_error: f64, level: f64) -> Result<Self, StatsError> {
        let quantile = normal_quantile(upper_probability(level)?);
        let centre = (auc / (1.0 - auc)).ln();
        let reach = quantile * standard_error / (auc * (1.0 - auc));
        let expit = |x: f64| 1.0 / (1.0 + (-x).exp());
        Ok(Self {
            lower: expit(centre - reach),
            upper: expit(centre + reach),
            level,
            method: Method::Logit,
        })
    }

    /// Interval from Student's t with `df` degrees of freedom.
    pub(crate) fn student(
        centre: f64,
        standard_error: f64,
        df: f64,
        level: f64,
    ) -> Result<Self, StatsError> {
        let reach = t_quantile(upper_probability(level)?, df)? * standard_error;
        Ok(Self::around(centre, reach, level, Method::StudentT))
    }

    /// The same for an AUC strictly between 0 and 1 on the scale of `ln(a / (1 − a))`.
    pub(crate) fn student_logit(
        auc: f64,
        standard_error: f64,
        df: f64,
        level: f64,
    ) -> Result<Self, StatsError> {
        let centre = (auc / (1.0 - auc)).ln();
        let reach = t_quantile(upper_probability(level)?, df)? * standard_error;
        let reach = reach / (auc * (1.0 - auc));
        let expit = |x: f64| 1.0 / (1.0 + (-x).exp());
        Ok(Self {
            lower: expit(centre - reach),
            upper: expit(centre + reach),
            level,
            method: Method::StudentLogit,
        })
    }

    /// The estimate itself, flagged.
    pub(crate) fn degenerate(centre: f64, level: f64) -> Result<Self, StatsError> {
        upper_probability(level)?;
        Ok(Self::around(centre, 0.0, level, Method::Degenerate))
    }

    /// Bound for an AUC of exactly 0, 0.5 or 1 whose variance is zero, from `pairs` disjoint
    /// pairs that all came out alike.
    pub(crate) fn disjoint_pairs(auc: f64, pairs: usize, level: f64) -> Result<Self, StatsError> {
        upper_probability(level)?;
        let certain = (1.0 - level).powf(1.0 / pairs as f64);
        Ok(Self {
            lower: auc * certain,
            upper: auc + (1.0 - auc) * (1.0 - certain),
            level,
            method: Method::DisjointPairs,
        })
    }

    /// Fisher's interval for a correlation strictly between −1 and 1.
    pub(crate) fn fisher_z(
        correlation: f64,
        standard_error: f64,
        level: f64,
    ) -> Result<Self, StatsError> {
        let reach = normal_quantile(upper_probability(level)?) * standard_error;
        let centre = correlation.atanh();
        Ok(Self {
            lower: (centre - reach).tanh(),
            upper: (centre + reach).tanh(),
            level,
            method: Method::FisherZ,
        })
    }

    /// The middle share `level` of `estimates`, at least one, by linear interpolation.
    pub(crate) fn percentiles(mut estimates: Vec<f64>, level: f64) -> Result<Self, StatsError> {
        let upper = upper_probability(level)?;
        estimates.sort_unstable_by(f64::total_cmp);
        Ok(Self {
            lower: quantile_of(&estimates, 1.0 - upper),
            upper: quantile_of(&estimates, upper),
            level,
            method: Method::Percentile,
        })
    }

    pub(crate) fn around(centre: f64, reach: f64, level: f64, method: Method) -> Self {
        Self {
            lower: centre - reach,
            upper: centre + reach,
            level,
            method,
        }
    }
}

/// The probability below the upper end of a two-sided interval of this level.
pub(crate) fn upper_probability(level: f64) -> Result<f64, StatsError> {
    if level > 0.0 && level <= 0.999_999 {
        Ok(0.5 + level / 2.0)
    } else {
        Err(StatsError::Parameter {
            parameter: "confidence level",
            expected: "a number above 0 and at most 0.999999, such as 0.95",
            found: level,
        })
    }
}
