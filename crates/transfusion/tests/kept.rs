//! Directories of studies that earlier versions wrote are read by this one.
//!
//! `kept/format-<n>.zip` is what `transfusion run kept/format-<n>.toml` left with study format n, without
//! what `report` writes. It is never made again: a version that cannot read it raises the format, says
//! so in the changelog, and adds one of its own.

mod fixture;

use std::io::Cursor;
use std::path::Path;

use fixture::Folder;

/// Each with the test AUC of its arms as that version computed them.
const KEPT: [(&str, [f64; 2]); 1] = [("format-4", [0.45, 0.619_444_444_444_444_5])];

#[test]
fn studies_of_earlier_versions_are_read() {
    for (name, aucs) in KEPT {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept");
        let bytes = std::fs::read(kept.join(format!("{name}.zip"))).expect("an archive");
        let folder = Folder::new();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        archive.extract(folder.path("kept")).expect("a study");
        folder.run(&["verify", "kept"]).with(0);
        folder.run(&["report", "kept"]).with(0);
        let results = folder.json("kept/results.json");
        let arms = results["arms"].as_array().expect("arms");
        let found = arms.iter().map(|arm| arm["auc"]["value"].as_f64());
        assert_eq!(found.collect::<Vec<_>>(), aucs.map(Some), "{name}");
    }
}
