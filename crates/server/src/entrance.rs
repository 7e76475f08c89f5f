//! What every request passes on its way in, and every answer on its way out.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::hall::Hall;

/// What a page of the server may load: its own styles, scripts, pictures and numbers.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Lets in who may, and tells browsers what every answer may do.
pub(crate) async fn enter(State(hall): State<Arc<Hall>>, request: Request, next: Next) -> Response {
    let gate = hall.gate();
    let headers = request.headers();
    let mut response = match gate.check_host(headers) {
        Err(refusal) => refusal.into_response(),
        Ok(()) if gate.is_introduced(request.uri().query()) => {
            gate.welcome(&plain_path(request.uri().path()))
        }
        Ok(()) => match gate.check_token(headers) {
            Err(refusal) => refusal.into_response(),
            Ok(()) => next.run(request).await,
        },
    };
    let headers = response.headers_mut();
    let policy = HeaderValue::from_static(POLICY);
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let frames = HeaderValue::from_static("SAMEORIGIN");
    headers.insert(X_FRAME_OPTIONS, frames);
    response
}

/// A path of ours, or the first page: nothing of what was asked for gets into a page as it is.
fn plain_path(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '.');
    match path.starts_with('/') && !path.starts_with("//") && path.chars().all(is_plain) {
        true => path.into(),
        false => "/".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::plain_path;

    #[test]
    fn only_plain_paths_get_into_a_page() {
        assert_eq!(plain_path("/study/0f"), "/study/0f");
        for path in ["//evil.example", "/\"><script>", "", "x", "/%22"] {
            assert_eq!(plain_path(path), "/");
        }
    }
}
