//! Changes as they come, over server-sent events: what a page that lost its connection missed is
//! told when it comes back.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use live::{Study, StudyKey, Summary};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{sleep, timeout};

use crate::hall::Hall;
use crate::refusal::Refusal;

/// Something is sent at least so often, so that a connection that broke is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long what is to be told is waited for, before silence itself is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Between two events of one reader.
const PAUSE: Duration = Duration::from_millis(200);

/// Where a page was that asks for what came after.
#[derive(Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    after: String,
}

/// A reader of one study.
struct Reader {
    study: Arc<Study>,
    changes: watch::Receiver<u64>,
    epoch: String,
    since: u64,
    /// What was told of the study beside its revision.
    told: Option<Told>,
    _slot: OwnedSemaphorePermit,
}

/// What of a study changes without a revision.
#[derive(Clone, PartialEq)]
struct Told {
    revision: u64,
    is_silent: bool,
    is_read: bool,
    problem: Option<String>,
}

impl Told {
    fn of(summary: &Summary) -> Self {
        Self {
            revision: summary.revision,
            is_silent: summary.silent_for.is_some(),
            is_read: summary.is_read,
            problem: summary.problem.clone(),
        }
    }
}

pub(crate) async fn of_one(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
    Query(asked): Query<After>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let study = hall.study(&key)?;
    // A browser that comes back says where it was; a page that was just loaded says so itself.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let reader = Reader {
        study,
        changes: hall.changes.clone(),
        since: revision(last.unwrap_or(&asked.after), &hall.epoch),
        epoch: hall.epoch.clone(),
        told: None,
        _slot: slot(&hall)?,
    };
    Ok(sent(unfold(Some(reader), |reader| async {
        let mut reader = reader?;
        loop {
            if reader.study.is_gone() {
                return Some((Ok(Event::default().event("gone").data("{}")), None));
            }
            let summary = reader.study.summary();
            let told = Told::of(&summary);
            if reader.told.as_ref() != Some(&told) {
                let changes = reader.study.changes(reader.since);
                let id = format!("{}-{}", reader.epoch, changes.revision);
                let event = event("changes", &changes).id(id);
                (reader.since, reader.told) = (changes.revision, Some(told));
                return Some((Ok(event), Some(reader)));
            }
            wait(&mut reader.changes).await;
        }
    })))
}

/// A reader of the list.
struct ListReader {
    hall: Arc<Hall>,
    changes: watch::Receiver<u64>,
    told: BTreeMap<StudyKey, Told>,
    is_first: bool,
    _slot: OwnedSemaphorePermit,
}

/// What changed in the list.
#[derive(Serialize)]
struct ListChanges {
    /// Whether `studies` are all there are.
    is_all: bool,
    studies: Vec<Summary>,
    gone: Vec<StudyKey>,
}

pub(crate) async fn of_all(State(hall): State<Arc<Hall>>) -> Result<Response, Refusal> {
    let reader = ListReader {
        changes: hall.changes.clone(),
        told: BTreeMap::new(),
        is_first: true,
        _slot: slot(&hall)?,
        hall,
    };
    Ok(sent(unfold(reader, |mut reader| async {
        loop {
            if let Some(changes) = reader.changes() {
                return Some((Ok(event("studies", &changes)), reader));
            }
            wait(&mut reader.changes).await;
        }
    })))
}

impl ListReader {
    fn changes(&mut self) -> Option<ListChanges> {
        let now = crate::studies::summaries(&self.hall);
        let told: BTreeMap<_, _> = now.iter().map(|s| (s.key.clone(), Told::of(s))).collect();
        let before = std::mem::replace(&mut self.told, told);
        let changes = ListChanges {
            is_all: std::mem::take(&mut self.is_first),
            gone: before
                .keys()
                .filter(|key| !self.told.contains_key(key))
                .cloned()
                .collect(),
            studies: now
                .into_iter()
                .filter(|study| before.get(&study.key) != self.told.get(&study.key))
                .collect(),
        };
        let has_any = changes.is_all || !changes.studies.is_empty() || !changes.gone.is_empty();
        has_any.then_some(changes)
    }
}

/// Waits until something may have changed.
async fn wait(changes: &mut watch::Receiver<u64>) {
    sleep(PAUSE).await;
    timeout(LOOK_EVERY, changes.changed()).await.ok();
}

fn slot(hall: &Hall) -> Result<OwnedSemaphorePermit, Refusal> {
    hall.readers
        .clone()
        .try_acquire_owned()
        .map_err(|_| Refusal::Full)
}

fn event(name: &str, value: &impl Serialize) -> Event {
    let data = serde_json::to_string(value).unwrap_or_default();
    Event::default().event(name).data(data)
}

fn sent(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(HEARTBEAT))
        .into_response()
}

/// The revision that `epoch-revision` names; the first one for that of a server before this one.
fn revision(id: &str, epoch: &str) -> u64 {
    let known = id
        .strip_prefix(epoch)
        .and_then(|rest| rest.strip_prefix('-'));
    known.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::revision;

    #[test]
    fn a_revision_of_another_server_is_none_of_ours() {
        assert_eq!(revision("1a-12", "1a"), 12);
        for id in ["", "1b-12", "1a", "1a-", "1a-x", "12"] {
            assert_eq!(revision(id, "1a"), 0, "{id}");
        }
    }
}
