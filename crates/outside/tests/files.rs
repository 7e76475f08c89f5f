//! Files that would hang a reader or fill its memory.
#![cfg(unix)]

use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use outside::{ReadError, open, read, read_start};

#[test]
fn only_regular_files_are_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let pipe = at("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .expect("a pipe");
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).expect("a socket");
    let link = |from: &Path, name: &str| {
        std::os::unix::fs::symlink(from, at(name)).expect("a link");
        at(name)
    };
    for (path, found) in [
        (pipe.clone(), "a pipe"),
        (link(&pipe, "to-pipe"), "a pipe"),
        (at("socket"), "a socket"),
        ("/dev/zero".into(), "a device"),
        ("/dev/urandom".into(), "a device"),
        (folder.path().into(), "a folder"),
    ] {
        for error in [
            open(&path).expect_err(found),
            read(&path, 9).expect_err(found).into(),
            read_start(&path, 9).expect_err(found),
        ] {
            let message = error.to_string();
            let expected = format!("expected a regular file, found {found}");
            assert_eq!(message, expected, "{}", path.display());
        }
    }
    let absent = open(&at("absent")).expect_err("nothing");
    assert_eq!(absent.kind(), ErrorKind::NotFound);
    std::fs::write(at("whole"), "words").expect("a file");
    assert_eq!(read(&at("whole"), 5).expect("a file"), b"words");
    assert_eq!(read_start(&at("whole"), 3).expect("a file"), b"wor");
    let linked = link(&at("whole"), "to-whole");
    assert_eq!(read(&linked, 9).expect("a linked file"), b"words");
}

/// A length that is believed may be 0 (files of the kernel), or less than what is there by the time
/// that it is read.
#[test]
fn a_length_is_not_believed() {
    #[cfg(target_os = "linux")]
    {
        let status = Path::new("/proc/self/status");
        assert!(!read(status, 1 << 20).expect("a text").is_empty());
        let error = read(status, 8).expect_err("more than that");
        assert!(matches!(error, ReadError::TooLarge { found: 9, limit: 8 }));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("growing");
    let mut growing = std::fs::File::create(&path).expect("a file");
    growing.write_all(&[0; 1000]).expect("bytes");
    let error = read(&path, 999).expect_err("more than that");
    let expected = "it has 1000 bytes or more; at most 999 are read";
    assert_eq!(error.to_string(), expected);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let write = |_| growing.write_all(&[0; 4096]).is_ok();
            let is_on = |_: &usize| !done.load(Ordering::Relaxed);
            (0..4096).take_while(is_on).all(write)
        });
        for _ in 0..200 {
            match read(&path, 20_000) {
                Ok(bytes) => assert!(bytes.len() <= 20_000),
                Err(ReadError::TooLarge { found, limit }) => assert!(found > limit),
                Err(ReadError::Io(error)) => panic!("{error}"),
            }
        }
        done.store(true, Ordering::Relaxed);
    });
}
