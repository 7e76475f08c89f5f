//! Which jobs of a study are asked for.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::job_row::{JobRow, all_shared};
use crate::job_state::JobState;

/// Most rows of one page.
const MOST: usize = 500;

/// In which order jobs are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By number.
    #[default]
    Number,
    /// What runs, then what failed, and so on; by number within.
    State,
    /// The highest validation AUC first; those without one last.
    Auc,
    /// What changed last first.
    Change,
}

/// Which jobs of a study are asked for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Place of the first row, from 0.
    pub from: usize,
    /// Rows, at most 500; 0 for as many as there may be.
    pub count: usize,
    /// Only those that stand so.
    pub state: Option<JobState>,
    /// Only those of this kind, by its word.
    pub kind: Option<String>,
    /// Only those whose description or identity has this text, in any letter case.
    pub find: String,
    /// In which order.
    pub order: Order,
}

/// A page of jobs.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The revision of the study that this is of.
    pub revision: u64,
    /// Place of the first row among those that match.
    pub from: usize,
    /// Jobs that match.
    pub matching: usize,
    /// Those of this page.
    #[serde(serialize_with = "all_shared")]
    pub jobs: Vec<Arc<JobRow>>,
}

impl Query {
    /// The page of these rows that is asked for.
    pub(crate) fn page(&self, rows: &[Arc<JobRow>], revision: u64) -> Page {
        let find = self.find.to_lowercase();
        let mut matching: Vec<&Arc<JobRow>> = rows
            .iter()
            .filter(|row| self.state.is_none_or(|state| row.state == state))
            .filter(|row| {
                self.kind
                    .as_deref()
                    .is_none_or(|kind| row.kind.name() == kind)
            })
            .filter(|row| {
                find.is_empty() || row.id.contains(&find) || row.what.to_lowercase().contains(&find)
            })
            .collect();
        matching.sort_by(|a, b| self.compare(a, b).then(a.number.cmp(&b.number)));
        let count = match self.count {
            0 => MOST,
            count => count.min(MOST),
        };
        let jobs = matching.iter().skip(self.from).take(count);
        Page {
            revision,
            from: self.from,
            matching: matching.len(),
            jobs: jobs.map(|row| Arc::clone(row)).collect(),
        }
    }

    fn compare(&self, a: &JobRow, b: &JobRow) -> Ordering {
        let auc = |row: &JobRow| row.best_auc.unwrap_or(f32::NEG_INFINITY);
        match self.order {
            Order::Number => Ordering::Equal,
            Order::State => a.state.cmp(&b.state),
            Order::Auc => auc(b).total_cmp(&auc(a)),
            Order::Change => b.changed.cmp(&a.changed),
        }
    }
}
