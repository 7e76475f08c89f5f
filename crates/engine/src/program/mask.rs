//! What is left out at random in a step of training.

use rand_chacha::rand_core::Rng as _;

use super::buffer::BufferId;

/// What is left out of a map as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// A feature of a picture.
    Features,
    /// All that a body of a residual sum makes of a picture.
    Bodies,
}

/// Factors of a map that are drawn for every step: 0 for what is left out, and 1 / (1 − share) for
/// what stays, so that 1 is their mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    /// The factors, `[batch, channels, 1, 1]`: uploaded before a step.
    pub factors: BufferId,
    /// What is left out as one.
    pub what: LeftOut,
    /// Purpose of the random streams, one a picture.
    pub purpose: String,
    /// Share that is left out, in (0, 1).
    pub share: f64,
}

impl Mask {
    /// The mask of what is called `name`.
    pub(crate) fn new(factors: BufferId, what: LeftOut, name: &str, share: f64) -> Self {
        let kind = match what {
            LeftOut::Features => "dropout",
            LeftOut::Bodies => "stochastic depth",
        };
        Self {
            factors,
            what,
            purpose: format!("{kind}/{name}"),
            share,
        }
    }

    /// The factors `[pictures, channels]` of the pictures from number `first` on of the sequence of
    /// all epochs. A picture's are its own, whatever batch it is in.
    pub fn draw(&self, seed: u64, first: u64, pictures: usize, channels: usize) -> Vec<f32> {
        let kept = (1.0 / (1.0 - self.share)) as f32;
        let mut factors = Vec::with_capacity(pictures * channels);
        for picture in 0..pictures as u64 {
            let mut stream = streams::stream(seed, &self.purpose, first + picture);
            let mut factor = || {
                // 53 bits, as many as a share between 0 and 1 has.
                let draw = (stream.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
                if draw < self.share { 0.0 } else { kept }
            };
            match self.what {
                LeftOut::Features => factors.extend((0..channels).map(|_| factor())),
                LeftOut::Bodies => factors.extend(std::iter::repeat_n(factor(), channels)),
            }
        }
        factors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 20,000 draws the share left out, and with it mean 1 and variance p / (1 − p) of the
    /// factors, are within five standard errors of what they should be.
    #[test]
    fn masks_have_their_mean_and_variance() {
        const DRAWS: f64 = 20_000.0;
        for (what, share) in [
            (LeftOut::Features, 0.2),
            (LeftOut::Features, 0.5),
            (LeftOut::Bodies, 0.05),
            (LeftOut::Bodies, 0.7),
        ] {
            let mask = Mask::new(BufferId(0), what, "head", share);
            let drawn = match what {
                LeftOut::Features => mask.draw(3, 0, 40, 500),
                LeftOut::Bodies => mask.draw(3, 0, 20_000, 1),
            };
            let zeros = drawn.iter().filter(|factor| **factor == 0.0).count() as f64;
            let error = 5.0 * (share * (1.0 - share) / DRAWS).sqrt();
            assert!((zeros / DRAWS - share).abs() < error, "{what:?} {share}");
            let of_stay = drawn.iter().filter(|factor| **factor != 0.0);
            let mut of_stay = of_stay.map(|factor| f64::from(*factor) * (1.0 - share));
            assert!(of_stay.all(|one| (one - 1.0).abs() < 1e-6));
            let mean = drawn.iter().map(|f| f64::from(*f)).sum::<f64>() / DRAWS;
            assert!((mean - 1.0).abs() < error / (1.0 - share));
            let squares = drawn.iter().map(|f| (f64::from(*f) - mean).powi(2));
            let variance = squares.sum::<f64>() / DRAWS;
            assert!((variance * (1.0 - share) / share - 1.0).abs() < 0.15);
        }
    }

    /// A picture's draws are its own: not those of its neighbours, of another seed or another layer,
    /// and the same wherever a batch begins.
    #[test]
    fn a_picture_has_its_own_draws() {
        let mask = |name| Mask::new(BufferId(0), LeftOut::Features, name, 0.5);
        let all = mask("head").draw(1, 0, 6, 64);
        assert_eq!(mask("head").draw(1, 2, 3, 64), all[2 * 64..5 * 64]);
        for picture in 1..6 {
            assert_ne!(all[..64], all[picture * 64..][..64]);
        }
        assert_ne!(mask("head").draw(2, 0, 6, 64), all);
        assert_ne!(mask("fc").draw(1, 0, 6, 64), all);
        let bodies = Mask::new(BufferId(0), LeftOut::Bodies, "layer1.0.conv1.weight", 0.5);
        for picture in bodies.draw(1, 0, 16, 8).chunks(8) {
            assert!(picture.iter().all(|factor| *factor == picture[0]));
        }
    }
}
