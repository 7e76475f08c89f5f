use stats::normal_below;

/// Intervals of the grid between 0 and a bound; even.
const GRID: usize = 256;
/// Halvings of the search for a bound.
const HALVINGS: usize = 60;
/// As far out as a bound may lie.
const FARTHEST: f64 = 38.0;

/// What each look at a growing number of seeds may spend of an error, so that all looks together
/// spend no more than the whole of it.
///
/// After a share `t` of the seeds, `t²` of the error is spent (Kim and DeMets, Biometrika 1987). The
/// bounds come from the joint normal distribution of the estimates at all looks, with correlation
/// `√(k / l)` between `k` and `l` seeds (Armitage, McPherson and Rowe 1969): that of independent
/// seeds. The patients are the same at every look, so estimates are more alike than that, which
/// only makes crossing any of the bounds rarer.
#[derive(Debug, Clone, PartialEq)]
pub struct Spending {
    looks: Vec<usize>,
    ratios: Vec<f64>,
}

impl Spending {
    /// `looks`: numbers of seeds, rising, each at least 1. `level`: the error of a single two-sided
    /// test over all looks, in `0..1`. That of several tests corrected by step-down methods is the
    /// smallest of their levels: the smaller, the less a look may spend for its size.
    pub fn new(looks: &[usize], level: f64) -> Self {
        Self {
            ratios: nominal(looks, level).iter().map(|p| p / level).collect(),
            looks: looks.to_vec(),
        }
    }

    /// The numbers of seeds.
    pub fn looks(&self) -> &[usize] {
        &self.looks
    }

    /// What is spent at the look of this place for each unit of the error over all looks, in
    /// `0..=1`; 0 where there is no such look.
    pub fn ratio(&self, look: usize) -> f64 {
        self.ratios.get(look).copied().unwrap_or(0.0)
    }
}

/// Two-sided p values below which each look rejects.
fn nominal(looks: &[usize], level: f64) -> Vec<f64> {
    let Some(last) = looks.last() else {
        return Vec::new();
    };
    let spent = |seeds: usize| level * (seeds as f64 / *last as f64).powi(2);
    let mut walk = Walk::start();
    let mut before = 0.0;
    looks
        .iter()
        .map(|seeds| {
            let step = (*seeds as f64 - walk.seeds).sqrt();
            let may = spent(*seeds) - before;
            before += may;
            let root = (*seeds as f64).sqrt();
            let bound = farthest_within(|bound| walk.leaves(bound * root, step) > may);
            walk = walk.go_on(*seeds as f64, bound * root, step);
            2.0 * normal_below(-bound)
        })
        .collect()
}

/// The bound up to which `is_too_near` holds.
fn farthest_within(is_too_near: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, FARTHEST);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        match is_too_near(middle) {
            true => low = middle,
            false => high = middle,
        }
    }
    high
}

/// The sum of as many standard normal variables as there are seeds, where it has been within the
/// bounds at every look: its density, which is even, on a grid from 0 to the last bound.
struct Walk {
    seeds: f64,
    /// Place, and density times the weight of Simpson's rule; both signs together.
    density: Vec<(f64, f64)>,
}

impl Walk {
    fn start() -> Self {
        Self {
            seeds: 0.0,
            density: vec![(0.0, 1.0)],
        }
    }

    /// The chance that it is beyond ± `bound` a step with standard deviation `step` later.
    fn leaves(&self, bound: f64, step: f64) -> f64 {
        let beyond =
            |at: f64| normal_below((at - bound) / step) + normal_below((-at - bound) / step);
        self.density
            .iter()
            .map(|(at, mass)| mass * beyond(*at))
            .sum()
    }

    /// The same after that step, where it is within ± `bound`.
    fn go_on(&self, seeds: f64, bound: f64, step: f64) -> Self {
        let width = bound / GRID as f64;
        let normal = |z: f64| (-0.5 * z * z).exp() / (step * std::f64::consts::TAU.sqrt());
        let density = (0..=GRID).map(|place| {
            let at = place as f64 * width;
            let from = |(old, mass): &(f64, f64)| {
                mass * (normal((at - old) / step) + normal((at + old) / step))
            };
            let weight = match place {
                0 | GRID => 1.0,
                odd if odd % 2 == 1 => 4.0,
                _ => 2.0,
            };
            let density: f64 = self.density.iter().map(from).sum();
            (at, density * weight * width / 3.0)
        });
        Self {
            seeds,
            density: density.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rustfmt::skip]
    const GOLDEN: [(&[usize], f64, &[f64]); 3] = [
        (&[3, 6, 12], 0.05, &[0.0625000000, 0.2097361083, 0.8632888683]),
        (&[3, 4, 6, 8, 11], 0.02, &[0.0743801652, 0.0866720142, 0.2098684612, 0.3492269888, 0.6935577277]),
        (&[5, 6], 0.01, &[0.6944444300, 0.6573720025]),
    ];

    #[test]
    fn bounds_agree_with_scipy() {
        /* scipy's integral over the joint distribution, bound after bound:
        import numpy as np
        from scipy.optimize import brentq
        from scipy.stats import multivariate_normal as m, norm
        def ratios(looks, level):
            k, b = np.array(looks, float), []
            c = np.sqrt(np.minimum.outer(k, k) / np.maximum.outer(k, k))
            for j in range(len(k)):
                rest, n = 1 - level * (k[j] / k[-1]) ** 2, j + 1
                def f(z):
                    if n == 1: return 1 - 2 * norm.sf(z) - rest
                    x, d = b + [z], m(cov=c[:n, :n], maxpts=4 * 10**6, abseps=1e-9, releps=1e-9, seed=1)
                    return d.cdf(x, lower_limit=[-v for v in x]) - rest
                b.append(brentq(f, 0.5, 8, xtol=1e-6))
            return [2 * norm.sf(z) / level for z in b] */
        for (looks, level, expected) in GOLDEN {
            let spending = Spending::new(looks, level);
            for (look, expected) in expected.iter().enumerate() {
                let found = spending.ratio(look);
                assert!(
                    (found - expected).abs() < 2e-3 * expected,
                    "{found} not {expected}"
                );
            }
        }
    }

    #[test]
    fn one_look_spends_all_and_small_errors_go_less_far() {
        assert!((Spending::new(&[5], 0.03).ratio(0) - 1.0).abs() < 1e-9);
        let looks = [3, 4, 6, 8, 11, 15, 20];
        let (small, large) = (Spending::new(&looks, 0.002), Spending::new(&looks, 0.05));
        for look in 0..looks.len() {
            assert!(small.ratio(look) <= large.ratio(look) + 1e-9);
            let upto = (looks[look] as f64 / 20.0).powi(2);
            assert!(small.ratio(look) <= upto + 1e-9);
        }
        assert!((small.ratio(0) - 0.0225).abs() < 1e-9);
        assert!(small.ratio(6) > 0.4);
        assert_eq!(small.ratio(7), 0.0);
    }
}
