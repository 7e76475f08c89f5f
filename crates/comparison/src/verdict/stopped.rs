//! Why no more seeds are trained, where they are added until all is decided.

use record::results::{Clause, FutilityResult, Outcome, SequentialResult};

use super::clauses::clause;

/// What stopped the study, and what that saved; none while it goes on, or where every seed was used.
pub(super) fn stopped(sequential: &SequentialResult) -> Option<Clause> {
    let (reached, most) = (sequential.reached?, sequential.looks.last()?);
    if !sequential.stopped || reached >= *most {
        return None;
    }
    let all = &sequential.comparisons;
    let undecided = all.iter().filter(|c| c.outcome == Outcome::Undecided);
    let futile = undecided.count();
    let why = match (all.len() - futile, futile) {
        (decided, 0) => format!("every comparison is decided ({decided})"),
        (0, futile) => format!("no comparison is expected to be decided by more seeds ({futile})"),
        (decided, futile) => format!(
            "every comparison is decided ({decided}) or not expected to be by more seeds ({futile})"
        ),
    };
    let text = format!(
        "Stopped after {reached} of {most} seeds, as {why}: {} runs were not needed. Intervals of differences hold over all looks together.",
        sequential.saved
    );
    Some(clause("stopped", text, vec!["/sequential".into()], "arms"))
}

/// What more seeds would do for a comparison of these arms that is undecided, in words; none where
/// they may help, or where their number is given.
pub(super) fn futile(
    sequential: Option<&SequentialResult>,
    [arm, baseline]: [&str; 2],
) -> Option<String> {
    let sequential = sequential?;
    let most = sequential.looks.last()?;
    Some(match sequential.of(arm, baseline)?.futile? {
        FutilityResult::Patients => {
            "; more seeds do not help: the test patients alone leave it open".into()
        }
        FutilityResult::Seeds => format!("; {most} seeds are not expected to decide it"),
        FutilityResult::NothingVaries => "; nothing varies that more seeds could tell".into(),
    })
}
