//! What changes something: stopping and resuming a study, where the server was started so.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use live::{JobState, Study};

use crate::answer::json;
use crate::hall::Hall;
use crate::refusal::Refusal;
use crate::token::Token;

/// The study, if it may be acted on by who asks.
fn allowed(hall: &Hall, headers: &HeaderMap, key: &str) -> Result<Arc<Study>, Refusal> {
    if !hall.allow_stop {
        return Err(Refusal::ReadOnly);
    }
    hall.gate().check_own(headers)?;
    hall.study(key)
}

/// Asks every process that works on the study to stop after its current step.
pub(crate) async fn stop(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let study = allowed(&hall, &headers, &key)?;
    let word = Token::random().map_err(|e| Refusal::Failed(e.to_string()))?;
    let asked = study.clone();
    let stopped = hall
        .patience
        .wait(&study, move || asked.directory().ask_to_stop(word.reveal()))
        .await?;
    stopped.map_err(|e| Refusal::Failed(e.to_string()))?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// Goes on with a study that nobody works on, on this machine.
pub(crate) async fn resume(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let study = allowed(&hall, &headers, &key)?;
    if study.summary().counts.of(JobState::Running) > 0 {
        return Err(Refusal::Conflict(
            "somebody works on this study already".into(),
        ));
    }
    let (asked, hall_too) = (study.clone(), hall.clone());
    let started = hall
        .patience
        .wait(&study, move || {
            let key = asked.key().as_str();
            hall_too
                .resumptions
                .start(key, &hall_too.program, asked.path())
        })
        .await?;
    match started {
        Ok(true) => Ok(StatusCode::ACCEPTED.into_response()),
        Ok(false) => Err(Refusal::Conflict(
            "it was resumed from here and runs still".into(),
        )),
        Err(error) => Err(Refusal::Failed(format!(
            "cannot start the program: {error}"
        ))),
    }
}

/// What became of a study that was resumed from here.
pub(crate) async fn resumed(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
) -> Result<Response, Refusal> {
    hall.study(&key)?;
    Ok(json(&hall.resumptions.of(&key)))
}
