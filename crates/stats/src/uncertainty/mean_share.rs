use crate::uncertainty::interval::upper_probability;
use crate::uncertainty::quantile::t_quantile;
use crate::{Interval, Method, StatsError};

/// A mean of shares, such as a sensitivity averaged over seeds, whose variance is known from
/// elsewhere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanShare {
    /// The mean, in `0..=1`.
    pub share: f64,
    /// Its variance, 0 or more.
    pub variance: f64,
    /// Degrees of freedom of the variance, above 0.
    pub degrees_of_freedom: f64,
    /// Independent cases that the shares are of: the mean counts as known from no more.
    pub cases: f64,
}

impl MeanShare {
    /// Wilson's score interval of as many cases as have this variance, `p (1 − p) / variance`, at
    /// most `cases`, with Student's t in place of the normal quantile.
    ///
    /// A share of 0 or 1 that did not vary, or hardly, so has the interval of the cases behind it
    /// and not none: with 20 cases that were all found, 0.84 to 1. The intervals on the scale of
    /// `ln(a / (1 − a))` that serve areas cover 0% to 60% there.
    pub fn interval(&self, level: f64) -> Result<Interval, StatsError> {
        let t = t_quantile(upper_probability(level)?, self.degrees_of_freedom)?;
        let p = self.share.clamp(0.0, 1.0);
        let spread = p * (1.0 - p);
        let most = self.cases.max(1.0);
        let cases = match self.variance > 0.0 && spread > 0.0 {
            true => (spread / self.variance).clamp(1.0, most),
            false => most,
        };
        let (centre, scale) = (p + t * t / (2.0 * cases), 1.0 + t * t / cases);
        let reach = t * (spread / cases + t * t / (4.0 * cases * cases)).sqrt();
        let interval = Interval {
            lower: (centre - reach) / scale,
            upper: (centre + reach) / scale,
            level,
            method: Method::Wilson,
        };
        // At the ends the difference is exactly zero but for rounding.
        Ok(Interval {
            lower: interval.lower.clamp(0.0, p),
            upper: interval.upper.clamp(p, 1.0),
            ..interval
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Proportion;

    #[test]
    fn independent_cases_have_wilsons_interval() {
        // Of 18 in 20, with the variance of independent cases and the normal quantile.
        let mean = MeanShare {
            share: 0.9,
            variance: 0.9 * 0.1 / 20.0,
            degrees_of_freedom: 1e9,
            cases: 20.0,
        };
        let ours = mean.interval(0.95).expect("an interval");
        let theirs = Proportion::new("cases", 18, 20).and_then(|p| p.wilson(0.95));
        let theirs = theirs.expect("an interval");
        assert!(
            (ours.lower - theirs.lower).abs() < 1e-6,
            "{ours:?} {theirs:?}"
        );
        assert!(
            (ours.upper - theirs.upper).abs() < 1e-6,
            "{ours:?} {theirs:?}"
        );
        // More certainty than the cases have is not believed.
        let surer = MeanShare {
            variance: 1e-9,
            ..mean
        };
        assert_eq!(surer.interval(0.95), Ok(ours));
        let perfect = MeanShare {
            share: 1.0,
            variance: 0.0,
            ..mean
        };
        let perfect = perfect.interval(0.95).expect("an interval");
        assert!(
            perfect.upper == 1.0 && (perfect.lower - 0.8389).abs() < 1e-3,
            "{perfect:?}"
        );
    }
}
