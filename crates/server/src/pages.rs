//! The two pages: all studies, and one of them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use live::{JobState, Summary};

use crate::answer::html;
use crate::hall::Hall;
use crate::refusal::Refusal;
use crate::studies::summaries;

#[derive(Template)]
#[template(path = "studies.html")]
struct StudiesPage {
    studies: Vec<Summary>,
}

impl StudiesPage {
    fn count(&self, study: &Summary, state: JobState) -> usize {
        study.counts.of(state)
    }
}

#[derive(Template)]
#[template(path = "study.html")]
struct StudyPage {
    summary: Summary,
    allow_stop: bool,
    epoch: String,
    key: String,
}

pub(crate) async fn studies(State(hall): State<Arc<Hall>>) -> Result<Response, Refusal> {
    let page = StudiesPage {
        studies: summaries(&hall),
    };
    drawn(&page)
}

pub(crate) async fn study(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
) -> Result<Response, Refusal> {
    let page = StudyPage {
        summary: hall.study(&key)?.summary(),
        allow_stop: hall.allow_stop,
        epoch: hall.epoch.clone(),
        key: hall.gate().key().reveal().to_owned(),
    };
    drawn(&page)
}

fn drawn(page: &impl Template) -> Result<Response, Refusal> {
    let text = page.render().map_err(|e| Refusal::Failed(e.to_string()))?;
    Ok(html(text))
}
