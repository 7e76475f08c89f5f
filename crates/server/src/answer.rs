//! Answers in their formats.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => typed("application/json", text),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A page.
pub(crate) fn html(text: String) -> Response {
    typed("text/html; charset=utf-8", text)
}

/// Bytes of a format.
pub(crate) fn typed(format: &'static str, body: impl IntoResponse) -> Response {
    let header: [(HeaderName, &str); 1] = [(CONTENT_TYPE, format)];
    (header, body).into_response()
}
