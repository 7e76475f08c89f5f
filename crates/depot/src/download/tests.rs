//! Downloads from servers that behave, stop half-way, hang, or send something else.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use durable::Checksum;
use tempfile::TempDir;

use super::server::{Answer, Server};
use super::*;

const HELLO: &[u8] = b"hello";
const MD5: Checksum = Checksum::Md5("5d41402abc4b2a76b9719d911017c592");
/// First digits of the SHA-256.
const SHA256: Checksum = Checksum::Sha256("2cf24dba");
/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:9/never";

/// A folder and a place in it for the file.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("hello");
    (folder, path)
}

/// The names in a folder.
fn names(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).expect("a folder");
    let mut names: Vec<_> = entries
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into())
        .collect();
    names.sort();
    names
}

/// What was asked for in each request; empty for the whole file.
fn ranges(server: Server) -> Vec<String> {
    let range = |request: &String| {
        let line = request.lines().find_map(|l| l.strip_prefix("range: "));
        line.unwrap_or_default().to_owned()
    };
    server.requests().iter().map(range).collect()
}

#[test]
fn a_whole_file_is_kept_and_not_fetched_twice() {
    for checksum in [MD5, SHA256] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/hello");
        let server = Server::new(vec![Answer::whole(HELLO)]);
        assert!(
            Download::new(&server.url, checksum, &path)
                .run(&mut ())
                .unwrap()
        );
        assert_eq!(std::fs::read(&path).unwrap(), HELLO);
        assert_eq!(ranges(server), [""]);
        assert!(
            !Download::new(NOWHERE, checksum, &path)
                .run(&mut ())
                .unwrap()
        );
        assert_eq!(names(&folder), ["data"]);
    }
}

#[test]
fn what_arrived_of_a_cut_file_is_gone_on_with() {
    let (folder, path) = place();
    let server = Server::new(vec![
        Answer::cut(HELLO, 3),
        Answer {
            status: Some(503),
            ..Answer::whole(b"busy")
        },
        Answer::whole(HELLO),
    ]);
    let download = Download::new(&server.url, MD5, &path);
    let cut = download.run(&mut ()).unwrap_err();
    assert!(
        matches!(cut, DownloadError::Network { arrived: 3, .. }),
        "{cut}"
    );
    assert_eq!(names(&folder), ["hello.part"]);
    let busy = download.run(&mut ()).unwrap_err().to_string();
    assert!(
        busy.contains("503") && busy.contains("3 bytes are here"),
        "{busy}"
    );
    assert!(matches!(
        Download::new(NOWHERE, MD5, &path).run(&mut ()),
        Err(DownloadError::Network { arrived: 3, .. })
    ));
    assert_eq!(
        std::fs::read(folder.path().join("hello.part")).unwrap(),
        b"hel"
    );
    assert!(download.run(&mut ()).unwrap());
    assert_eq!(std::fs::read(&path).unwrap(), HELLO);
    assert_eq!(names(&folder), ["hello"]);
    assert_eq!(ranges(server), ["", "bytes=3-", "bytes=3-"]);
}

#[test]
fn a_server_without_ranges_starts_over() {
    let (folder, path) = place();
    std::fs::write(folder.path().join("hello.part"), "hel").unwrap();
    let whole = Answer {
        ranges: false,
        ..Answer::whole(HELLO)
    };
    let server = Server::new(vec![whole]);
    assert!(Download::new(&server.url, MD5, &path).run(&mut ()).unwrap());
    assert_eq!(std::fs::read(&path).unwrap(), HELLO);
    assert_eq!(ranges(server), ["bytes=3-"]);
}

/// What a process left that was killed: the whole file before its rename, and more than the whole.
#[test]
fn a_part_that_is_whole_or_too_long() {
    let (folder, path) = place();
    std::fs::write(folder.path().join("hello.part"), HELLO).unwrap();
    assert!(Download::new(NOWHERE, MD5, &path).run(&mut ()).unwrap());
    assert_eq!(names(&folder), ["hello"]);

    std::fs::write(&path, "changed").unwrap();
    std::fs::write(folder.path().join("hello.part"), "hello and more").unwrap();
    let server = Server::new(vec![Answer::whole(HELLO); 2]);
    assert!(Download::new(&server.url, MD5, &path).run(&mut ()).unwrap());
    assert_eq!(std::fs::read(&path).unwrap(), HELLO);
    assert_eq!(ranges(server), ["bytes=14-", ""]);
}

#[test]
fn wrong_bytes_never_count_as_present() {
    let (folder, path) = place();
    let server = Server::new(vec![Answer::whole(b"hellp"), Answer::whole(HELLO)]);
    let download = Download::new(&server.url, MD5, &path);
    assert!(matches!(
        download.run(&mut ()),
        Err(DownloadError::Checksum { .. })
    ));
    assert!(names(&folder).is_empty());
    // The bytes that were here first are wrong, and those that follow are right.
    std::fs::write(folder.path().join("hello.part"), "hal").unwrap();
    assert!(matches!(
        download.run(&mut ()),
        Err(DownloadError::Checksum { .. })
    ));
    assert!(names(&folder).is_empty());
    assert!(matches!(
        Download::new(NOWHERE, MD5, &path).run(&mut ()),
        Err(DownloadError::Network { arrived: 0, .. })
    ));
    assert!(names(&folder).is_empty());
    assert_eq!(ranges(server), ["", "bytes=3-"]);
}

#[test]
fn no_more_than_the_limit_is_kept() {
    let (folder, path) = place();
    let endless = Answer {
        announces: false,
        ..Answer::whole(&[0; 100_000])
    };
    let server = Server::new(vec![Answer::whole(&[0; 100_000]), endless]);
    for _ in 0..2 {
        let download = Download {
            limit: 99_999,
            ..Download::new(&server.url, MD5, &path)
        };
        assert!(matches!(
            download.run(&mut ()),
            Err(DownloadError::TooLarge { limit: 99_999, .. })
        ));
        assert!(names(&folder).is_empty());
    }
}

#[test]
fn a_silent_server_is_left() {
    let (folder, path) = place();
    let silent = Answer {
        hangs: true,
        ..Answer::cut(HELLO, 2)
    };
    let server = Server::new(vec![silent]);
    let began = Instant::now();
    let download = Download {
        patience: Duration::from_millis(200),
        ..Download::new(&server.url, MD5, &path)
    };
    assert!(matches!(
        download.run(&mut ()),
        Err(DownloadError::Network { arrived: 2, .. })
    ));
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(names(&folder), ["hello.part"]);
}

/// It is never silent for long, so patience alone would wait for the whole file.
#[test]
fn a_server_that_drips_is_left_and_what_came_is_kept() {
    let (folder, path) = place();
    let dripping = Answer {
        rests: Some(Duration::from_millis(10)),
        ..Answer::whole(&[7; 4000])
    };
    let server = Server::new(vec![dripping; 2]);
    let download = Download::new(&server.url, MD5, &path);
    for (download, part) in [
        (
            Download {
                deadline: Duration::from_millis(300),
                ..download
            },
            "it took more than 0.3 s in all",
        ),
        (
            Download {
                patience: Duration::from_millis(300),
                progress: 1000,
                ..download
            },
            "and 1000 are the fewest",
        ),
    ] {
        let left = download.run(&mut ()).unwrap_err();
        let message = left.to_string();
        assert!(message.contains(part), "`{part}` is not in: {message}");
        assert!(
            matches!(
                left,
                DownloadError::Network {
                    arrived: 1..4000,
                    ..
                }
            ),
            "{message}"
        );
        // Nobody holds the lock, and the next try goes on.
        assert_eq!(names(&folder), ["hello.part"]);
    }
    assert!(ranges(server)[1].starts_with("bytes="));
}

/// The server gives the file once; who asks again finds nobody.
#[test]
fn of_two_at_once_one_downloads() {
    let (folder, path) = place();
    let server = Server::new(vec![Answer::whole(HELLO)]);
    let download = Download::new(&server.url, MD5, &path);
    let is_new = std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| download.run(&mut ())));
        both.map(|thread| thread.join().unwrap().unwrap())
    });
    assert!(is_new[0] != is_new[1]);
    assert_eq!(names(&folder), ["hello"]);
    assert_eq!(server.requests().len(), 1);
}
