//! A server under test, and a client that knows no more of HTTP than the tests need.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fixture::Folder;

/// Longer than anything here takes, on any machine.
const LONGEST: Duration = Duration::from_secs(120);

/// A server of everything in the folder, until it is dropped.
pub struct Served {
    pub child: Child,
    /// `127.0.0.1:<port>`.
    pub place: String,
    pub url: String,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

impl Served {
    pub fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let mut all = vec!["serve", ".", "--port", "0"];
        all.extend(arguments);
        let mut child = folder.command(&all).spawn().expect("the program starts");
        let stdout = child.stdout.as_mut().expect("a pipe");
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url).expect("a line");
        let url = url.trim().to_string();
        let place = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split('/').next());
        let port = place
            .expect("an address")
            .rsplit(':')
            .next()
            .expect("a port");
        Self {
            place: format!("127.0.0.1:{port}"),
            url,
            child,
        }
    }

    pub fn open(&self, method: &str, path: &str, headers: &[&str]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.place).expect("a connection");
        stream.set_read_timeout(Some(LONGEST)).expect("a timeout");
        let host = format!("Host: {}", self.place);
        let is_named = headers.iter().any(|header| header.starts_with("Host:"));
        let mut lines = vec![format!("{method} {path} HTTP/1.1")];
        lines.extend((!is_named).then_some(host));
        lines.extend(headers.iter().map(|header| header.to_string()));
        let length = (method == "POST").then_some("Content-Length: 0".into());
        lines.extend(length);
        lines.push("Connection: close\r\n\r\n".into());
        stream
            .write_all(lines.join("\r\n").as_bytes())
            .expect("a request");
        stream
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[&str]) -> Answer {
        let mut bytes = Vec::new();
        self.open(method, path, headers)
            .read_to_end(&mut bytes)
            .expect("an answer");
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("a head");
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Answer {
            status: status.expect("a status"),
            head,
            body: bytes[end + 4..].to_vec(),
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// The study of that name in short, once it is as wanted.
    #[track_caller]
    pub fn study(&self, name: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        until(|| {
            let all = self.get("/api/studies").json();
            let found = all.as_array()?.iter().find(|study| study["name"] == name)?;
            is_wanted(found).then(|| found.clone())
        })
    }

    /// What `/api/study/<key of the study of that name>` is the beginning of.
    pub fn api(&self, name: &str) -> String {
        let study = self.study(name, |study| study["is_read"] == true);
        format!("/api/study/{}", study["key"].as_str().expect("a key"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What is there at last.
#[track_caller]
pub fn until<T>(mut found: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(since.elapsed() < LONGEST, "it does not come about");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Server-sent events of one connection.
pub struct Events(BufReader<TcpStream>);

impl Events {
    /// Events of `path`, after the one of id `last`.
    pub fn of(served: &Served, path: &str, last: &str) -> Self {
        let last = format!("Last-Event-ID: {last}");
        Self(BufReader::new(served.open("GET", path, &[&last])))
    }

    /// The next event of that name: its id and its data.
    pub fn next(&mut self, name: &str) -> (String, Value) {
        let (mut id, mut kind, mut data) = <(String, String, String)>::default();
        loop {
            let mut line = String::new();
            assert!(
                self.0.read_line(&mut line).expect("a line") > 0,
                "it has ended"
            );
            let line = line.trim_end();
            if let Some(value) = line.strip_prefix("id: ") {
                id = value.into();
            } else if let Some(value) = line.strip_prefix("event: ") {
                kind = value.into();
            } else if let Some(value) = line.strip_prefix("data: ") {
                data = value.into();
            } else if line.is_empty() && kind == name {
                return (id, serde_json::from_str(&data).expect("JSON"));
            }
        }
    }

    /// The next event in which a job of that number is told.
    pub fn of_job(&mut self, number: u64) -> (String, Value) {
        loop {
            let (id, changes) = self.next("changes");
            let jobs = changes["jobs"].as_array().expect("jobs");
            if let Some(job) = jobs.iter().find(|job| job["number"] == number) {
                return (id, job.clone());
            }
        }
    }
}
