//! Who may come in, and what browsers are told of every answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, ORIGIN, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::answer::html;
use crate::hall::Hall;
use crate::refusal::Refusal;
use crate::token::Token;

/// What a page of the server may load: its own styles, scripts, pictures and numbers.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Names a request that only the server's own page can make.
pub(crate) const KEY: HeaderName = HeaderName::from_static("x-transfusion-key");

/// Who may come in.
pub(crate) struct Gate {
    address: SocketAddr,
    token: Option<Token>,
    /// What the server's own pages send with whatever changes something.
    key: Token,
}

impl Gate {
    pub(crate) fn new(address: SocketAddr, token: Option<Token>, key: Token) -> Self {
        Self {
            address,
            token,
            key,
        }
    }

    /// What the server's own pages send with whatever changes something.
    pub(crate) fn key(&self) -> &Token {
        &self.key
    }

    /// Refuses other names than this machine's own where only this machine reaches the server: a
    /// page from elsewhere could have its name point here.
    fn check_host(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        if !self.address.ip().is_loopback() {
            return Ok(());
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        match host.is_some_and(names_loopback) {
            true => Ok(()),
            false => Err(Refusal::Host),
        }
    }

    fn check_token(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(token) = &self.token else {
            return Ok(());
        };
        let name = self.cookie_name();
        let cookies = headers.get_all(COOKIE).iter();
        let mut cookies = cookies
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='));
        match cookies.any(|(found, value)| found == name && token.is(value)) {
            true => Ok(()),
            false => Err(Refusal::Token),
        }
    }

    /// Refuses a request that another page could have made the browser send.
    pub(crate) fn check_own(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let has_key = text(&KEY).is_some_and(|key| self.key.is(key));
        let is_own = match (text(&ORIGIN), text(&HOST)) {
            (None, _) => true,
            (Some(origin), Some(host)) => origin == format!("http://{host}"),
            (Some(_), None) => false,
        };
        match has_key && is_own {
            true => Ok(()),
            false => Err(Refusal::Foreign),
        }
    }

    /// Whether the address that is asked for has the token.
    fn is_introduced(&self, query: Option<&str>) -> bool {
        let given = query.unwrap_or_default().split('&');
        let mut given = given.filter_map(|pair| pair.strip_prefix("token="));
        let token = self.token.as_ref();
        token.is_some_and(|token| given.any(|text| token.is(text)))
    }

    /// Cookies are the same for every port of a machine: each server has its own.
    fn cookie_name(&self) -> String {
        format!("transfusion-{}", self.address.port())
    }

    /// A page that goes on without the token in its address. A redirection would be made without the
    /// cookie where the address was followed from another site.
    fn welcome(&self, path: &str) -> Response {
        let mut response = html(format!(
            "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=\"0;url={path}\"><title>Transfusion</title><p><a href=\"{path}\">Go on</a>"
        ));
        let token = self.token.as_ref().map(Token::reveal).unwrap_or_default();
        let cookie = format!(
            "{}={token}; Path=/; HttpOnly; SameSite=Strict",
            self.cookie_name()
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
        response
    }
}

/// Whether `localhost:8420`, `127.0.0.1` or `[::1]:80` name this machine to itself alone.
fn names_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, _)) => name,
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let address = name
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback());
    address || name.eq_ignore_ascii_case("localhost")
}

/// Lets in who may, and tells browsers what every answer may do.
pub(crate) async fn gate(State(hall): State<Arc<Hall>>, request: Request, next: Next) -> Response {
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
    use super::*;

    #[test]
    fn only_names_of_this_machine_to_itself_are_loopback() {
        for host in [
            "localhost",
            "LOCALHOST:8420",
            "127.0.0.1:80",
            "127.9.9.9",
            "[::1]",
            "[::1]:8420",
        ] {
            assert!(names_loopback(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "10.0.0.1:80",
            "[::2]:80",
            "127.0.0.1.nip.io:80",
            "[",
            "::",
        ] {
            assert!(!names_loopback(host), "{host}");
        }
    }

    #[test]
    fn only_plain_paths_get_into_a_page() {
        assert_eq!(plain_path("/study/0f"), "/study/0f");
        for path in ["//evil.example", "/\"><script>", "", "x", "/%22"] {
            assert_eq!(plain_path(path), "/");
        }
    }
}
