//! The guide: every command of its pages runs as it stands there, on pictures that are laid where
//! the pages have them.
//!
//! A page says to the test, in its source,
//! - `<!-- test: ARGUMENTS -->` before `sh`: what makes its `run` and `plan` short,
//! - `<!-- file: NAME -->` before `toml`: where it is written,
//! - `# ends with N` behind a command: its exit code where that is not 0.
//!
//! In place of a run that a page names and a shortened study lacks stands its first.

#![cfg(unix)]

mod fixture;
mod walk;

use std::path::Path;

use fixture::Folder;
use walk::{Page, take};

/// Pages that are read one after another, in one folder.
const WALKS: &[&[&str]] = &[
    &["chest-x-rays"],
    &["fundus", "gallery"],
    &["ultrasound", "reading-the-verdict", "what-it-costs"],
    &["dermoscopy"],
    &["histology"],
    &["from-a-pytorch-script"],
    &["README"],
];

fn guide() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide")
}

/// Walks the pages that begin with `first`.
fn walk_from(first: &str) {
    let pages = WALKS.iter().find(|pages| pages[0] == first);
    let folder = Folder::new();
    for name in *pages.expect("a walk") {
        let path = guide().join(format!("{name}.md"));
        let text = std::fs::read_to_string(&path).expect("a page");
        take(&folder, &Page::read(name, &text));
    }
}

#[test]
fn chest_x_rays() {
    walk_from("chest-x-rays");
}

#[test]
fn fundus() {
    walk_from("fundus");
}

#[test]
fn ultrasound() {
    walk_from("ultrasound");
}

#[test]
fn dermoscopy() {
    walk_from("dermoscopy");
}

#[test]
fn histology() {
    walk_from("histology");
}

#[test]
fn from_a_pytorch_script() {
    walk_from("from-a-pytorch-script");
}

/// Every link to a file of the repository, and every picture.
fn links_lead_somewhere(page: &str) {
    let ends = page.split("](").skip(1);
    let links = ends.filter_map(|end| end.split_once(')')).map(|(to, _)| to);
    for link in links.filter(|link| !link.contains("://")) {
        let file = link.split('#').next().unwrap_or(link);
        assert!(guide().join(file).exists(), "{link} leads nowhere");
    }
}

#[test]
fn every_page_is_walked() {
    walk_from("README");
    let walked: Vec<&str> = WALKS.concat();
    for entry in std::fs::read_dir(guide()).expect("the guide") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        let is_page = path.extension().is_some_and(|e| e == "md");
        assert!(!is_page || walked.contains(&&*name), "{name} is in no walk");
        if is_page {
            links_lead_somewhere(&std::fs::read_to_string(&path).expect("a page"));
        }
    }
}

#[test]
#[should_panic(expected = "wrong.md, line 2: `transfusion plan --no-such-option` ended with 2")]
fn a_wrong_command_is_found() {
    take(
        &Folder::new(),
        &Page::read("wrong", "```sh\ntransfusion plan --no-such-option\n```\n"),
    );
}

#[test]
#[should_panic(expected = "ended with 0, not 1")]
fn a_command_that_should_find_something_has_to() {
    take(
        &Folder::new(),
        &Page::read("wrong", "```sh\ntransfusion models # ends with 1\n```\n"),
    );
}
