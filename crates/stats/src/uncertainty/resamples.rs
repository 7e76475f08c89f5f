use crate::uncertainty::interval::upper_probability;
use crate::uncertainty::quantile::{normal_below, normal_quantile, quantile_of, t_quantile};
use crate::{Interval, Method, StatsError};

/// A statistic with its values in bootstrap resamples; made by
/// [`Bootstrap::run`](crate::Bootstrap::run).
#[derive(Debug, Clone, PartialEq)]
pub struct Resamples {
    estimate: f64,
    /// Ascending.
    values: Vec<f64>,
    redrawn: usize,
    clusters: usize,
    acceleration: Option<f64>,
}

impl Resamples {
    /// `left_out`: the statistic without each cluster, or group of clusters, in turn.
    pub(crate) fn new(
        estimate: f64,
        mut values: Vec<f64>,
        redrawn: usize,
        clusters: usize,
        left_out: Option<Vec<f64>>,
    ) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        Self {
            estimate,
            values,
            redrawn,
            clusters,
            acceleration: left_out.map(|values| acceleration(&values)),
        }
    }

    /// The statistic of all cases, each once.
    pub fn estimate(&self) -> f64 {
        self.estimate
    }

    /// The statistic of every resample, ascending.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Resamples that were drawn again, as the statistic had no value in them.
    pub fn redrawn(&self) -> usize {
        self.redrawn
    }

    /// Clusters that were resampled, at least 2.
    pub fn clusters(&self) -> usize {
        self.clusters
    }

    /// Standard deviation over the resamples (divisor: one less than their number).
    pub fn standard_error(&self) -> f64 {
        let count = self.values.len() as f64;
        let mean = self.mean();
        let squares: f64 = self.values.iter().map(|v| (v - mean).powi(2)).sum();
        (squares / (count - 1.0)).sqrt()
    }

    /// Mean over the resamples less the estimate: what the bootstrap takes for its bias. Not
    /// subtracted anywhere.
    pub fn bias(&self) -> f64 {
        self.mean() - self.estimate
    }

    fn mean(&self) -> f64 {
        let first = self.values[0];
        first + self.values.iter().map(|v| v - first).sum::<f64>() / self.values.len() as f64
    }

    /// The interval to report: [`bca`](Self::bca), and where that has no meaning
    /// [`expanded_percentile`](Self::expanded_percentile). Its method says which it is.
    ///
    /// Chosen by coverage. In 600 simulated test sets each of 20, 50 and 200 patients with 1 to 4
    /// correlated pictures and an AUC of 0.86 (50 patients also with 0.96), 95% intervals held
    /// the true AUC this often: percentile 89 to 94%, expanded percentile 91 to 95%, BCa 93 to
    /// 95%, Obuchowski's logit interval 94 to 95%, and DeLong's, which ignores patients, 89 to
    /// 92%. Average precision is harder: 89 to 92%, 90 to 93%, and 91 to 93% with BCa.
    pub fn interval(&self, level: f64) -> Result<Interval, StatsError> {
        match self.bca(level) {
            Err(StatsError::NoBca { .. }) => self.expanded_percentile(level),
            other => other,
        }
    }

    /// Quantiles `(1 ∓ level) / 2` of the resamples. The best known and the narrowest: with `I`
    /// clusters too narrow by a factor of about `√((I − 1) / I)` and the difference of Student's
    /// t from the normal, and blind to bias.
    pub fn percentile(&self, level: f64) -> Result<Interval, StatsError> {
        let tail = 1.0 - upper_probability(level)?;
        self.between(tail, 1.0 - tail, level, Method::Percentile)
    }

    /// Percentile interval whose tails are `Φ(−√(I / (I − 1)) · t)` with the quantile `t` of
    /// Student's t with `I − 1` degrees of freedom, for `I` clusters: Hesterberg, *What teachers
    /// should know about the bootstrap*, The American Statistician 2015. For a mean it has the
    /// width of the t interval.
    pub fn expanded_percentile(&self, level: f64) -> Result<Interval, StatsError> {
        let clusters = self.clusters as f64;
        let t = t_quantile(upper_probability(level)?, clusters - 1.0)?;
        let tail = normal_below(-(clusters / (clusters - 1.0)).sqrt() * t);
        self.between(tail, 1.0 - tail, level, Method::ExpandedPercentile)
    }

    /// Bias-corrected and accelerated interval: Efron, JASA 1987. Quantiles
    /// `Φ(z₀ + (z₀ ± z) / (1 − a (z₀ ± z)))` of the resamples, where `Φ(z₀)` is the share of
    /// resamples below the estimate, equal ones counting one half, and
    /// `a = Σ d³ / (6 (Σ d²)^1.5)` with `d` the mean of the leave-one-cluster-out values less
    /// each of them. Second-order correct for statistics that are smooth in the cases; an error
    /// bar on a calibration error, which cannot be negative and grows in every resample, is not
    /// among them.
    pub fn bca(&self, level: f64) -> Result<Interval, StatsError> {
        let reach = normal_quantile(upper_probability(level)?);
        if self.is_constant() {
            return Interval::degenerate(self.estimate, level);
        }
        let acceleration = self.acceleration.ok_or(StatsError::NoBca {
            reason: "the statistic has no value once one cluster is left out",
        })?;
        let below = self.values.partition_point(|&v| v < self.estimate);
        let up_to = self.values.partition_point(|&v| v <= self.estimate);
        let share = (below + up_to) as f64 / (2 * self.values.len()) as f64;
        let bias = normal_quantile(share);
        let tail = |z: f64| {
            let moved = bias + z;
            let stretch = 1.0 - acceleration * moved;
            (bias.is_finite() && stretch > 0.0).then(|| normal_below(bias + moved / stretch))
        };
        match (tail(-reach), tail(reach)) {
            (Some(lower), Some(upper)) => self.between(lower, upper, level, Method::Bca),
            _ => Err(StatsError::NoBca {
                reason: "the estimate lies at the end of its resamples, or they are too skewed",
            }),
        }
    }

    fn is_constant(&self) -> bool {
        self.values.first() == self.values.last()
    }

    fn between(
        &self,
        lower: f64,
        upper: f64,
        level: f64,
        method: Method,
    ) -> Result<Interval, StatsError> {
        if self.is_constant() {
            return Interval::degenerate(self.estimate, level);
        }
        Ok(Interval {
            lower: self.quantile(lower),
            upper: self.quantile(upper),
            level,
            method,
        })
    }

    /// Quantile with linear interpolation between order statistics, as numpy's and R's default.
    fn quantile(&self, probability: f64) -> f64 {
        quantile_of(&self.values, probability)
    }
}

fn acceleration(left_out: &[f64]) -> f64 {
    let mean = left_out.iter().sum::<f64>() / left_out.len() as f64;
    let power = |n: i32| left_out.iter().map(|v| (mean - v).powi(n)).sum::<f64>();
    let squares = power(2);
    if squares < 1e-30 {
        return 0.0;
    }
    power(3) / (6.0 * squares.powf(1.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden numbers of the function `intervals` of `checks/stats/curves.py`.
    #[test]
    fn ends_agree_with_numpy_and_scipy() {
        let values = (1..200).map(|k| (f64::from(k * 7919 % 1009) / 1009.0).powi(2) + 0.5);
        let left_out = (0..30).map(|i| 0.7 + (f64::from(i * 13 % 31) / 31.0).powi(3) / 40.0);
        let found = Resamples::new(0.8, values.collect(), 0, 30, Some(left_out.collect()));
        let close = |interval: Interval, lower: f64, upper: f64| {
            assert!((interval.lower - lower).abs() < 1e-9, "{interval:?}");
            assert!((interval.upper - upper).abs() < 1e-9, "{interval:?}");
        };
        close(
            found.bca(0.95).unwrap(),
            0.5014836815025333,
            1.4605638047776126,
        );
        close(
            found.percentile(0.95).unwrap(),
            0.5008154557446804,
            1.4533817053849347,
        );
        close(
            found.expanded_percentile(0.95).unwrap(),
            0.5005620791419702,
            1.462982491139374,
        );
        assert!((found.standard_error() - 0.30075085247962413).abs() < 1e-12);
        assert!((found.bias() - 0.03825529248867299).abs() < 1e-12);
        // An estimate beyond all resamples has no finite correction.
        let beyond = Resamples::new(9.0, vec![1.0, 2.0, 3.0], 0, 30, Some(vec![1.0, 2.0]));
        assert!(matches!(beyond.bca(0.95), Err(StatsError::NoBca { .. })));
        let fallback = beyond.interval(0.95).unwrap();
        assert_eq!(fallback.method, Method::ExpandedPercentile);
        assert!(found.percentile(1.0).is_err() && found.bca(f64::NAN).is_err());
    }
}
