//! What a study takes at least, and at most, whose seeds are added until all is decided.

use study::StudyPlan;

use super::super::table::duration;

/// The looks in words; none where the number of seeds is given. `trials` and `runs`: seconds of all.
pub(super) fn looks(plan: &StudyPlan, trials: f64, runs: f64) -> Option<String> {
    let looks = &plan.compare.looks;
    let (first, last) = (looks.first()?, looks.last()?);
    let fewest = plan.runs.iter().filter(|run| run.seed < *first as u64);
    let fewest = fewest.count();
    let share = *first as f64 / *last as f64;
    let all: Vec<String> = looks.iter().map(usize::to_string).collect();
    Some(format!(
        "looks after {} seeds: at least {fewest} runs, about {}, and at most all of them",
        all.join(", "),
        duration(trials + share * runs)
    ))
}
