//! `report --to`: charts and tables as files that other programs read.

mod fixture;

use std::io::Cursor;
use std::path::Path;

use fixture::{Folder, files_below};

#[test]
fn every_file_is_whole_and_holds_the_numbers_of_the_results() {
    let folder = Folder::new();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept/format-4.zip");
    let kept = std::fs::read(kept).expect("a study that was run");
    let mut kept = zip::ZipArchive::new(Cursor::new(kept)).expect("an archive");
    kept.extract(folder.path("a")).expect("a study");
    std::fs::create_dir_all(folder.path("paper/figures")).expect("a folder");
    folder.write("paper/figures/mine.txt", "mine");
    folder.run(&["report", "a", "--to", "paper"]).with(0);
    let first = folder.read("paper/figures/test-auc-1.png");
    folder.run(&["report", "a", "--to", "paper"]).with(0);
    let again = folder.read("paper/figures/test-auc-1.png");
    assert!(first == again, "the same study, the same picture");
    assert_eq!(folder.read("paper/figures/mine.txt"), b"mine");

    let (mut drawings, mut pictures) = (0, 0);
    for (path, bytes) in files_below(&folder.path("paper")) {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        match &*ending {
            "svg" => {
                let text = String::from_utf8(bytes).expect("text");
                let tree = roxmltree::Document::parse(&text).expect("well-formed XML");
                assert_eq!(tree.root_element().tag_name().name(), "svg");
                drawings += 1;
            }
            "png" => {
                let picture = image::load_from_memory(&bytes).expect("a picture");
                assert_eq!(picture.width(), 920, "{}", path.display());
                pictures += 1;
            }
            _ => {}
        }
    }
    assert!(
        drawings >= 5 && pictures == drawings,
        "{drawings} drawings, {pictures} pictures"
    );

    let results = folder.json("a/results.json");
    let table = folder.path("paper/tables/arms.csv");
    let mut table = csv::Reader::from_path(table).expect("a table");
    let place = |name: &str, headers: &csv::StringRecord| {
        headers
            .iter()
            .position(|header| header == name)
            .expect("a column")
    };
    let headers = table.headers().expect("a header").clone();
    let (arm, auc) = (place("Arm", &headers), place("Test AUC", &headers));
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    let arms = results["arms"].as_array().expect("arms");
    assert_eq!(rows.len(), arms.len());
    for (row, found) in rows.iter().zip(arms) {
        assert_eq!(row.get(arm), found["label"].as_str());
        let value = row.get(auc).and_then(|cell| cell.parse::<f64>().ok());
        assert_eq!(value, found["auc"]["value"].as_f64());
    }
    let index = std::fs::read_to_string(folder.path("paper/index.md")).expect("an index");
    assert!(index.contains("(figures/test-auc-1.svg)") && index.contains("(tables/arms.tex)"));
}
