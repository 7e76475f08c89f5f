use super::feature_rows::FeatureRows;
use crate::matrix::Matrix;

/// A channel whose standard deviation is at most this share of its largest value is constant: what
/// is left of it is rounding of `f32`.
const CONSTANT: f64 = 1e-6;

/// Some cases' features with mean 0 and standard deviation 1 in every channel, constant channels
/// left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Standardised {
    /// Channels that are left, ascending.
    pub kept: Vec<usize>,
    /// Their means.
    pub means: Vec<f64>,
    /// Their standard deviations (divisor: the cases).
    pub deviations: Vec<f64>,
    /// `[cases, kept]`.
    pub matrix: Matrix,
}

impl Standardised {
    /// The cases of `features`, by their own moments.
    pub fn new(features: &FeatureRows) -> Self {
        let channels = features.channels();
        let count = features.cases().max(1) as f64;
        let mut means = vec![0.0; channels];
        let mut largest = vec![0.0f64; channels];
        for row in features.iter() {
            for (channel, value) in row.iter().enumerate() {
                let value = f64::from(*value);
                means[channel] += value;
                largest[channel] = largest[channel].max(value.abs());
            }
        }
        means.iter_mut().for_each(|m| *m /= count);
        let mut squares = vec![0.0; channels];
        for row in features.iter() {
            for (channel, value) in row.iter().enumerate() {
                squares[channel] += (f64::from(*value) - means[channel]).powi(2);
            }
        }
        let deviation = |channel: usize| (squares[channel] / count).sqrt();
        let kept: Vec<usize> = (0..channels)
            .filter(|c| deviation(*c) > CONSTANT * largest[*c])
            .collect();
        let means: Vec<f64> = kept.iter().map(|c| means[*c]).collect();
        let deviations: Vec<f64> = kept.iter().map(|c| deviation(*c)).collect();
        let mut values = Vec::with_capacity(features.cases() * kept.len());
        for row in features.iter() {
            values.extend(
                kept.iter()
                    .zip(means.iter().zip(&deviations))
                    .map(|(c, (mean, deviation))| (f64::from(row[*c]) - mean) / deviation),
            );
        }
        Self {
            matrix: Matrix::new(kept.len(), values),
            kept,
            means,
            deviations,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_standardised_and_constant_ones_dropped() {
        let values = [1.0, 5.0, 2.0, 3.0, 5.0, 6.0, 99.0, 5.0, 99.0];
        let of = |rows| Standardised::new(&FeatureRows::new(&values, 3, rows).unwrap());
        let standard = of(&[0, 1]);
        assert_eq!(standard.kept, [0, 2]);
        assert_eq!(standard.means, [2.0, 4.0]);
        assert_eq!(standard.deviations, [1.0, 2.0]);
        assert_eq!(standard.matrix, Matrix::new(2, vec![-1.0, -1.0, 1.0, 1.0]));
        let alike = of(&[0]);
        assert!(alike.kept.is_empty());
    }
}
