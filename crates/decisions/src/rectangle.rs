//! How likely many correlated normal variables are to stay within bounds together.

use rayon::prelude::*;
use stats::{normal_below, normal_quantile};

/// How closely a probability is computed.
#[derive(Clone, Copy)]
pub(crate) enum Closeness {
    /// To about 1e-4, for p values.
    Close,
    /// To about 1e-3 of what is left of 1, for the many steps of a search.
    Rough,
}

impl Closeness {
    /// Close where something depends on it: where a probability between `least` and `most` may lie
    /// on either side of `error`.
    pub(crate) fn of(least: f64, most: f64, error: f64) -> Self {
        match least < 2.0 * error && most > 0.5 * error {
            true => Self::Close,
            false => Self::Rough,
        }
    }

    /// Points of the lattice.
    fn points(self) -> usize {
        match self {
            Self::Close => 10_000,
            Self::Rough => 1_000,
        }
    }
}

/// What is left of a variance that others determine.
const DETERMINED: f64 = 1e-9;
/// Roots of primes are far from every fraction; as many as there may be coordinates.
const MOST: usize = 100;

/// Standard normal variables by their correlations.
pub(crate) struct Correlated {
    count: usize,
    correlation: Vec<f64>,
}

impl Correlated {
    /// `correlation(i, j)`: of variables `i` and `j`, symmetric, in `−1..=1`; 1 of itself.
    pub(crate) fn new(count: usize, correlation: impl Fn(usize, usize) -> f64) -> Self {
        let of = |place: usize| match (place / count, place % count) {
            (i, j) if i == j => 1.0,
            (i, j) => correlation(i.min(j), i.max(j)).clamp(-1.0, 1.0),
        };
        Self {
            count,
            correlation: (0..count * count).map(of).collect(),
        }
    }

    /// Whether there are few enough variables for [`within`](Self::within).
    pub(crate) fn is_few(count: usize) -> bool {
        count <= MOST
    }

    /// Probability that every variable of `members` lies within `lower..=upper`.
    ///
    /// Genz, Journal of Computational and Graphical Statistics 1992: one variable after another,
    /// each given those before it, over a lattice of points (Richtmyer's, with the tent
    /// transformation), which is the same in every call. Variables that others determine, as the
    /// sum of two, are allowed. The error is about 1e-4; `scipy.stats.multivariate_normal.cdf` does
    /// the same with other points.
    pub(crate) fn within(
        &self,
        members: &[usize],
        lower: f64,
        upper: f64,
        closeness: Closeness,
    ) -> f64 {
        let factor = self.factor(members);
        let count = members.len();
        let points = closeness.points();
        let roots: Vec<f64> = primes(count).map(|prime| (prime as f64).sqrt()).collect();
        let sum: f64 = (1..=points)
            .into_par_iter()
            .map_init(
                || vec![0.0; count],
                |drawn, point| {
                    let mut probability = 1.0;
                    for (row, root) in roots.iter().enumerate() {
                        let factor = &factor[row * count..][..=row];
                        let (before, own) = (&factor[..row], factor[row]);
                        let centre: f64 = before.iter().zip(&*drawn).map(|(f, z)| f * z).sum();
                        if own < DETERMINED {
                            if centre < lower - DETERMINED || centre > upper + DETERMINED {
                                return 0.0;
                            }
                            drawn[row] = 0.0;
                            continue;
                        }
                        let low = normal_below((lower - centre) / own);
                        let high = normal_below((upper - centre) / own);
                        probability *= high - low;
                        if probability <= 0.0 {
                            return 0.0;
                        }
                        let place = (point as f64 * root).fract();
                        let tent = (2.0 * place - 1.0).abs();
                        let at = (low + tent * (high - low)).clamp(1e-300, 1.0 - 1e-16);
                        drawn[row] = normal_quantile(at);
                    }
                    probability
                },
            )
            // Sums in a fixed order, whatever the number of threads.
            .collect::<Vec<f64>>()
            .iter()
            .sum();
        sum / points as f64
    }

    /// Cholesky's factor of the correlations of `members`, rows one after another; rows of
    /// variables that those before them determine end in 0.
    fn factor(&self, members: &[usize]) -> Vec<f64> {
        let count = members.len();
        let mut factor = vec![0.0; count * count];
        for row in 0..count {
            for column in 0..=row {
                let mut rest = self.correlation[members[row] * self.count + members[column]];
                for before in 0..column {
                    rest -= factor[row * count + before] * factor[column * count + before];
                }
                let pivot = factor[column * count + column];
                factor[row * count + column] = match () {
                    () if row == column => rest.max(0.0).sqrt(),
                    () if pivot < DETERMINED.sqrt() => 0.0,
                    () => rest / pivot,
                };
            }
            let own = &mut factor[row * count + row];
            if *own < DETERMINED.sqrt() {
                *own = 0.0;
            }
        }
        factor
    }
}

/// The first primes.
fn primes(count: usize) -> impl Iterator<Item = usize> {
    let is_prime = |n: &usize| {
        (2..)
            .take_while(|d| d * d <= *n)
            .all(|d| !n.is_multiple_of(d))
    };
    (2..).filter(is_prime).take(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 2e-4, "{found} not {expected}");
    }

    #[test]
    fn agrees_with_scipy() {
        /* scipy 1.17.1:
        import numpy as np
        from scipy.stats import multivariate_normal as m
        for n, r, b in ((2, .5, 2.0), (5, .5, 2.5), (10, .5, 2.2), (3, -.4, 1.0)):
            c = np.full((n, n), r); np.fill_diagonal(c, 1)
            f = m(cov=c, allow_singular=True, maxpts=10**7, abseps=1e-8)
            print(n, r, b, f.cdf([b] * n, lower_limit=[-b] * n), f.cdf([b] * n)) */
        for (count, correlation, bound, both, upper) in GOLDEN {
            let all: Vec<usize> = (0..count).collect();
            let variables = Correlated::new(count, |_, _| correlation);
            near(
                variables.within(&all, -bound, bound, Closeness::Close),
                both,
            );
            near(
                variables.within(&all, f64::NEG_INFINITY, bound, Closeness::Close),
                upper,
            );
        }
    }

    #[rustfmt::skip]
    const GOLDEN: [(usize, f64, f64, f64, f64); 4] = [
        (2, 0.5, 2.0, 0.9171118526196425, 0.9585526823388045),
        (5, 0.5, 2.5, 0.9484654728790463, 0.9742324888439643),
        (10, 0.5, 2.2, 0.8231732675737924, 0.9115643126795104),
        (3, -0.4, 1.0, 0.37469872746542127, 0.5440500184053453),
    ];

    #[test]
    fn sums_of_others_add_nothing() {
        // Two independent variables and half their sum, which stays within when both do.
        let variables = Correlated::new(3, |i, j| match (i, j) {
            (0, 1) => 0.0,
            _ => 0.5f64.sqrt(),
        });
        let two = variables.within(&[0, 1], -1.0, 1.0, Closeness::Close);
        near(two, (2.0 * normal_below(1.0) - 1.0).powi(2));
        assert!(variables.within(&[0, 1, 2], -1.0, 1.0, Closeness::Close) < two);
        // A variable and itself.
        let twice = Correlated::new(2, |_, _| 1.0);
        near(
            twice.within(&[0, 1], -1.5, 1.5, Closeness::Close),
            2.0 * normal_below(1.5) - 1.0,
        );
    }
}
