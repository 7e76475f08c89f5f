//! Classes of which there are many more than of others.

use images::Task;

use super::counts::Counts;
use crate::finding::{Finding, Kind, Severity};
use crate::subject::Subject;

/// Pictures of the commonest class to one of the rarest, from which on it is told.
const TIMES: usize = 20;

/// The rarest class against the commonest; the rarest finding against its absence.
pub(crate) fn finding(subject: &Subject, counts: &Counts) -> Option<Finding> {
    let of_class: Vec<usize> = (0..subject.classes.len())
        .map(|c| counts.of_class(c))
        .collect();
    let present = || {
        of_class
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, count)| *count > 0)
    };
    let (rarest, few) = present().min_by_key(|(_, count)| *count)?;
    let (against, many) = if subject.task == Task::Multilabel {
        let known: usize = counts.known.iter().map(|part| part[rarest]).sum();
        (format!("{} without it", known - few), known - few)
    } else {
        let (commonest, many) = present().max_by_key(|(_, count)| *count)?;
        (format!("{many} of `{}`", subject.classes[commonest]), many)
    };
    if many < TIMES * few {
        return None;
    }
    let name = &subject.classes[rarest];
    let found = Finding::new(Kind::Imbalance, Severity::Note, few).says(
        format!("{few} pictures of `{name}` stand against {against}."),
        "Accuracy is high for a network that never names the rare one; its AUC and sensitivity \
         rest on few pictures.",
        "Read AUC, sensitivity and average precision rather than accuracy. Small training sets \
         keep the shares, so the smallest holds few of the rare one.",
    );
    Some(found)
}
