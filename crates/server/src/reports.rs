//! Reports, as they are asked for.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Response;
use serde::Serialize;

use crate::answer::{html, json};
use crate::hall::Hall;
use crate::refusal::Refusal;

/// What a report may do: run its own script and be shown in a page of ours, in an origin of its own
/// that nothing here trusts.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts allow-downloads";

/// How a report stands.
#[derive(Serialize)]
struct Standing {
    /// Whether there is a page to show.
    is_there: bool,
    /// Whether it has every record that is there.
    is_current: bool,
    is_being_made: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// How the report of a study stands; asking for it begins a new one where one is due.
pub(crate) async fn standing(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
) -> Result<Response, Refusal> {
    let study = hall.study(&key)?;
    let kept = hall.reports.ask(&study);
    Ok(json(&Standing {
        is_there: kept.page.is_some(),
        is_current: kept.records == Some(study.summary().records),
        is_being_made: kept.is_being_made,
        made_at: kept.made_at,
        error: kept.error,
    }))
}

/// The report of a study as it was made last.
pub(crate) async fn page(
    State(hall): State<Arc<Hall>>,
    Path(key): Path<String>,
) -> Result<Response, Refusal> {
    let study = hall.study(&key)?;
    let kept = hall.reports.ask(&study);
    let page = kept.page.ok_or_else(|| match kept.error {
        Some(error) => Refusal::Failed(error),
        None => Refusal::Conflict("the report is being made; ask again".into()),
    })?;
    let mut response = html(page.to_string());
    let policy = HeaderValue::from_static(POLICY);
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}
