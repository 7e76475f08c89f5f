//! Pages of invented studies, as files for a browser.

use std::path::PathBuf;

use super::crowded::{Crowd, crowded};
use super::invented::illustrations;
use super::{HOSTILE, invented};
use crate::html;

/// Writes the pages that `checks/pages/check.sh` opens into the folder that `PAGES` names.
#[test]
#[ignore = "for checks/pages/check.sh, which names a folder"]
fn are_written_for_a_browser() {
    let folder = PathBuf::from(std::env::var_os("PAGES").expect("PAGES names a folder"));
    let of = |arms, findings, seeds| {
        crowded(Crowd {
            arms,
            findings,
            seeds,
        })
    };
    let long = format!("{HOSTILE}\u{202e}{}", "long ".repeat(40));
    let pages = [
        ("1-arm", of(1, 1, 2)),
        ("3-arms", of(3, 1, 30)),
        ("20-arms", of(20, 14, 5)),
        ("100-arms", of(100, 14, 3)),
        ("100-findings", of(3, 100, 3)),
        ("hostile", invented::analysed(&long)),
        ("empty", invented::empty()),
    ];
    for (name, results) in pages {
        let words = results.arms.first().map_or("", |arm| &arm.model).to_owned();
        let page = html(&results, &[], &illustrations(&words), &[]).expect("a page");
        std::fs::write(folder.join(format!("{name}.html")), page).expect("a folder to write to");
    }
}
