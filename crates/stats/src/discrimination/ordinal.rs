use crate::{ClassScores, StatsError};

/// The probability of grade `least` or worse in each case, in `0..=1`:
/// `P(grade ≥ k) = Σ_{j ≥ k} pⱼ` from softmax probabilities over ordered grades.
///
/// The score behind a headline such as "moderate or worse". It adds what the network already
/// says; it is not an ordinal regression. `least`: 1 to `classes − 1`, as grade 0 or worse is
/// every case.
pub fn probability_at_least(
    probabilities: &ClassScores<'_>,
    least: usize,
) -> Result<Vec<f64>, StatsError> {
    if least == 0 || least >= probabilities.classes() {
        return Err(StatsError::Parameter {
            parameter: "lowest positive grade",
            expected: "at least 1 and below the number of grades",
            found: least as f64,
        });
    }
    probabilities.check_probabilities()?;
    let tail = |row: &[f64]| row[least..].iter().sum::<f64>().min(1.0);
    Ok(probabilities.rows().map(tail).collect())
}

/// Whether each case is of grade `least` or worse: the labels that go with
/// [`probability_at_least`].
pub fn at_least(grades: &[usize], least: usize) -> Vec<bool> {
    grades.iter().map(|&grade| grade >= least).collect()
}
