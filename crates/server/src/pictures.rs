//! Pictures of a study, small.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use live::{JobState, Study};
use serde::Deserialize;

use crate::answer::typed;
use crate::hall::Hall;
use crate::refusal::Refusal;

/// Edge of a small picture.
const PIXELS: usize = 160;

/// A picture, named by the row of a run's predictions.
#[derive(Deserialize)]
pub(crate) struct Asked {
    job: usize,
    #[serde(default = "test")]
    part: String,
    row: usize,
}

pub(crate) fn test() -> String {
    "test".into()
}

pub(crate) async fn picture(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let study = hall.study(&key)?;
    let (read, hall_too) = (study.clone(), hall.clone());
    let png = hall
        .patience
        .wait(&study, move || draw(&hall_too, &read, &asked))
        .await?;
    Ok(typed("image/png", png.map_err(Refusal::Missing)?))
}

fn draw(hall: &Hall, study: &Study, asked: &Asked) -> Result<Vec<u8>, String> {
    let job = study
        .job(asked.job)
        .filter(|job| job.state == JobState::Done);
    let job = job.ok_or("this run is not done")?;
    let judged = hall.gallery.predictions(study, &job, &asked.part)?;
    if !judged.may_show {
        return Err("the study says that its pictures are not to be shown".into());
    }
    let image = judged
        .predictions
        .images
        .get(asked.row)
        .ok_or("no such row")?;
    hall.gallery.source(study)?.thumbnail(image, PIXELS)
}
