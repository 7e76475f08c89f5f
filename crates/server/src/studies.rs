//! Studies in short.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use live::Summary;
use serde::Serialize;

use crate::answer::json;
use crate::hall::Hall;
use crate::refusal::Refusal;

#[derive(Serialize)]
struct One {
    epoch: String,
    summary: Summary,
    classes: Vec<String>,
    allow_stop: bool,
}

pub(crate) async fn all(State(hall): State<Arc<Hall>>) -> Response {
    json(&summaries(&hall))
}

/// Every study in short, by name.
pub(crate) fn summaries(hall: &Hall) -> Vec<Summary> {
    hall.watcher
        .studies()
        .iter()
        .map(|study| study.summary())
        .collect()
}

pub(crate) async fn one(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
) -> Result<Response, Refusal> {
    let study = hall.study(&key)?;
    Ok(json(&One {
        epoch: hall.epoch.clone(),
        summary: study.summary(),
        classes: study.outline().classes.clone(),
        allow_stop: hall.allow_stop,
    }))
}
