//! `reproduce raghu2019`: the rehearsal end to end, and what is refused before anything trains.

mod fixture;

use fixture::{Folder, STUDY};
use serde_json::Value;

const REHEARSE: &[&str] = &["reproduce", "raghu2019", "--reduced", "--to", "out"];

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().expect(key)
}

#[test]
fn the_rehearsal_judges_ten_claims_and_goes_on_where_it_was() {
    let folder = Folder::new();
    let planned = folder.run(&[REHEARSE, &["--plan"]].concat()).with(0);
    planned.prints(&["networks", "18", "63 runs", "nothing was trained"]);
    assert!(folder.files().is_empty());

    let ended = folder.run(&[REHEARSE, &["--jobs", "2"]].concat()).with(0);
    ended.prints(&["decides nothing", "c10"]);
    let claims = folder.json("out/claims.json");
    assert_eq!(
        (&claims["format"], &claims["is_reduced"]),
        (&1.into(), &true.into())
    );
    let findings = list(&claims, "findings");
    assert_eq!(findings.len(), 10);
    for finding in findings {
        let claim = finding["claim"].as_str().expect("a claim");
        let parts = list(finding, "parts");
        assert!(!parts.is_empty(), "{claim}");
        let picture = folder.path(&format!("out/{claim}.svg"));
        let has_value = parts.iter().any(|part| part["value"].is_f64());
        assert_eq!(picture.exists(), has_value, "{claim}");
        for part in parts {
            // What has no effect says why.
            assert_eq!(
                part["value"].is_null(),
                part["outcome"] == "not-run",
                "{part}"
            );
            assert!(
                part["interval"].is_array() || part["reason"].is_string(),
                "{part}"
            );
        }
    }
    let outcome = |place: usize| findings[place]["outcome"].as_str().expect("an outcome");
    assert_eq!(outcome(2), "not-run");
    // With three seeds there is an interval of every difference, and of every similarity.
    for place in [0, 1, 3, 4, 5, 6, 9] {
        let parts = list(&findings[place], "parts");
        assert!(
            parts.iter().all(|part| part["interval"].is_array()),
            "{}",
            findings[place]
        );
    }
    let page = String::from_utf8(folder.read("out/claims.md")).expect("text");
    assert!(page.contains("This is the rehearsal") && page.contains("| [c10](#c10) |"));
    assert!(folder.path("out/networks/report.html").exists());

    // Again: nothing trains, and what is written is the same.
    let before = folder.read("out/claims.json");
    let again = folder.run(REHEARSE).with(0);
    again.says(&["12 of 12 jobs already have their result"]);
    assert_eq!(folder.read("out/claims.json"), before);

    // The same from the finished studies alone, with a table of one's own.
    let table = "[[c1]]\nstudy = \"labels\"\n[[c8]]\nstudy = \"networks\"\nthreshold = 0.99\n";
    folder.write("claims.toml", table);
    let evaluate =
        "reproduce raghu2019 --claims c1,c8 --to judged --json --table claims.toml --evaluate out";
    let evaluate: Vec<&str> = evaluate.split(' ').collect();
    let judged = folder.run(&evaluate).with(0).json();
    let reasons: Vec<&str> = list(&judged, "findings")
        .iter()
        .filter_map(|finding| finding["parts"][0]["reason"].as_str())
        .collect();
    assert!(
        reasons[0].contains("no network with the starts"),
        "{reasons:?}"
    );
    assert!(reasons[1].contains("compare.thresholds"), "{reasons:?}");
}

#[test]
fn what_is_not_fit_is_refused_with_its_reason() {
    let folder = Folder::new();
    folder.write("bare.toml", "title = \"No data\"\n");
    folder.write(
        "nowhere.toml",
        STUDY.replace("\"phantom-fundus\"", "\"nowhere\""),
    );
    folder.write("empty/readme.txt", "no study");
    folder.write("lacking.toml", "[[c2]]\nstudy = \"out\"\n");
    let refused: [(&str, &[&str]); 6] = [
        ("--claims c11", &["c1 to c10", "c11"]),
        ("--reduced --data bare.toml", &["bare.toml", "[data]"]),
        ("--reduced --data nowhere.toml", &["`networks`", "nowhere"]),
        ("--evaluate empty", &["empty", "expected a study"]),
        (
            "--evaluate empty --table lacking.toml",
            &["`c2` needs `large`"],
        ),
        ("--table lacking.toml", &["--evaluate"]),
    ];
    for (line, parts) in refused {
        let mut arguments = vec!["reproduce", "raghu2019"];
        arguments.extend(line.split(' '));
        folder.refuses_command(&arguments, parts);
    }
}
