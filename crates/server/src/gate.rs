//! Who may come in.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{COOKIE, HOST, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;

use crate::answer::html;
use crate::refusal::Refusal;
use crate::token::Token;

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
    pub(crate) fn check_host(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        if !self.address.ip().is_loopback() {
            return Ok(());
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        match host.is_some_and(names_loopback) {
            true => Ok(()),
            false => Err(Refusal::Host),
        }
    }

    pub(crate) fn check_token(&self, headers: &HeaderMap) -> Result<(), Refusal> {
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
    pub(crate) fn is_introduced(&self, query: Option<&str>) -> bool {
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
    pub(crate) fn welcome(&self, path: &str) -> Response {
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
}
