//! Requests to a server of MLflow.

use std::time::Duration;

use base64::Engine as _;
use serde_json::Value;
use ureq::http::{StatusCode, header};

use crate::error::TrackError;

/// How long one request may take in all.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// Largest answer that is read, in bytes.
const LIMIT: u64 = 64 << 20;
/// Letters of an answer that an error shows.
const LETTERS: usize = 300;

/// Who asks, by the variables that MLflow's own client reads.
#[derive(Clone, Default)]
pub(crate) struct Credentials(Option<String>);

impl Credentials {
    /// Of `MLFLOW_TRACKING_TOKEN`, else of `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`.
    pub(crate) fn of_environment() -> Self {
        let said = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
        let basic = |user: String| {
            let password = said("MLFLOW_TRACKING_PASSWORD").unwrap_or_default();
            let pair = format!("{user}:{password}");
            let text = base64::engine::general_purpose::STANDARD.encode(pair);
            format!("Basic {text}")
        };
        let token = said("MLFLOW_TRACKING_TOKEN").map(|token| format!("Bearer {token}"));
        Self(token.or_else(|| said("MLFLOW_TRACKING_USERNAME").map(basic)))
    }
}

/// Refuses what is no address of a server, and one that holds a password, which would be written
/// into the study.
pub(crate) fn check_url(url: &str) -> Result<String, TrackError> {
    let rest = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let reason = match host {
        None | Some("") => format!("expected http://… or https://…, found `{url}`"),
        Some(host) if host.contains('@') => {
            "the address holds a user or a password; give them as MLFLOW_TRACKING_USERNAME and \
             MLFLOW_TRACKING_PASSWORD instead"
                .into()
        }
        Some(_) if url.contains(['?', '#']) || url.contains(char::is_whitespace) => {
            format!("expected the address of a server alone, found `{url}`")
        }
        Some(_) => return Ok(url.trim_end_matches('/').into()),
    };
    Err(TrackError::Target(format!("--url: {reason}")))
}

/// Requests to one server.
pub(super) struct Client {
    url: String,
    credentials: Credentials,
    agent: ureq::Agent,
}

/// What a server answers that understands what it is asked.
pub(super) enum Answer {
    /// What was asked for.
    Json(Value),
    /// There is no such thing.
    Absent,
}

impl Client {
    /// Of the server at `url`, which was [checked](check_url).
    pub(super) fn new(url: &str, credentials: Credentials) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .timeout_connect(Some(CONNECT))
            .http_status_as_error(false)
            // A redirect would turn what is written into a question.
            .max_redirects(0)
            .build();
        Self {
            url: url.into(),
            credentials,
            agent: agent.into(),
        }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Asks.
    pub(super) fn get(&self, what: &str, query: &[(&str, &str)]) -> Result<Answer, TrackError> {
        self.is_allowed()?;
        let mut request = self.agent.get(self.address(what));
        for (name, value) in query {
            request = request.query(*name, *value);
        }
        if let Credentials(Some(who)) = &self.credentials {
            request = request.header(header::AUTHORIZATION, who);
        }
        self.answer(what, request.call())
    }

    /// Tells.
    pub(super) fn post(&self, what: &str, body: &Value) -> Result<Answer, TrackError> {
        self.is_allowed()?;
        let mut request = self.agent.post(self.address(what));
        if let Credentials(Some(who)) = &self.credentials {
            request = request.header(header::AUTHORIZATION, who);
        }
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.answer(what, request.send(body.to_string().as_bytes()))
    }

    /// The same, where the thing has to be there.
    pub(super) fn tell(&self, what: &str, body: &Value) -> Result<Value, TrackError> {
        match self.post(what, body)? {
            Answer::Json(value) => Ok(value),
            Answer::Absent => Err(self.refused(what, "there is no such thing".into())),
        }
    }

    /// That the server is out of order.
    pub(super) fn broken(&self, reason: String) -> TrackError {
        TrackError::Server {
            url: self.url.clone(),
            reason,
        }
    }

    pub(super) fn refused(&self, what: &str, reason: String) -> TrackError {
        TrackError::Refused {
            url: self.url.clone(),
            what: what.into(),
            reason,
        }
    }

    fn is_allowed(&self) -> Result<(), TrackError> {
        match depot::download::is_offline() {
            false => Ok(()),
            true => Err(TrackError::Offline {
                url: self.url.clone(),
            }),
        }
    }

    fn address(&self, what: &str) -> String {
        format!("{}/api/2.0/mlflow/{what}", self.url)
    }

    fn answer(
        &self,
        what: &str,
        answered: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Answer, TrackError> {
        let mut response = answered.map_err(|e| self.broken(e.to_string()))?;
        let status = response.status();
        let location = response.headers().get(header::LOCATION).cloned();
        let body = response.body_mut().with_config().limit(LIMIT).read_to_vec();
        let body = body.map_err(|e| self.broken(e.to_string()))?;
        let json: Option<Value> = serde_json::from_slice(&body).ok();
        let said = |key: &str| json.as_ref()?.get(key)?.as_str().map(clipped);
        match json {
            Some(json @ Value::Object(_)) if status.is_success() => return Ok(Answer::Json(json)),
            _ if status.is_success() => {
                let found = clipped(&String::from_utf8_lossy(&body));
                return Err(self.broken(format!("expected JSON, it answered `{found}`")));
            }
            _ => {}
        }
        if said("error_code").as_deref() == Some("RESOURCE_DOES_NOT_EXIST") {
            return Ok(Answer::Absent);
        }
        if status.is_redirection() {
            let to = location.as_ref().and_then(|to| to.to_str().ok());
            let to = clipped(to.unwrap_or("elsewhere"));
            return Err(self.refused(what, format!("it leads to {to}; give that address")));
        }
        let reason = said("message").unwrap_or_else(|| "without a reason that can be read".into());
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => self.refused(
                what,
                format!(
                    "{status}; MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and \
                     MLFLOW_TRACKING_PASSWORD, say who asks"
                ),
            ),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
                self.broken(format!("it answered {status}"))
            }
            status if status.is_client_error() => self.refused(what, format!("{status}: {reason}")),
            status => self.broken(format!("it answered {status}")),
        })
    }
}

/// The beginning of a text, on one line.
fn clipped(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars().take(LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::check_url;

    #[test]
    fn addresses_with_passwords_and_without_hosts_are_refused() {
        assert_eq!(check_url("http://a:5000/").unwrap(), "http://a:5000");
        assert_eq!(check_url("https://a/ml@flow").unwrap(), "https://a/ml@flow");
        for (url, why) in [
            ("http://user:secret@a", "MLFLOW_TRACKING_PASSWORD"),
            ("a:5000", "expected http://"),
            ("http:///x", "expected http://"),
            ("http://a/?token=b", "alone"),
        ] {
            let error = check_url(url).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
