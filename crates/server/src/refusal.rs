//! Why something that was asked for is not given.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use thiserror::Error;

use crate::answer::json;

/// Why something that was asked for is not given.
#[derive(Debug, Error)]
pub(crate) enum Refusal {
    #[error("no such page")]
    Nothing,
    #[error("no such study: it is not below the folders that are served, or was removed")]
    NoStudy,
    #[error("expected the token of the address that the server printed when it started")]
    Token,
    #[error(
        "expected localhost in the address; where the server is to be reached by another name, start it with --listen"
    )]
    Host,
    #[error("{0}")]
    Question(String),
    #[error("this server only shows; start it with --allow-stop")]
    ReadOnly,
    #[error("expected a request of the server's own page")]
    Foreign,
    #[error("{0}")]
    Missing(String),
    #[error("{0}")]
    Conflict(String),
    #[error("the file system of this study has not answered for {0} s")]
    Silent(u64),
    #[error("too many readers; close other pages")]
    Full,
    #[error("{0}")]
    Failed(String),
}

#[derive(Serialize)]
struct Told {
    error: String,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Nothing | Self::NoStudy | Self::Missing(_) => StatusCode::NOT_FOUND,
            Self::Token => StatusCode::UNAUTHORIZED,
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::Question(_) => StatusCode::BAD_REQUEST,
            Self::ReadOnly | Self::Foreign => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Silent(_) | Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let told = Told {
            error: self.to_string(),
        };
        (self.status(), json(&told)).into_response()
    }
}
