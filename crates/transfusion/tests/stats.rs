//! `transfusion stats`: the paper's tables analysed anew, one's own, and what is said of bad ones.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fixture;

use fixture::Folder;
use serde_json::Value;

/// The cells of a table with this property, as model and finding.
fn cells(table: &Value, property: impl Fn(&Value) -> bool) -> Vec<String> {
    let rows = table["rows"].as_array().unwrap();
    let of = |row: &Value| format!("{} {}", row["name"], row["finding"]).replace('"', "");
    rows.iter().filter(|row| property(row)).map(of).collect()
}

/// What three runs really showed; the counts hold with Welch's and with Student's test.
#[test]
fn the_papers_tables_support_little() {
    for more in [&["--json"][..], &["--json", "--pooled"]] {
        let arguments = [&["stats", "paper"], more].concat();
        let found = Folder::new().run(&arguments).with(0).json();
        let [retina, chexpert, small] = [&found[0], &found[1], &found[2]];

        let t = retina["rows"][0]["t"].as_f64().unwrap();
        assert!((t - 8.115_026_712_006_8).abs() < 1e-9, "{t}");
        assert_eq!(retina["alone"]["equivalent"], 6);
        let different = cells(retina, |row| row["p_difference"].as_f64().unwrap() < 0.05);
        assert_eq!(different, ["ResNet-50 null", "CBR-Small null"]);

        assert_eq!(chexpert["alone"]["tested"], 25);
        let different = cells(chexpert, |row| row["p_difference"].as_f64().unwrap() < 0.05);
        let expected = [
            "CBR-LargeT consolidation",
            "CBR-LargeW cardiomegaly",
            "CBR-LargeW edema",
            "CBR-Small edema",
            "CBR-Tiny edema",
            "CBR-Tiny pleural effusion",
        ];
        assert_eq!(different, expected);
        let equivalent = cells(chexpert, |row| row["outcome"] == "equivalent");
        assert_eq!(equivalent, ["ResNet-50 atelectasis"]);
        assert_eq!(chexpert["together"]["equivalent"], 0);
        assert_eq!(small["rows"][0]["untested"], "no-standard-deviation");
        assert_eq!(small["alone"]["tested"], 0);
    }
}

#[test]
fn ones_own_table_is_printed() {
    let folder = Folder::new();
    let table = "[[table]]\ntitle = \"Ours\"\nmargin = 1\n[[table.row]]\nname = \"a\"\nn = 10\n\
                 baseline = { mean = 80.0, sd = 0.5 }\narm = { mean = 83.0, sd = 0.6 }\n\
                 [[table.row]]\nname = \"b\"\nbaseline = { mean = 80.0, sd = 0.5 }\n\
                 arm = { mean = 83.0, sd = 0.6 }\n";
    folder.write("ours.toml", table);
    let printed = folder.run(&["stats", "table", "ours.toml"]).with(0).stdout;
    for part in [
        "+3.00",
        "better",
        "1 of 2 cannot be tested",
        "number of runs unknown",
    ] {
        assert!(printed.contains(part), "{part} is not in {printed}");
    }
}

/// AUCs need more than two decimals, and groups of a row may have unequal numbers of runs.
#[test]
fn small_differences_and_unequal_groups_are_printed() {
    let folder = Folder::new();
    let table = "[[table]]\ntitle = \"AUC\"\nmargin = 0.01\n[[table.row]]\nname = \"a\"\nn = 5\n\
                 baseline = { mean = 0.8123, sd = 0.002, n = 3 }\narm = { mean = 0.8146, sd = 0.003 }\n";
    folder.write("ours.toml", table);
    let printed = folder.run(&["stats", "table", "ours.toml"]).with(0).stdout;
    assert!(printed.contains("+0.0023"), "{printed}");
    let arguments = ["stats", "table", "ours.toml", "--json", "--pooled"];
    let found = folder.run(&arguments).with(0).json();
    let row = &found[0]["rows"][0];
    assert_eq!([&row["n"], &row["n_baseline"]], [5, 3]);
    assert_eq!(row["degrees_of_freedom"], 6.0);
    folder.write("ours.toml", table.replace("n = 3", "n = 1"));
    let refused = folder.run(&["stats", "table", "ours.toml"]);
    refused.with(2).says(&["`baseline.n`", "found 1"]);
}

#[test]
fn a_bad_table_is_named_with_its_row_and_field() {
    let folder = Folder::new();
    let row = |row: &str| format!("[[table]]\ntitle = \"T\"\nmargin = 1\n[[table.row]]\n{row}");
    let refused = |text: &str, parts: &[&str]| {
        folder.write("bad.toml", text);
        let ended = folder.run(&["stats", "table", "bad.toml"]);
        ended.with(2).says(&["bad.toml"]).says(parts);
    };
    let good = "arm = { mean = 1.0, sd = 1.0 }";
    refused(
        &row(&format!(
            "name = \"a\"\nn = 3\nbaseline = {{ mean = 1.0, sd = -1.0 }}\n{good}"
        )),
        &["row 1 (a)", "`baseline.sd`", "found -1"],
    );
    refused(
        &row(&format!(
            "name = \"a\"\nn = 1\nbaseline = {{ mean = 1.0 }}\n{good}"
        )),
        &["row 1 (a)", "`n`", "found 1"],
    );
    refused(
        &row(&format!(
            "name = \"a\"\nbaseline = {{ mean = nan }}\n{good}"
        )),
        &["row 1 (a)", "`baseline.mean`", "NaN"],
    );
    refused(&row(&format!("name = \"a\"\n{good}")), &["baseline"]);
    refused(
        "[[table]]\ntitle = \"T\"\nmargin = 0\nrow = []\n",
        &["`margin`", "found 0"],
    );
    folder
        .run(&["stats", "table", "none.toml"])
        .with(2)
        .says(&["none.toml"]);
}
