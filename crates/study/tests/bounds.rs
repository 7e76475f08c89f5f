//! Numbers and texts that no study has: a clear error or a plan, never a panic or an abort.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use study::{BOUNDS, StudySpec};

/// What is written where a case does not write it.
const BASE: [(&str, &str); 4] = [
    ("", "title = \"a question\""),
    (
        "data",
        "source = \"phantom-fundus\"\ntask = \"ordinal\"\nsize = 16\ncount = 60",
    ),
    (
        "grid",
        "model = [\"cbr-tiny\"]\ninit = [\"random\"]\nseeds = 1",
    ),
    ("train", "max_steps = 4"),
];

/// A study with `lines` in `section`, in place of those of the same keys.
fn with(section: &str, lines: &str) -> String {
    let key = |line: &str| line.split('=').next().map(str::trim).map(String::from);
    let is_written = |line: &str| lines.lines().any(|own| key(own) == key(line));
    let mut text = String::new();
    for (name, base) in BASE {
        if !name.is_empty() {
            text += &format!("[{name}]\n");
        }
        for line in base.lines() {
            if name != section || !is_written(line) {
                text += &format!("{line}\n");
            }
        }
        if name == section {
            text += &format!("{lines}\n");
        }
    }
    if !BASE.iter().any(|(name, _)| *name == section) {
        text += &format!("[{section}]\n{lines}\n");
    }
    text
}

fn planned(text: &str) -> Result<(), String> {
    let spec = study::parse::<StudySpec>(text, Path::new("study.toml"));
    let spec = spec.map_err(|error| error.to_string())?;
    let opened = study::check(&spec, Path::new("."));
    opened.map(drop).map_err(|error| format!("{error:#}"))
}

/// Section, lines with `@` for the number, and a word that an error has to say.
const KEYS: [(&str, &str, &str); 71] = [
    ("data", "size = @", "size"),
    ("data", "size = [16, @]", "size"),
    ("data", "count = @", "count"),
    ("data", "seed = @", "seed"),
    ("data", "channels = @", "channels"),
    ("data", "cache_mib = @", "cache_mib"),
    ("data", "split_seed = @", "split_seed"),
    ("data", "folds = @", "folds"),
    ("data", "folds = 2\nrepeats = @", "repeats"),
    ("data", "labels_from = @", "labels_from"),
    ("data", "frame = @", "frame"),
    ("data", "window = @", "window"),
    ("data", "window = [@, 40]", "window"),
    ("data", "window = [40, @]", "window"),
    ("data", "range = [@, 200]", "range"),
    ("data", "range = [0, @]", "range"),
    ("data", "fractions = { train = @ }", "fractions"),
    ("data", "fractions = { validation = @ }", "fractions"),
    ("data", "fractions = { test = @ }", "fractions"),
    ("data", "augment = { crop = @ }", "crop"),
    ("data", "augment = { rotate_degrees = @ }", "rotate_degrees"),
    ("data", "augment = { brightness = @ }", "brightness"),
    ("data", "augment = { contrast = @ }", "contrast"),
    ("data", "augment = { saturation = @ }", "saturation"),
    ("data", "augment = { hue = @ }", "hue"),
    (
        "data.test.other",
        "source = \"phantom-fundus\"\ncount = @",
        "count",
    ),
    ("grid", "train_size = [@]", "train_size"),
    ("grid", "seeds = @", "seeds"),
    ("grid", "seeds = { from = @, to = 9 }", "seeds"),
    ("grid", "seeds = { from = 3, to = @ }", "seeds"),
    (
        "grid",
        "model = [{ name = \"cbr-tiny\", slim = \"block1\", divide = @ }]",
        "divide",
    ),
    ("grid", "regime = [{ layer_decay = @ }]", "layer_decay"),
    ("grid", "regime = [{ lr = @ }]", "lr"),
    ("grid", "regime = [{ rates = { head = @ } }]", "rates"),
    (
        "grid",
        "regime = [{ l2_sp = { alpha = @, beta = 0 } }]",
        "l2_sp",
    ),
    (
        "grid",
        "regime = [{ l2_sp = { alpha = 0, beta = @ } }]",
        "l2_sp",
    ),
    (
        "grid",
        "regime = [{ lora = { rank = @, on = \"convolutions\" } }]",
        "rank",
    ),
    (
        "grid",
        "regime = [{ lora = { alpha = @, on = \"convolutions\" } }]",
        "alpha",
    ),
    (
        "grid",
        "regime = [{ adapter = { reduction = @ } }]",
        "reduction",
    ),
    (
        "grid",
        "regime = [{ name = \"own\", phases = [{ share = @ }] }]",
        "share",
    ),
    ("train", "lr = @", "lr"),
    ("train", "optimizer = \"sgd\"\nmomentum = @", "momentum"),
    ("train", "weight_decay = @", "weight_decay"),
    ("train", "ema = @", "ema"),
    ("train", "dropout = @", "dropout"),
    ("train", "stochastic_depth = @", "stochastic_depth"),
    ("train", "batch_size = @", "batch_size"),
    ("train", "max_steps = @", "max_steps"),
    ("train", "eval_every = @", "eval_every"),
    ("train", "warmup_steps = @", "warmup_steps"),
    ("train", "step_factor = @", "step_factor"),
    ("train", "schedule = \"step\"\nstep_at = [@]", "step_at"),
    ("train", "patience = @", "patience"),
    ("train", "layer_decay = @", "layer_decay"),
    ("tune", "lr = [1e-3, @]", "lr"),
    ("tune", "weight_decay = [0.5, @]", "weight_decay"),
    ("tune", "max_steps = [4, @]", "max_steps"),
    ("tune", "lr = [1e-3, 1e-2]\nseeds = @", "seeds"),
    ("compare", "margin = @", "margin"),
    ("compare", "reference = @", "reference"),
    ("compare", "thresholds = [@]", "thresholds"),
    ("compare", "sustained = @", "sustained"),
    ("compare", "operating = { sensitivity = @ }", "operating"),
    ("compare", "specificities = [@]", "specificities"),
    ("compare", "prevalences = [@]", "prevalences"),
    ("compare", "resamples = @", "resamples"),
    ("probe", "k = @", "k"),
    ("probe", "temperature = @", "temperature"),
    ("probe", "strength = [@]", "strength"),
    ("analysis", "permutations = @", "permutations"),
    ("analysis", "neighbours = @", "neighbours"),
];

/// Numbers that no key takes.
const NEVER: [&str; 6] = [
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "nan",
    "inf",
    "-inf",
];

#[test]
fn numbers_out_of_range_are_errors_that_name_the_key() {
    planned(&with("", "")).unwrap();
    for (section, lines, word) in KEYS {
        for number in ["0", "-1", "1e12", "1000000000000"].iter().chain(&NEVER) {
            let text = with(section, &lines.replace('@', number));
            match planned(&text) {
                Ok(()) => assert!(!NEVER.contains(number), "planned: {text}"),
                Err(error) => assert!(error.contains(word), "`{word}` is not in {error}: {text}"),
            }
        }
    }
}

#[test]
fn texts_and_lists_out_of_range_are_errors_that_name_the_key() {
    let long = "x".repeat(10_001);
    let many = vec!["0.5"; 1001].join(", ");
    let rules = vec!["[\"stem\", \"shuffle\"]"; 100].join(", ");
    for (section, lines, word) in [
        ("", format!("title = \"{long}\""), "`title`"),
        ("data", format!("name = \"{long}\""), "`data.name`"),
        ("data", "name = \"\"".into(), "`data.name`"),
        ("data", format!("property = \"{long}\""), "`data.property`"),
        (
            "data",
            format!("allow_leaks = \"{long}\""),
            "`data.allow_leaks`",
        ),
        (
            &format!("data.test.{long}"),
            "source = \"phantom-fundus\"".into(),
            "`data.test`",
        ),
        (
            "grid",
            format!("init = [{{ name = \"{long}\", transfuse = \"block1\" }}]"),
            "1 to 80 characters",
        ),
        (
            "grid",
            format!("init = [{{ rules = [{rules}] }}]"),
            "`name`",
        ),
        (
            "grid",
            format!("regime = [{{ name = \"{long}\", freeze = \"stem\" }}]"),
            "1 to 80 characters",
        ),
        ("train", format!("step_at = [{many}]"), "`train.step_at"),
        ("probe", format!("strength = [{many}]"), "`probe.strength"),
    ] {
        let error = planned(&with(section, &lines)).expect_err(word);
        assert!(error.contains(word), "`{word}` is not in: {error}");
    }
    let more: Vec<String> = (1..100).map(|i| format!("0.{i:03}")).collect();
    let thresholds = format!("thresholds = [{}]", more.join(", "));
    let error = planned(&with("compare", &thresholds)).expect_err("too many");
    assert!(error.contains("0 to 16 entries, found 99"), "{error}");
}

#[test]
fn the_manual_has_every_bound() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/study.md");
    let manual = std::fs::read_to_string(path).unwrap();
    let rows = BOUNDS.iter();
    let rows: String = rows
        .map(|bound| format!("| `{}` | {bound} | {} |\n", bound.key, bound.why))
        .collect();
    assert!(
        manual.contains(&rows),
        "docs/study.md, under `Bounds`, has to have these rows:\n{rows}"
    );
}
