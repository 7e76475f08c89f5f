//! What `--set` makes of a configuration.

use manual::with_changes;

const TEXT: &str = "\
# A question.
title = \"Small\"

[data]
source = \"pictures\" # ours
size = 32

[train]
lr = 1e-3 # not tuned

[[data.join]]
source = \"a.csv\"
on = \"id\"
";

fn changed(change: &str) -> Result<String, String> {
    with_changes(TEXT, &[change.to_owned()]).map_err(|error| error.to_string())
}

#[test]
fn what_is_there_stays_with_its_comments() {
    let text = changed("train.lr=3e-4").expect("a change");
    assert_eq!(text, TEXT.replace("lr = 1e-3", "lr = 3e-4"));
    let text = changed("data.task = ordinal").expect("a change");
    assert!(text.contains("size = 32\ntask = \"ordinal\"\n"), "{text}");
    let text = changed("compare.thresholds=[0.7, 0.8]").expect("a change");
    assert!(
        text.contains("[compare]\nthresholds = [0.7, 0.8]\n"),
        "{text}"
    );
    let text = changed("data.augment.hue=0.1").expect("a change");
    assert!(text.contains("[data.augment]\nhue = 0.1"), "{text}");
    assert_eq!(with_changes(TEXT, &[]).expect("none"), TEXT);
    // The last one counts.
    let twice = ["train.lr=1".to_owned(), "train.lr=2".to_owned()];
    let text = with_changes(TEXT, &twice).expect("changes");
    assert!(text.contains("lr = 2 # not tuned"), "{text}");
}

/// Values as a shell gives them: what is no TOML is a text.
#[test]
fn values_are_toml_or_texts() {
    for (change, written) in [
        ("title=Does it help?", "title = \"Does it help?\""),
        ("title='4'", "title = '4'"),
        ("cluster.time=04:00:00", "time = \"04:00:00\""),
        ("cluster.time=4h", "time = \"4h\""),
        ("data.positive=>=2", "positive = \">=2\""),
        ("weights.\"a.b\"=x=y.pth", "\"a.b\" = \"x=y.pth\""),
        (
            "grid.init=[\"random\", { transfuse = \"block2\" }]",
            "init = [\"random\", { transfuse = \"block2\" }]",
        ),
        ("report.pictures=false", "pictures = false"),
        ("title=", "title = \"\""),
        ("title=a\nb", "title = \"\"\"\na\nb\"\"\""),
    ] {
        let text = changed(change).expect(change);
        assert!(text.contains(written), "{change}: {text}");
        toml::from_str::<toml::Table>(&text).expect(change);
    }
}

#[test]
fn mistakes_are_told() {
    for (change, parts) in [
        (
            "train.lrr=1",
            &["--set train.lrr=1", "did you mean `train.lr`?"][..],
        ),
        ("lr=1", &["no key `lr`"]),
        ("train.lr", &["expected KEY=VALUE"]),
        ("=1", &["expected KEY=VALUE"]),
        ("train..lr=1", &["expected KEY=VALUE"]),
        (
            "data.source.train=x.csv",
            &["`data.source` is no table", "set `data.source` as a whole"],
        ),
        ("data.join.on=x", &["`data.join` is no table"]),
    ] {
        let error = changed(change).expect_err(change);
        for part in parts {
            assert!(error.contains(part), "{change}: {error}");
        }
    }
    assert!(with_changes("a = ", &["train.lr=1".into()]).is_err());
}
