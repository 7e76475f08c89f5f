//! Made-up crates with known offences: the check can fail, and fails where it should.

use house::{CRATE_LINES, FILE_LINES, House, offences};

/// `file:line: beginning of what` of every offence in the given files of `crates/`.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| (format!("crates/{path}"), *text))
        .collect();
    let house = House::of(files.iter().map(|(path, text)| (path.as_str(), *text)));
    offences(&house)
        .iter()
        .map(|offence| offence.to_string().replace("crates/", ""))
        .collect()
}

#[track_caller]
fn assert_found(files: &[(&str, &str)], expected: &[&str]) {
    let found = found(files);
    let begins = |(found, expected): (&String, &&str)| found.starts_with(expected);
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(begins),
        "found {found:#?}, expected {expected:#?}"
    );
}

#[test]
fn upward_arrows_are_found_in_manifests_imports_and_paths() {
    assert_found(
        &[
            (
                "record/Cargo.toml",
                "[dependencies]\nstudy.workspace = true\nruns.workspace = true\n\
                 [dev-dependencies]\ncomparison.workspace = true\n",
            ),
            (
                "record/src/lib.rs",
                "use study::StudyPlan;\n\
                 use std::{fmt, comparison};\n\
                 fn f() { engine_cuda::go() }\n\
                 mod report;\nfn g() { report::here() }\n\
                 #[cfg(test)]\nmod tests { use comparison::invented; }\n",
            ),
            (
                "record/src/report.rs",
                "// report::there\nuse {depot::Known, durable::whole};\n",
            ),
        ],
        &[
            "record/Cargo.toml:3: `record` names `runs`",
            "record/src/lib.rs:3: `record` names `engine-cuda`",
            "record/src/report.rs:2: `record` names `depot`",
        ],
    );
    assert_found(
        &[("attic/src/lib.rs", "")],
        &["attic/Cargo.toml:1: crate `attic` has no row"],
    );
}

#[test]
fn a_circle_is_found_through_re_exports_and_between_parent_and_child() {
    let files = [
        (
            "stats/src/lib.rs",
            "mod a;\nmod b;\npub mod c;\npub use a::A;\npub use b::{B, make};\n",
        ),
        (
            "stats/src/a.rs",
            "pub struct A;\nimpl A { fn f() { crate::make() } }\n",
        ),
        (
            "stats/src/b.rs",
            "\nuse crate::c::{self, Part as Piece};\npub struct B;\npub fn make() {}\n",
        ),
        (
            "stats/src/c/mod.rs",
            "mod inner;\npub use inner::Part;\nuse crate::A;\n",
        ),
        ("stats/src/c/inner.rs", "pub struct Part(super::A);\n"),
    ];
    assert_found(
        &files,
        &[
            "stats/src/a.rs:2: circle of files: stats/src/a.rs:2 (`crate::make`) → \
           stats/src/b.rs:2 (`crate::c::Part`) → stats/src/c/inner.rs:1 (`super::A`) → stats/src/a.rs; move",
        ],
    );
    let parent = "mod child;\nfn check() {}\nfn f() { child::g() }\n";
    let child = "use super::*;\npub fn g() { check() }\n";
    assert_found(
        &[("stats/src/lib.rs", parent), ("stats/src/child.rs", child)],
        &[
            "stats/src/child.rs:1: circle of files: stats/src/child.rs:1 (`super::check`) → stats/src/lib.rs:3",
        ],
    );
}

#[test]
fn declarations_re_exports_and_tests_make_no_circle() {
    assert_found(
        &[
            (
                "stats/src/lib.rs",
                "mod auc;\nmod rank;\npub use auc::auc;\npub use rank::Rank;\n",
            ),
            (
                "stats/src/auc.rs",
                "use crate::Rank;\npub fn auc(_: Rank) {}\n#[cfg(test)]\nmod tests;\n",
            ),
            ("stats/src/auc/tests.rs", "use super::*;\n"),
            (
                "stats/src/rank.rs",
                "//! See [`crate::auc`].\npub struct Rank;\n#[cfg(test)]\nmod tests { use crate::auc; }\n",
            ),
        ],
        &[],
    );
}

#[test]
fn long_files_long_crates_and_lost_files_are_found() {
    let (long, full) = ("\n".repeat(FILE_LINES + 1), "\n".repeat(FILE_LINES));
    let modules: Vec<_> = (0..=CRATE_LINES / FILE_LINES)
        .map(|n| format!("m{n}"))
        .collect();
    let declared: String = modules
        .iter()
        .map(|name| format!("mod {name};\n"))
        .collect();
    let declared = format!("{declared}#[cfg(test)]\nmod tests;\n");
    for (room, expected) in [
        (
            "images",
            &[
                "images/src/tests.rs:501: 501 lines, at most 500",
                "images/Cargo.toml:1: 10521 lines of source",
                "images/src/lost.rs:1: no module",
            ][..],
        ),
        (
            "kernels",
            &[
                "kernels/src/tests.rs:501: 501 lines",
                "kernels/src/lost.rs:1: no module",
            ],
        ),
    ] {
        let file = |name: &str| format!("{room}/src/{name}.rs");
        let mut files = vec![(file("lib"), &declared), (file("tests"), &long)];
        files.extend(modules.iter().map(|name| (file(name), &full)));
        let nothing = String::new();
        files.push((file("lost"), &nothing));
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        assert_found(&files, expected);
    }
}

#[test]
fn confined_words_are_found_outside_their_place() {
    assert_found(
        &[
            (
                "similarity/Cargo.toml",
                "[dependencies]\nburn.workspace = true\nanyhow = \"1\"\n",
            ),
            (
                "similarity/src/lib.rs",
                "/* unsafe */ const TEXT: &str = \"unsafe burn::Tensor\";\n\
                 fn f() { let anyhow = 1; g(anyhow) }\n\
                 fn h() -> Result<(), anyhow::Error> { unsafe { burn::go() } }\n\
                 #[cfg(test)]\nmod tests { use anyhow::Context; }\n",
            ),
            (
                "similarity/tests/files.rs",
                "unsafe fn f() {}\nuse anyhow::Context;\n",
            ),
            ("kernels/src/lib.rs", "unsafe fn f() {}\n"),
        ],
        &[
            "similarity/Cargo.toml:2: `burn`",
            "similarity/Cargo.toml:3: `anyhow`",
            "similarity/src/lib.rs:3: `anyhow`",
            "similarity/src/lib.rs:3: `burn`",
            "similarity/src/lib.rs:3: `unsafe`",
            "similarity/tests/files.rs:1: `unsafe`",
        ],
    );
}
