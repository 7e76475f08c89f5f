//! The cache: from a hub, from the user's own files, offline.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::download::server::{Answer, Server};

/// `printf abc | sha256sum`
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Weights of three bytes at `url`.
fn on_hub(url: &str) -> Known {
    Known {
        origin: Origin::Hub {
            url: url.to_owned().leak(),
        },
        sha256: ABC,
        bytes: 3,
        ..ENTRIES[0]
    }
}

const MODEL: &str =
    r#"{"weightsManifest": [{"paths": ["b-2.bin", "a-1.bin"], "weights": []}], "other": 1}"#;

/// A model in three files; `printf %s "$MODEL" two one | sha256sum`.
fn sharded() -> Known {
    Known {
        name: "several",
        origin: Origin::Package {
            commands: &["get it", "unpack it"],
            file: "package/Net/model.json",
        },
        sha256: "c332f5f392d79d1bf45510dd695fc7253a53eb7c54e91cb07a0b27a465d0eea7",
        bytes: 100,
        ..ENTRIES[0]
    }
}

/// A folder with the unpacked package below.
fn package() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let net = folder.path().join("package/Net");
    fs::create_dir_all(&net).expect("a folder");
    for (name, text) in [
        ("model.json", MODEL),
        ("b-2.bin", "two"),
        ("a-1.bin", "one"),
    ] {
        fs::write(net.join(name), text).expect("a file");
    }
    folder
}

/// The names of all files and folders below.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into())
        .collect();
    names.sort();
    names
}

#[test]
fn from_a_hub_once() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::at(folder.path().join("weights"));
    let server = Server::new(vec![Answer::cut(b"abc", 1), Answer::whole(b"abc")]);
    let known = on_hub(&server.url);
    let refused = cache
        .fetch(&known, Access::Offline, &mut ())
        .unwrap_err()
        .to_string();
    assert!(refused.contains("is missing in the cache"), "{refused}");
    assert!(!cache.folder().exists());
    assert!(cache.fetch(&known, Access::Online, &mut ()).is_err());
    assert_eq!(cache.locate(&known), None);
    let fetched = cache.fetch(&known, Access::Online, &mut ()).unwrap();
    assert!(fetched.is_new);
    assert_eq!(fetched.path, cache.folder().join("file"));
    assert_eq!(cache.locate(&known), Some(fetched.path.clone()));
    assert!(server.requests()[1].contains("range: bytes=1-"));

    // The server is gone by now.
    for access in [
        Access::Online,
        Access::Offline,
        Access::From(Path::new("/nowhere")),
    ] {
        assert!(!cache.fetch(&known, access, &mut ()).unwrap().is_new);
    }
    fs::write(&fetched.path, "abd").unwrap();
    let damaged = cache
        .fetch(&known, Access::Offline, &mut ())
        .unwrap_err()
        .to_string();
    assert!(damaged.contains("is damaged in the cache"), "{damaged}");
}

#[test]
fn a_hub_that_sends_too_much() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(vec![Answer::whole(b"abcdefg")]);
    let refused = Cache::at(folder.path()).fetch(&on_hub(&server.url), Access::Online, &mut ());
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("more than 6 bytes"), "{refused}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn of_two_at_once_one_fetches() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::at(folder.path());
    let server = Server::new(vec![Answer::whole(b"abc")]);
    let known = on_hub(&server.url);
    let is_new = std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| cache.fetch(&known, Access::Online, &mut ())));
        both.map(|thread| thread.join().unwrap().unwrap().is_new)
    });
    assert!(is_new[0] != is_new[1]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn from_a_file_of_the_user() {
    let folder = tempfile::tempdir().unwrap();
    let (own, cache) = (
        folder.path().join("own"),
        Cache::at(folder.path().join("cache")),
    );
    let known = on_hub("http://127.0.0.1:9/net-ba7816bf.pth");
    fs::create_dir(&own).unwrap();
    let nothing = cache
        .fetch(&known, Access::From(&own), &mut ())
        .unwrap_err();
    assert!(matches!(
        nothing,
        CacheError::NotFound {
            file: "net-ba7816bf.pth",
            ..
        }
    ));
    let file = own.join("net-ba7816bf.pth");
    fs::write(&file, "abd").unwrap();
    let wrong = cache
        .fetch(&known, Access::From(&own), &mut ())
        .unwrap_err();
    assert!(matches!(wrong, CacheError::Checksum { expected: ABC, .. }));
    fs::write(&file, "abc and far more").unwrap();
    let large = cache
        .fetch(&known, Access::From(&file), &mut ())
        .unwrap_err();
    assert!(matches!(large, CacheError::TooLarge { limit: 6, .. }));
    assert!(names(cache.folder()).is_empty());

    // By folder, and by a file of another name; over a damaged one and what a download left.
    fs::write(&file, "abc").unwrap();
    fs::write(cache.folder().join("net-ba7816bf.pth.part"), "a").unwrap();
    assert!(
        cache
            .fetch(&known, Access::From(&own), &mut ())
            .unwrap()
            .is_new
    );
    fs::write(cache.folder().join("net-ba7816bf.pth"), "abd").unwrap();
    fs::rename(&file, own.join("mine")).unwrap();
    let fetched = cache
        .fetch(&known, Access::From(&own.join("mine")), &mut ())
        .unwrap();
    assert!(fetched.is_new);
    assert_eq!(fs::read(fetched.path).unwrap(), b"abc");
    assert_eq!(names(cache.folder()), ["net-ba7816bf.pth"]);
}

#[test]
fn a_model_in_several_files_is_there_whole_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::at(folder.path());
    let known = sharded();
    let advice = cache
        .fetch(&known, Access::Online, &mut ())
        .unwrap_err()
        .to_string();
    assert!(
        advice.contains("\n  get it\n  unpack it\n  transfusion weights fetch several --from package/Net/model.json"),
        "{advice}"
    );
    let package = package();
    let net = package.path().join("package/Net");

    let bad = [
        ("a-1.bin", "onf", "SHA-256"),
        (
            "model.json",
            &MODEL.replace("a-1", "../a-1"),
            "names of files beside it",
        ),
        (
            "model.json",
            &MODEL.replace("a-1", "b-2"),
            "names of files beside it",
        ),
        (
            "model.json",
            &MODEL.replace("a-1.bin", "model.json"),
            "names of files beside it",
        ),
        ("model.json", &MODEL.replace("a-1", "a-3"), "cannot read"),
        ("model.json", "{", "EOF while parsing"),
        ("b-2.bin", &"2".repeat(300), "more than 200 bytes"),
    ];
    for (name, text, reason) in bad {
        let right = fs::read(net.join(name)).unwrap();
        fs::write(net.join(name), text).unwrap();
        let error = cache
            .fetch(&known, Access::From(&net), &mut ())
            .unwrap_err()
            .to_string();
        assert!(error.contains(reason), "{error}");
        assert!(names(cache.folder()).is_empty());
        fs::write(net.join(name), right).unwrap();
    }

    // A process that was killed left this.
    fs::create_dir(folder.path().join("several.arriving")).unwrap();
    for from in [
        package.path(),
        &package.path().join("package"),
        &net,
        &net.join("model.json"),
    ] {
        let fetched = cache.fetch(&known, Access::From(from), &mut ()).unwrap();
        assert!(fetched.is_new);
        assert_eq!(cache.locate(&known), Some(fetched.path));
        assert_eq!(names(cache.folder()), ["several"]);
        assert_eq!(
            names(&folder.path().join("several")),
            ["a-1.bin", "b-2.bin", "model.json"]
        );
        assert!(
            !cache
                .fetch(&known, Access::Offline, &mut ())
                .unwrap()
                .is_new
        );
        fs::remove_file(folder.path().join("several/a-1.bin")).unwrap();
    }
}
