//! Several rows of one picture: boxes, readers, views of a spreadsheet.

use std::collections::HashMap;

use images::{Label, Partition, Task};
use stats::nominal_alpha;

use crate::policy::Rows;
use crate::refusal::Refusal;

/// A row with everything read.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// From 1.
    pub(crate) line: u64,
    /// The picture's name as written.
    pub(crate) written: String,
    /// What tells pictures apart: the place of the file found, or of the name where none is sought.
    pub(crate) picture: usize,
    pub(crate) label: Label,
    pub(crate) patient: Option<String>,
    pub(crate) partition: Option<Partition>,
    pub(crate) attributes: Vec<String>,
}

/// One row a picture, in the order of their first rows, and a sentence where there were several.
pub(crate) fn merged(
    file: &str,
    rows: Vec<Row>,
    policy: Rows,
    task: Task,
    classes: usize,
) -> Result<(Vec<Row>, Option<String>), Refusal> {
    let mut places: HashMap<usize, usize> = HashMap::new();
    let mut groups: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        match places.get(&row.picture) {
            Some(place) => groups[*place].push(row),
            None => {
                places.insert(row.picture, groups.len());
                groups.push(vec![row]);
            }
        }
    }
    let note = agreement(&groups, policy);
    let merge = Merge {
        file,
        policy,
        task,
        classes,
    };
    let rows = groups.into_iter().map(|group| merge.group(group));
    Ok((rows.collect::<Result<_, _>>()?, note))
}

struct Merge<'a> {
    file: &'a str,
    policy: Rows,
    task: Task,
    classes: usize,
}

impl Merge<'_> {
    fn group(&self, group: Vec<Row>) -> Result<Row, Refusal> {
        let mut rows = group.iter();
        let Some(first) = rows.next() else {
            return Err(Refusal::at(self.file, "a row", "none", "report this"));
        };
        for row in rows {
            self.check_same(first, row)?;
        }
        let label = match group.iter().all(|row| row.label == first.label) {
            true => first.label.clone(),
            false => self.label(first, &group)?,
        };
        Ok(Row {
            label,
            ..first.clone()
        })
    }

    /// A picture has one patient and one part, whatever its rows say of the label.
    fn check_same(&self, first: &Row, row: &Row) -> Result<(), Refusal> {
        let apart = |what: &str, a: &str, b: &str| {
            Refusal::on_line(
                self.file,
                row.line,
                format!("one {what} for picture {}", row.written),
                format!("{b}, but {a} on line {}", first.line),
                "correct the table",
            )
        };
        if first.patient != row.patient {
            let name = |row: &Row| row.patient.clone().unwrap_or_default();
            return Err(apart("patient", &name(first), &name(row)));
        }
        if first.partition != row.partition {
            let name = |row: &Row| row.partition.map_or("none", Partition::name);
            return Err(apart("part of the split", name(first), name(row)));
        }
        let stem = |row: &Row| {
            crate::name::cleaned(&row.written)
                .map(|name| crate::name::folded(crate::name::stem(&name)))
        };
        let (a, b) = (stem(first), stem(row));
        let ends = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => {
                a == b || a.ends_with(&format!("/{b}")) || b.ends_with(&format!("/{a}"))
            }
            _ => false,
        };
        match ends(&a, &b) {
            true => Ok(()),
            // Two names that differ lead to one file only where one of them has none of its own.
            false => Err(apart("name", &first.written, &row.written)),
        }
    }

    fn label(&self, first: &Row, group: &[Row]) -> Result<Label, Refusal> {
        let other = group
            .iter()
            .find(|row| row.label != first.label)
            .unwrap_or(first);
        let refuse = |write: &str| {
            Refusal::on_line(
                self.file,
                other.line,
                format!(
                    "the same label as on line {} for picture {}",
                    first.line, first.written
                ),
                "another",
                write,
            )
        };
        match (&first.label, self.policy) {
            (_, Rows::Same) => Err(refuse(
                "correct the table, or write rows = \"any\" (present if any row says so, the highest grade), \"majority\" or \"mean\"",
            )),
            (Label::Findings(findings), policy) => {
                let votes = (0..findings.len()).map(|finding| {
                    let said = group.iter().filter_map(|row| row.label.has(finding));
                    verdict(said, policy)
                });
                Ok(Label::Findings(votes.collect()))
            }
            (Label::Class(_), Rows::Any) if self.task == Task::Multiclass && self.classes > 2 => {
                Err(refuse(
                    "rows = \"any\" needs grades, findings or two classes: write rows = \"majority\", or correct the table",
                ))
            }
            (Label::Class(_), Rows::Mean) if self.task == Task::Multiclass => Err(refuse(
                "rows = \"mean\" needs grades (task = \"ordinal\") or findings: write rows = \"majority\", or correct the table",
            )),
            (Label::Class(_), policy) => {
                let classes: Vec<usize> =
                    group.iter().filter_map(|row| row.label.class()).collect();
                self.class(&classes, policy).map(Label::Class).ok_or_else(|| {
                    refuse("as many rows say one as the other: correct the table, or write rows = \"any\" or, for grades, \"mean\"")
                })
            }
        }
    }

    /// One class of several; `None` where a majority is even.
    fn class(&self, said: &[usize], policy: Rows) -> Option<usize> {
        match policy {
            Rows::Same | Rows::Any => said.iter().copied().max(),
            Rows::Mean => {
                let (sum, count) = (said.iter().sum::<usize>(), said.len());
                Some((2 * sum + count) / (2 * count))
            }
            Rows::Majority => {
                let count = |class: usize| said.iter().filter(|other| **other == class).count();
                let most = said.iter().map(|class| count(*class)).max()?;
                let mut leading: Vec<usize> = said
                    .iter()
                    .copied()
                    .filter(|class| count(*class) == most)
                    .collect();
                leading.sort_unstable();
                leading.dedup();
                (leading.len() == 1).then(|| leading[0])
            }
        }
    }
}

/// What several readings of a finding become; readings that are unknown do not vote.
fn verdict(said: impl Iterator<Item = bool>, policy: Rows) -> Option<bool> {
    let (mut present, mut absent) = (0, 0);
    said.for_each(|is_present| {
        *(if is_present {
            &mut present
        } else {
            &mut absent
        }) += 1
    });
    match policy {
        _ if present + absent == 0 => None,
        Rows::Any => Some(present > 0),
        Rows::Mean => Some(present >= absent),
        Rows::Same | Rows::Majority if present == absent => None,
        Rows::Same | Rows::Majority => Some(present > absent),
    }
}

/// How far the rows of a picture agree, where pictures have several.
fn agreement(groups: &[Vec<Row>], policy: Rows) -> Option<String> {
    let several: Vec<&Vec<Row>> = groups.iter().filter(|group| group.len() > 1).collect();
    if several.is_empty() {
        return None;
    }
    let agree = several
        .iter()
        .filter(|group| group.iter().all(|row| row.label == group[0].label))
        .count();
    let mut cases: Vec<Vec<usize>> = Vec::new();
    for group in &several {
        match &group[0].label {
            Label::Class(_) => {
                cases.push(group.iter().filter_map(|row| row.label.class()).collect())
            }
            Label::Findings(findings) => cases.extend((0..findings.len()).map(|finding| {
                group
                    .iter()
                    .filter_map(|row| row.label.has(finding))
                    .map(usize::from)
                    .collect()
            })),
        }
    }
    let alpha = match nominal_alpha(cases.iter().map(Vec::as_slice)) {
        Some(alpha) => format!("Krippendorff's alpha {alpha:.2}"),
        None => "agreement beyond chance is undefined, as all say one thing".into(),
    };
    let word = match policy {
        Rows::Same => "same",
        Rows::Any => "any",
        Rows::Majority => "majority",
        Rows::Mean => "mean",
    };
    Some(format!(
        "{} of {} pictures have several rows; on {agree} of them all rows agree ({alpha}); they are one by rows = \"{word}\"",
        several.len(),
        groups.len()
    ))
}
