//! Jobs of a study: a page of rows, and one with all that its files say.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use live::{JobState, Order};
use serde::Deserialize;

use crate::answer::json;
use crate::hall::Hall;
use crate::refusal::Refusal;

/// Letters that are searched for, at most.
const LETTERS: usize = 200;

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    from: usize,
    #[serde(default)]
    count: usize,
    #[serde(default)]
    state: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    find: String,
    #[serde(default)]
    order: Order,
}

pub(crate) async fn page(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let state = match asked.state.as_str() {
        "" => None,
        word => Some(state(word)?),
    };
    let query = live::Query {
        from: asked.from,
        count: asked.count,
        state,
        kind: Some(asked.kind).filter(|kind| !kind.is_empty()),
        find: asked.find.chars().take(LETTERS).collect(),
        order: asked.order,
    };
    Ok(json(&hall.study(&key)?.jobs(&query)))
}

fn state(word: &str) -> Result<JobState, Refusal> {
    let known = JobState::ALL.into_iter();
    let mut known = known.filter(|state| state.word() == word);
    known.next().ok_or_else(|| {
        let words: Vec<&str> = JobState::ALL.iter().map(|state| state.word()).collect();
        Refusal::Question(format!("expected a state of {}", words.join(", ")))
    })
}

pub(crate) async fn detail(
    State(hall): State<Arc<Hall>>,
    Path((key, number)): Path<(String, usize)>,
) -> Result<Response, Refusal> {
    let study = hall.study(&key)?;
    let asked = study.clone();
    let detail = hall
        .patience
        .wait(&study, move || asked.detail(number))
        .await?;
    match detail {
        Ok(Some(detail)) => Ok(json(&detail)),
        Ok(None) => Err(Refusal::Nothing),
        Err(error) => Err(Refusal::Failed(error.to_string())),
    }
}
