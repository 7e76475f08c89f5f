//! An estimate with its error, on the scale where that is symmetric.

use decisions::{Contrast, ERROR, FEWEST_SEEDS};
use stats::{SharedMean, t_quantile, t_upper_tail};

/// What a claim is judged by.
#[derive(Clone, Debug)]
pub enum Effect {
    /// A difference of test AUCs over seeds and patients.
    Contrast(Box<Contrast>),
    /// Anything else, by Student's t.
    Student(Student),
}

/// An estimate with a standard error and degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Student {
    /// The estimate, on its scale.
    pub mean: f64,
    /// Standard error and degrees of freedom on the same scale; none where nothing may be concluded.
    pub error: Option<[f64; 2]>,
    /// The scale.
    pub scale: Scale,
    /// How many of what is counted are behind it.
    pub count: usize,
    /// Whether networks are counted, and not seeds.
    pub is_over_networks: bool,
}

/// On which scale an estimate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Its own.
    Straight,
    /// Natural logarithm: the effect is a ratio.
    Logarithm,
}

impl Student {
    /// An estimate over `count` seeds with its standard error and degrees of freedom, on `scale`.
    pub fn new(mean: f64, error: [f64; 2], scale: Scale, count: usize) -> Self {
        Self {
            mean,
            error: Some(error),
            scale,
            count,
            is_over_networks: false,
        }
    }

    /// What `count` counts.
    pub fn counted(&self) -> &'static str {
        match self.is_over_networks {
            true => "networks",
            false => "seeds",
        }
    }

    /// A mean over seeds, or over pairs of seeds that share some; nothing is concluded from fewer
    /// than three, or where nothing varied.
    pub fn shared(values: &[(f64, [u64; 2])]) -> Option<Self> {
        let found = SharedMean::new(values).ok()?;
        let error = found.standard_error.filter(|error| *error > 1e-12);
        Some(Self {
            mean: found.mean,
            error: error
                .filter(|_| found.seeds >= FEWEST_SEEDS)
                .map(|error| [error, found.seeds as f64 - 1.0]),
            scale: Scale::Straight,
            count: found.seeds,
            is_over_networks: false,
        })
    }

    fn back(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Straight => value,
            Scale::Logarithm => value.exp(),
        }
    }

    fn forth(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Straight => value,
            Scale::Logarithm => value.ln(),
        }
    }

    /// Probability of an estimate as high, or as low where `sign` is −1, were the truth `value`.
    fn tail(&self, value: f64, sign: f64) -> Option<f64> {
        let [error, df] = self.error?;
        t_upper_tail(sign * (self.mean - self.forth(value)) / error, df).ok()
    }
}

impl Effect {
    /// The estimate: a difference, or a ratio.
    pub fn value(&self) -> f64 {
        match self {
            Self::Contrast(contrast) => contrast.difference.mean,
            Self::Student(student) => student.back(student.mean),
        }
    }

    /// Its 95% interval; none with fewer than three seeds, or where nothing varied.
    pub fn interval(&self) -> Option<[f64; 2]> {
        match self {
            Self::Contrast(contrast) => {
                let interval = contrast.interval(1.0 - ERROR)?;
                Some([interval.lower, interval.upper])
            }
            Self::Student(student) => {
                let [error, df] = student.error?;
                let reach = t_quantile(1.0 - ERROR / 2.0, df).ok()? * error;
                Some([student.mean - reach, student.mean + reach].map(|end| student.back(end)))
            }
        }
    }

    /// One-sided p value against the truth being at most `value`.
    pub fn p_above(&self, value: f64) -> Option<f64> {
        match self {
            Self::Contrast(contrast) => contrast.p_above(value),
            Self::Student(student) => student.tail(value, 1.0),
        }
    }

    /// The same against at least `value`.
    pub fn p_below(&self, value: f64) -> Option<f64> {
        match self {
            Self::Contrast(contrast) => contrast.p_below(value),
            Self::Student(student) => student.tail(value, -1.0),
        }
    }

    /// Seeds behind it; of a line over networks, networks.
    pub fn count(&self) -> usize {
        match self {
            Self::Contrast(contrast) => contrast.difference.values.len(),
            Self::Student(student) => student.count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_and_its_p_values_say_the_same() {
        for scale in [Scale::Straight, Scale::Logarithm] {
            let effect = Effect::Student(Student::new(0.4, [0.1, 7.0], scale, 8));
            let [low, high] = effect.interval().unwrap();
            assert!((effect.p_above(low).unwrap() - 0.025).abs() < 1e-9);
            assert!((effect.p_below(high).unwrap() - 0.025).abs() < 1e-9);
            assert!(low < effect.value() && effect.value() < high);
        }
        let few = [(1.0, [0, 0]), (2.0, [1, 1])];
        assert_eq!(Student::shared(&few).unwrap().error, None);
        let alike = [(1.0, [0, 0]), (1.0, [1, 1]), (1.0, [2, 2])];
        assert_eq!(Student::shared(&alike).unwrap().error, None);
    }
}
