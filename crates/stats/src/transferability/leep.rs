use super::classes::Classes;
use crate::StatsError;
use crate::input::{check_probabilities, same_length};

/// How far the probabilities of a case may be from summing to one.
const SUM_TOLERANCE: f64 = 1e-3;

/// What the head of the source network says of every case: probabilities `[cases, source classes]`.
#[derive(Debug, Clone, Copy)]
pub struct SourceProbabilities<'a> {
    values: &'a [f64],
    classes: usize,
}

impl<'a> SourceProbabilities<'a> {
    /// `values`: `[cases, classes]`, row by row, each row summing to one; at least two classes.
    pub fn new(values: &'a [f64], classes: usize) -> Result<Self, StatsError> {
        if values.is_empty() {
            return Err(StatsError::Empty {
                what: "source probabilities",
            });
        }
        if classes < 2 {
            return Err(StatsError::TooFew {
                what: "classes of the source head",
                needed: 2,
                found: classes,
            });
        }
        let cases = values.len() / classes;
        same_length("source probabilities", cases * classes, values.len())?;
        check_probabilities("source probabilities", values)?;
        for (case, row) in values.chunks_exact(classes).enumerate() {
            let sum = row.iter().sum::<f64>();
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                return Err(StatsError::ProbabilitySum { case, sum });
            }
        }
        Ok(Self { values, classes })
    }

    fn rows(&self) -> impl Iterator<Item = &'a [f64]> {
        self.values.chunks_exact(self.classes)
    }

    fn check(&self, classes: &Classes) -> Result<(), StatsError> {
        same_length(
            "labels",
            self.values.len() / self.classes,
            classes.of_case().len(),
        )
    }
}

/// LEEP: the mean log probability of the labels, in nats, were they drawn from what each source
/// class, weighted by its probability, was seen with; at most 0, higher is better.
///
/// `mean over i of ln Σ_z P(yᵢ | z) θ(xᵢ)_z`, with `P(y | z)` from the sums of `θ` over these same
/// cases. Nguyen et al., *LEEP: a new measure to evaluate transferability of learned
/// representations*, 2020. Needs the source's own head, and cannot compare networks whose heads
/// have other classes fairly: more source classes fit these cases better. No likelihood of cases
/// that were not used.
pub fn leep(source: &SourceProbabilities, classes: &Classes) -> Result<f64, StatsError> {
    source.check(classes)?;
    let counts = Counts::new(
        source.rows().map(|row| row.iter().copied()),
        source,
        classes,
    );
    let mut total = 0.0;
    for (row, class) in source.rows().zip(classes.of_case()) {
        let expected = row.iter().zip(&counts.joint[*class]).zip(&counts.source);
        // A source class that never has any probability has none here.
        let likely = expected.filter(|(_, all)| **all > 0.0);
        total += likely
            .map(|((p, with), all)| p * with / all)
            .sum::<f64>()
            .ln();
    }
    finite(total / classes.of_case().len() as f64, "LEEP")
}

/// NCE: the negative conditional entropy of the labels given the most probable source class, in
/// nats; at most 0, higher is better.
///
/// `Σ P(y, z) ln P(y | z)` with `z` the source class of each case, the first of equally probable
/// ones. Tran et al., *Transferability and hardness of supervised classification tasks*, 2019. As
/// [`leep()`], with hard source classes: it cannot tell sources whose classes split every label.
pub fn nce(source: &SourceProbabilities, classes: &Classes) -> Result<f64, StatsError> {
    source.check(classes)?;
    let hard = source.rows().map(|row| {
        let first = (1..row.len()).fold(0, |best, z| if row[z] > row[best] { z } else { best });
        (0..row.len()).map(move |z| f64::from(u8::from(z == first)))
    });
    let counts = Counts::new(hard, source, classes);
    let mut total = 0.0;
    for with in &counts.joint {
        for (with, all) in with.iter().zip(&counts.source) {
            if *with > 0.0 {
                total += with * (with / all).ln();
            }
        }
    }
    finite(total / classes.of_case().len() as f64, "NCE")
}

/// Cases by class and source class, in shares.
struct Counts {
    /// `[classes][source classes]`.
    joint: Vec<Vec<f64>>,
    source: Vec<f64>,
}

impl Counts {
    fn new(
        rows: impl Iterator<Item = impl Iterator<Item = f64>>,
        source: &SourceProbabilities,
        classes: &Classes,
    ) -> Self {
        let mut joint = vec![vec![0.0; source.classes]; classes.count()];
        let mut all = vec![0.0; source.classes];
        for (row, class) in rows.zip(classes.of_case()) {
            let cells = joint[*class].iter_mut().zip(&mut all);
            for (share, (with, all)) in row.zip(cells) {
                *with += share;
                *all += share;
            }
        }
        Self { joint, source: all }
    }
}

fn finite(value: f64, what: &'static str) -> Result<f64, StatsError> {
    match value.is_finite() {
        // Rounding may put a perfect score a hair above 0.
        true => Ok(value.min(0.0)),
        false => Err(StatsError::Diverged { what }),
    }
}
