//! What is answered where.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::assets::asset;
use crate::entrance::enter;
use crate::hall::Hall;
use crate::refusal::Refusal;
use crate::{actions, events, jobs, pages, pictures, predictions, reports, studies};

/// Everything that is answered. Studies are named by their keys and jobs by their numbers: no path
/// of a file comes from who asks.
pub(crate) fn routes(hall: Arc<Hall>) -> Router {
    Router::new()
        .route("/", get(pages::studies))
        .route("/study/{key}", get(pages::study))
        .route("/study/{key}/report", get(reports::page))
        .route("/assets/{name}", get(asset))
        .route("/api/studies", get(studies::all))
        .route("/api/events", get(events::of_all))
        .route("/api/study/{key}", get(studies::one))
        .route("/api/study/{key}/events", get(events::of_one))
        .route("/api/study/{key}/jobs", get(jobs::page))
        .route("/api/study/{key}/job/{number}", get(jobs::detail))
        .route("/api/study/{key}/report", get(reports::standing))
        .route("/api/study/{key}/predictions", get(predictions::page))
        .route("/api/study/{key}/picture", get(pictures::picture))
        .route("/api/study/{key}/stop", post(actions::stop))
        .route("/api/study/{key}/resume", post(actions::resume))
        .route("/api/study/{key}/resumed", get(actions::resumed))
        .fallback(async || Refusal::Nothing)
        .layer(from_fn_with_state(hall.clone(), enter))
        .with_state(hall)
}
