//! Predictions of a finished run, picture by picture.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use images::{Label, Task};
use live::{JobState, Study, clip};
use serde::{Deserialize, Serialize};

use crate::answer::json;
use crate::gallery::Judged;
use crate::hall::Hall;
use crate::pictures::test;
use crate::refusal::Refusal;

/// Most rows of one page.
const MOST: usize = 100;
/// Letters of the name of a picture.
const LETTERS: usize = 300;
/// Where a finding counts as seen: no operating point, only the middle.
const MIDDLE: f64 = 0.5;

#[derive(Deserialize)]
pub(crate) struct Asked {
    job: usize,
    #[serde(default = "test")]
    part: String,
    #[serde(default)]
    from: usize,
    #[serde(default)]
    count: usize,
    /// Index of the finding, where a study has findings.
    #[serde(default)]
    finding: usize,
    /// Index of the class that pictures are of; for a finding 1 where it is there and 0 where not.
    class: Option<usize>,
    /// Index of what was predicted, likewise.
    predicted: Option<usize>,
    /// Only those predicted rightly, or only the others.
    right: Option<bool>,
    #[serde(default)]
    order: Order,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Order {
    /// The most confident first.
    #[default]
    Sure,
    /// The least confident first.
    Unsure,
}

#[derive(Serialize)]
struct Page {
    from: usize,
    matching: usize,
    total: usize,
    classes: Vec<String>,
    is_multilabel: bool,
    parts: Vec<String>,
    may_show: bool,
    rows: Vec<Row>,
}

/// One picture, as it was predicted.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Verdict {
    row: usize,
    label: usize,
    predicted: usize,
    /// Probability of what was predicted.
    confidence: f64,
}

#[derive(Serialize)]
struct Row {
    row: usize,
    image: String,
    label: usize,
    predicted: usize,
    confidence: f64,
}

pub(crate) async fn page(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let study = hall.study(&key)?;
    let (read, hall_too) = (study.clone(), hall.clone());
    let page = hall
        .patience
        .wait(&study, move || listed(&hall_too, &read, &asked))
        .await?;
    page.map(|page| json(&page)).map_err(Refusal::Failed)
}

fn listed(hall: &Hall, study: &Study, asked: &Asked) -> Result<Page, String> {
    let job = study
        .job(asked.job)
        .filter(|job| job.state == JobState::Done);
    let job = job.ok_or("this run is not done")?;
    let judged = hall.gallery.predictions(study, &job, &asked.part)?;
    let all = verdicts(&judged, asked.finding);
    let total = all.len();
    let mut matching: Vec<Verdict> = all.into_iter().filter(|v| asked.matches(v)).collect();
    matching.sort_by(|a, b| {
        let by_confidence = match asked.order {
            Order::Sure => b.confidence.total_cmp(&a.confidence),
            Order::Unsure => a.confidence.total_cmp(&b.confidence),
        };
        by_confidence.then(a.row.cmp(&b.row))
    });
    let count = match asked.count {
        0 => MOST,
        count => count.min(MOST),
    };
    let rows = matching
        .iter()
        .skip(asked.from)
        .take(count)
        .map(|verdict| Row {
            row: verdict.row,
            image: clip(&judged.predictions.images[verdict.row], LETTERS),
            label: verdict.label,
            predicted: verdict.predicted,
            confidence: verdict.confidence,
        });
    Ok(Page {
        from: asked.from,
        matching: matching.len(),
        total,
        classes: judged
            .classes
            .iter()
            .map(|class| clip(class, LETTERS))
            .collect(),
        is_multilabel: judged.task == Task::Multilabel,
        parts: judged.parts.clone(),
        may_show: judged.may_show,
        rows: rows.collect(),
    })
}

impl Asked {
    fn matches(&self, verdict: &Verdict) -> bool {
        self.class.is_none_or(|class| class == verdict.label)
            && self
                .predicted
                .is_none_or(|class| class == verdict.predicted)
            && self
                .right
                .is_none_or(|right| right == (verdict.label == verdict.predicted))
    }
}

/// Every picture as it was predicted: by the most probable class, or for one finding by whether its
/// probability is above the middle. Pictures of which the finding is not known are left out.
fn verdicts(judged: &Judged, finding: usize) -> Vec<Verdict> {
    let classes = judged.classes.len().max(1);
    let all = judged.predictions.probabilities.chunks_exact(classes);
    let all = all.zip(&judged.predictions.labels).enumerate();
    let verdicts = all.filter_map(|(row, (probabilities, label))| {
        let (label, predicted, confidence) = match label {
            Label::Class(class) => {
                let places = probabilities.iter().copied().enumerate();
                let (predicted, most) = places.reduce(|a, b| if b.1 > a.1 { b } else { a })?;
                (*class, predicted, most)
            }
            Label::Findings(findings) => {
                let is_there = (*findings.get(finding)?)?;
                let probability = *probabilities.get(finding)?;
                let is_seen = probability > MIDDLE;
                let confidence = if is_seen {
                    probability
                } else {
                    1.0 - probability
                };
                (usize::from(is_there), usize::from(is_seen), confidence)
            }
        };
        Some(Verdict {
            row,
            label,
            predicted,
            confidence,
        })
    });
    verdicts.collect()
}

#[cfg(test)]
mod tests {
    use record::Predictions;

    use super::*;

    fn judged(labels: Vec<Label>, probabilities: Vec<f64>, classes: usize) -> Judged {
        let images = (0..labels.len()).map(|i| i.to_string()).collect();
        Judged {
            predictions: Predictions {
                images,
                patients: vec![None; labels.len()],
                labels,
                probabilities,
                attributes: vec![],
            },
            task: Task::Multiclass,
            classes: vec!["c".into(); classes],
            parts: vec![],
            may_show: true,
        }
    }

    #[test]
    fn the_most_probable_class_is_predicted_and_unknown_findings_are_left_out() {
        let verdict = |row, label, predicted, confidence| Verdict {
            row,
            label,
            predicted,
            confidence,
        };
        let classes = judged(
            vec![Label::Class(2), Label::Class(0)],
            vec![0.2, 0.5, 0.3, 0.4, 0.4, 0.2],
            3,
        );
        assert_eq!(
            verdicts(&classes, 0),
            [verdict(0, 2, 1, 0.5), verdict(1, 0, 0, 0.4)]
        );
        let findings = judged(
            vec![
                Label::Findings(vec![Some(true), None]),
                Label::Findings(vec![Some(false), Some(true)]),
            ],
            vec![0.25, 0.5, 0.5, 0.75],
            2,
        );
        assert_eq!(
            verdicts(&findings, 0),
            [verdict(0, 1, 0, 0.75), verdict(1, 0, 0, 0.5)]
        );
        assert_eq!(verdicts(&findings, 1), [verdict(1, 1, 1, 0.75)]);
        assert_eq!(verdicts(&findings, 7), []);
    }
}
