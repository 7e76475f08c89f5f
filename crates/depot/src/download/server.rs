//! A server for tests, which answers as it is told and remembers what it was asked.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How one request is answered: with the file, or what is asked for of it.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) file: &'static [u8],
    /// Whether a request for a range gets the range.
    pub(crate) ranges: bool,
    /// Bytes of the body after which the connection is cut, or falls silent.
    pub(crate) stops_after: Option<usize>,
    /// Whether the server then keeps the connection open.
    pub(crate) hangs: bool,
    /// The status, where it is none of those that a file calls for.
    pub(crate) status: Option<u16>,
    /// Whether the body's length is announced.
    pub(crate) announces: bool,
    /// How long the server rests after each byte of the body.
    pub(crate) rests: Option<Duration>,
}

impl Answer {
    /// The whole file, or what is asked for of it.
    pub(crate) fn whole(file: &'static [u8]) -> Self {
        Self {
            file,
            ranges: true,
            stops_after: None,
            hangs: false,
            status: None,
            announces: true,
            rests: None,
        }
    }

    /// Cut off after so many bytes.
    pub(crate) fn cut(file: &'static [u8], after: usize) -> Self {
        Self {
            stops_after: Some(after),
            ..Self::whole(file)
        }
    }

    fn give(self, stream: &mut TcpStream, request: &str) -> std::io::Result<()> {
        let start = request
            .lines()
            .find_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-'))
            .and_then(|start| start.parse::<usize>().ok())
            .filter(|_| self.ranges);
        let (status, body) = match start {
            Some(start) if start >= self.file.len() => (416, &[][..]),
            Some(start) => (206, &self.file[start..]),
            None => (200, self.file),
        };
        let status = self.status.unwrap_or(status);
        let mut head = format!("HTTP/1.1 {status} As told\r\nConnection: close\r\n");
        if self.announces {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        if let (Some(start), 206) = (start, status) {
            let (last, whole) = (self.file.len() - 1, self.file.len());
            head += &format!("Content-Range: bytes {start}-{last}/{whole}\r\n");
        }
        write!(stream, "{head}\r\n")?;
        let sent = &body[..self.stops_after.unwrap_or(body.len())];
        match self.rests {
            None => stream.write_all(sent)?,
            Some(rest) => sent.iter().try_for_each(|byte| {
                std::thread::sleep(rest);
                stream.write_all(&[*byte])
            })?,
        }
        stream.flush()?;
        if self.hangs {
            // Until the other side has had enough.
            stream.set_read_timeout(Some(Duration::from_secs(20)))?;
            let _gone = stream.read(&mut [0; 16]);
        }
        Ok(())
    }
}

/// A server that gives each of its answers once, and is gone after the last.
pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
    thread: JoinHandle<()>,
}

impl Server {
    pub(crate) fn new(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let remembered = requests.clone();
        let thread = std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().expect("a connection");
                let request = read_head(&mut stream);
                remembered.lock().expect("a list").push(request.clone());
                // The client may end the connection first.
                answer.give(&mut stream, &request).ok();
            }
        });
        Self {
            url: format!("http://{address}/folder/file"),
            requests,
            thread,
        }
    }

    /// What was asked, in small letters; only after every answer was given.
    pub(crate) fn requests(self) -> Vec<String> {
        self.thread.join().expect("a server that ends");
        self.requests.lock().expect("a list").clone()
    }
}

fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).to_lowercase()
}
