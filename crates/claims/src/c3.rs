//! C3: accuracy on the source task does not predict performance on medical pictures.

use std::collections::BTreeMap;

use decisions::Seeds;
use stats::{Combined, Estimate, SeedMean, Spread};

use crate::casting::Cast;
use crate::effect::{Effect, Scale, Student};
use crate::finished_study::FinishedStudy;
use crate::part::{Asked, Lack};
use crate::rule::Rule;

/// Fewest networks that a line is laid through.
const FEWEST: usize = 4;

/// A pretrained network: accuracy on the source task, and test AUCs of its runs after transfer.
struct Point<'a> {
    /// Label, and digest of the weights.
    network: (String, String),
    accuracy: f64,
    seeds: &'a Seeds,
}

/// One part a source task and set of test pictures: how much test AUC rises over the range of
/// accuracies, within the margin. Networks of several studies with the same test pictures lie on
/// one line.
pub(crate) fn parts(casts: &[(&Cast, &FinishedStudy)]) -> Vec<Asked> {
    let mut lines: BTreeMap<(String, String), (Vec<&str>, f64, Vec<Point>)> = BTreeMap::new();
    for (cast, study) in casts {
        for network in study.networks(cast.networks.as_deref(), &[&cast.transfer]) {
            let models = study.plan.models.iter();
            let mut sources = models.filter_map(|model| model.source.as_ref());
            let Some(source) = sources.find(|source| source.model == network) else {
                continue;
            };
            let arm = study.arm(&network, &cast.transfer, None);
            let (Some(accuracy), Ok(arm)) = (source.top1, arm) else {
                continue;
            };
            let data = &study.plan.data;
            let pictures = format!("{} {}", data.described.sha256, data.split.id);
            let line = lines.entry((source.name.clone(), pictures));
            let (names, margin, points) = line.or_insert((Vec::new(), study.margin(), Vec::new()));
            // Where studies declared several margins, the strictest holds.
            *margin = margin.min(study.margin());
            if !names.contains(&study.name.as_str()) {
                names.push(&study.name);
            }
            // The same network in two studies is one.
            let network = (network, source.sha256.clone());
            if points.iter().any(|point| point.network == network) {
                continue;
            }
            points.push(Point {
                network,
                accuracy,
                seeds: study.seeds(arm),
            });
        }
    }
    let asked = lines
        .into_iter()
        .map(|((source, _), (names, margin, points))| Asked {
            what: format!(
                "test AUC over the range of accuracy on {source}; networks: {}",
                points.len()
            ),
            study: names.join(", "),
            rule: Rule::Within { margin },
            found: rise(&points).map(Effect::Student),
        });
    let asked: Vec<Asked> = asked.collect();
    match (asked.is_empty(), casts.first()) {
        (true, Some((_, study))) => vec![Asked {
            what: "test AUC over the range of accuracy on the source task".into(),
            study: study.name.clone(),
            rule: Rule::Within {
                margin: study.margin(),
            },
            found: Err(Lack(
                "no pretrained network states its accuracy on the source task".into(),
            )),
        }],
        _ => asked,
    }
}

/// The rise of the least-squares line from the lowest to the highest accuracy.
///
/// Its error has three parts. **Networks**: their scatter around the line, with two degrees of
/// freedom less than networks. **Seeds**: part of that scatter; where their spread within networks
/// alone gives a larger error, that is taken. **Patients**: the influence of each on the rise, of
/// which the part that moves networks apart is in their scatter already and counted once.
fn rise(points: &[Point]) -> Result<Student, Lack> {
    if points.len() < FEWEST {
        return Err(Lack(format!(
            "a line takes at least {FEWEST} networks that state their accuracy, found {}",
            points.len()
        )));
    }
    let accuracies: Vec<f64> = points.iter().map(|point| point.accuracy).collect();
    let weights = weights(&accuracies)
        .ok_or_else(|| Lack("all networks have the same accuracy on the source task".into()))?;
    let arms = points.iter().map(|point| -> Result<_, Lack> {
        let seeds: Vec<Estimate> = point.seeds.iter().map(|(_, auc)| auc.clone()).collect();
        let mean =
            Estimate::mean(&seeds).map_err(|_| Lack("a network has no finished run".into()))?;
        Ok((SeedMean::new(&seeds)?, mean))
    });
    let arms: Vec<(SeedMean, Estimate)> = arms.collect::<Result<_, Lack>>()?;
    let cases = arms[0].1.influence().values().len();
    if arms
        .iter()
        .any(|(_, mean)| mean.influence().values().len() != cases)
    {
        return Err(Lack("networks were not tested on the same patients".into()));
    }
    let aucs: Vec<f64> = arms.iter().map(|(mean, _)| mean.mean).collect();
    let dot = |values: &[f64]| weights.iter().zip(values).map(|(w, v)| w * v).sum::<f64>();
    let of_patient = |case: usize| -> Vec<f64> {
        let values = arms.iter().map(|(_, mean)| mean.influence().values()[case]);
        values.collect()
    };
    let moved: Vec<f64> = (0..cases).map(|case| dot(&of_patient(case))).collect();
    let df = points.len() as f64 - 2.0;
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    let scatter = |values: &[f64]| residual(&accuracies, values) / df * squares;
    let noise: f64 = (0..cases).map(|case| scatter(&of_patient(case))).sum();
    let by_seeds: f64 = arms
        .iter()
        .zip(&weights)
        .filter_map(|((mean, _), w)| Some(w * w * mean.seeds?.standard_error.powi(2)))
        .sum();
    let sampling = Spread {
        variance: moved.iter().map(|v| v * v).sum(),
        degrees_of_freedom: evenness(&moved),
    };
    let spread = Spread {
        variance: scatter(&aucs).max(by_seeds),
        degrees_of_freedom: df,
    };
    let error = Combined::new(sampling, noise, Some(spread), 1);
    Ok(Student {
        mean: dot(&aucs),
        error: error.map(|error| [error.variance.sqrt(), error.degrees_of_freedom]),
        scale: Scale::Straight,
        count: points.len(),
        is_over_networks: true,
    })
}

/// What the value of each point counts in the rise over the range of `x`; none where x does not
/// vary.
fn weights(x: &[f64]) -> Option<Vec<f64>> {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let squares: f64 = x.iter().map(|x| (x - mean).powi(2)).sum();
    let high = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let low = x.iter().copied().fold(f64::INFINITY, f64::min);
    (high - low > 1e-9).then(|| {
        let range = high - low;
        x.iter().map(|x| range * (x - mean) / squares).collect()
    })
}

/// Sum of squares of `y` around its line on `x`.
fn residual(x: &[f64], y: &[f64]) -> f64 {
    let count = x.len() as f64;
    let (of_x, of_y) = (x.iter().sum::<f64>() / count, y.iter().sum::<f64>() / count);
    let pairs = || x.iter().zip(y).map(|(x, y)| (x - of_x, y - of_y));
    let slope = pairs().map(|(x, y)| x * y).sum::<f64>() / pairs().map(|(x, _)| x * x).sum::<f64>();
    pairs().map(|(x, y)| (y - slope * x).powi(2)).sum()
}

/// Degrees of freedom of a sum of squares as uneven as these.
fn evenness(values: &[f64]) -> f64 {
    let power = |n: i32| values.iter().map(|v| v.powi(n)).sum::<f64>();
    let fourth = power(4);
    let most = (values.len() as f64 - 1.0).max(1.0);
    match fourth > 0.0 {
        true => (2.0 * power(2).powi(2) / fourth).clamp(1.0, most),
        false => most,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stats::Delong;

    /// Runs whose scores separate as `gain` says, on 400 cases.
    fn runs(gain: f64, offset: u64) -> Vec<(u64, Estimate)> {
        let labels: Vec<bool> = (0..400).map(|case| case % 2 == 0).collect();
        let of = |seed: u64| {
            let score = |case: u64| {
                let noise = (case * 37 + (seed + offset) * 11 + case * (seed + 3)) % 101;
                noise as f64 / 101.0 + gain * f64::from(u8::from(labels[case as usize]))
            };
            let scores: Vec<f64> = (0..400).map(score).collect();
            (
                seed,
                Delong::new(&labels, &scores).unwrap().estimate().unwrap(),
            )
        };
        (0..4).map(of).collect()
    }

    fn rise_of(gains: &[f64]) -> Student {
        let runs: Vec<_> = gains
            .iter()
            .zip(0..)
            .map(|(gain, n)| runs(*gain, n))
            .collect();
        let points: Vec<Point> = runs
            .iter()
            .enumerate()
            .map(|(place, seeds)| Point {
                network: (place.to_string(), String::new()),
                accuracy: 0.6 + 0.05 * place as f64,
                seeds,
            })
            .collect();
        rise(&points).unwrap()
    }

    #[test]
    fn a_planted_rise_is_found_and_none_is_not() {
        let rule = Rule::Within { margin: 0.05 };
        let outcome = |student: Student| {
            let effect = Effect::Student(student);
            crate::Outcome::from_p(rule.p_agrees(&effect), rule.p_disagrees(&effect))
        };
        let steep = rise_of(&[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
        assert!(steep.mean > 0.2, "{steep:?}");
        assert_eq!(outcome(steep), crate::Outcome::Disagrees);
        let flat = rise_of(&[0.3, 0.3, 0.3, 0.3, 0.3, 0.3]);
        assert_eq!(outcome(flat), crate::Outcome::Agrees, "{flat:?}");
        // Networks that differ for another reason leave it open, however sure each is.
        let scattered = rise_of(&[0.2, 0.5, 0.1, 0.4, 0.2, 0.5]);
        assert_eq!(
            outcome(scattered),
            crate::Outcome::Undecided,
            "{scattered:?}"
        );
    }

    #[test]
    fn the_line_is_that_of_least_squares() {
        let (x, y) = ([0.0, 1.0, 2.0, 4.0], [1.0, 3.0, 2.0, 6.0]);
        // numpy: s, i = np.polyfit(x, y, 1); 4 * s; ((y - s * x - i) ** 2).sum()
        let rise: f64 = weights(&x).unwrap().iter().zip(y).map(|(w, y)| w * y).sum();
        assert!((rise - 4.571_428_571_428_571).abs() < 1e-12, "{rise}");
        assert!((residual(&x, &y) - 2.571_428_571_428_571).abs() < 1e-12);
        assert_eq!(weights(&[1.0, 1.0]), None);
    }
}
