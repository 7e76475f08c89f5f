//! Studies of many arms, and what is taken away from them.

use std::collections::BTreeSet;

use super::invented::{analysed, illustrations, results, without_code};
use super::tried;
use crate::*;
use record::results::*;

/// A study of `count` arms in two models, with curves of `points` evaluations; the last arm has no
/// finished run.
pub fn many(words: &str, count: usize, points: u64) -> Results {
    let mut results = results(words);
    let [random, other] = [0, 1].map(|place| results.arms[place].clone());
    let arm = |number: usize| {
        let model = if number < count.div_ceil(2) {
            "cbr-small"
        } else {
            "resnet50"
        };
        let init = match number % count.div_ceil(2) {
            0 => "random".to_owned(),
            place => format!("transfer up to block{place}, the rest from its statistics {words}"),
        };
        let init = init.trim_end().to_owned();
        let lift = 0.001 * (number * 37 % 101) as f64;
        let mut arm = if init == "random" {
            random.clone()
        } else {
            other.clone()
        };
        arm.label = format!("{model} {init}");
        (arm.model, arm.init) = (model.to_owned(), init);
        for auc in arm
            .auc
            .iter_mut()
            .chain(arm.questions.iter_mut().flat_map(|q| &mut q.auc))
        {
            let value = 0.7 + lift;
            *auc = Estimate {
                value,
                low: Some(value - 0.03),
                high: Some(value + 0.02),
                ..*auc
            };
        }
        for seed in &mut arm.seeds {
            let value = 0.69 + lift + 0.02 * seed.seed as f64;
            seed.auc = seed.auc.map(|auc| AucResult { value, ..auc });
        }
        arm.curve = (0..points).map(|step| point(step, points, lift)).collect();
        if number + 1 == count {
            arm.auc = None;
            (arm.seeds, arm.curve) = (Vec::new(), Vec::new());
        }
        arm
    };
    results.arms = (0..count).map(arm).collect();
    let baseline = |arm: &ArmResult| format!("{} random", arm.model);
    let compared = results.comparisons[0].clone();
    let others = results.arms.iter().filter(|arm| arm.init != "random");
    results.comparisons = others
        .map(|arm| ComparisonResult {
            arm: arm.label.clone(),
            baseline: baseline(arm),
            ..compared.clone()
        })
        .collect();
    let cost = results.costs[0].clone();
    let costs = results
        .arms
        .iter()
        .enumerate()
        .map(|(number, arm)| CostResult {
            arm: arm.label.clone(),
            parameters: 100_000 * (number + 1),
            ..cost.clone()
        });
    results.costs = costs.collect();
    results
}

/// One evaluation: two seeds that rise, the second of which stops early.
fn point(step: u64, points: u64, lift: f64) -> CurvePoint {
    let share = step as f64 / points as f64;
    let auc = 0.5 + (0.3 + lift) * (1.0 - (-5.0 * share).exp());
    let second = (share < 0.8).then_some(auc - 0.02);
    CurvePoint {
        step: 25 * step,
        auc: vec![Some(auc), second],
        loss: vec![Some(1.2 - share), second.map(|_| 1.3 - share)],
    }
}

/// Looked at by whoever names a folder.
fn keep(name: &str, page: &str) {
    if let Some(folder) = std::env::var_os("PAGES") {
        std::fs::write(std::path::Path::new(&folder).join(name), page).expect("a folder of pages");
    }
}

#[test]
fn pages_of_many_arms_stay_small_and_say_what_waits() {
    for count in [3, 20, 100] {
        let results = many("", count, 200);
        let page = html(&results, &[], &illustrations(""), &[]).expect("a page");
        keep(&format!("arms-{count}.html"), &page);
        assert!(page.len() < 2_000_000, "{} bytes", page.len());
        assert!(page.contains("no run yet"), "{count}");
        assert!(
            count < 20 || page.contains("No run yet: transfer"),
            "{count}"
        );
        let text = without_code(&page);
        let forest = text.split("id=\"figure-test-auc-").skip(1);
        let listed = forest.map(|part| {
            let end = part.find("</figure>").unwrap_or(part.len());
            part[..end].matches("<th scope=\"row\">").count()
        });
        let expected = 3 * (count - 1);
        assert_eq!(
            listed.sum::<usize>(),
            expected,
            "two seeds and a mean of every finished arm"
        );
        assert!(
            !text.contains("NaN") && !text.contains("0000000"),
            "{count}"
        );
        let ids: Vec<&str> = text
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let unique: BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "ids repeat");
    }
}

#[test]
fn charts_and_tables_are_taken_away_whole() {
    const HOSTILE: &str = "=1+1|_%&#$~^\\{}</svg><script>";
    let mut results = analysed(HOSTILE);
    let labels: Vec<String> = results.arms.iter().map(|arm| arm.label.clone()).collect();
    tried::tried(&mut results, [&labels[0], &labels[1]], HOSTILE);
    let page = html(&results, &[], &illustrations(HOSTILE), &[]).expect("a page");
    keep("analysed.html", &page);
    let taken = Takeaway::new(&results, &[]).expect("a takeaway");
    let mut paths = BTreeSet::new();
    for file in taken.files() {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-/.".contains(&byte);
        assert!(file.path.bytes().all(is_plain), "{}", file.path);
        assert!(paths.insert(file.path.clone()), "{} twice", file.path);
        if file.path.ends_with(".csv") {
            let text = String::from_utf8(file.bytes).expect("text");
            let starts = text.lines().filter(|line| line.starts_with('='));
            assert_eq!(starts.count(), 0, "{}", file.path);
        }
    }
    for id in [
        "calibration-1",
        "curves-1-auc",
        "test-auc-1",
        "tuning-1",
        "reuse-1-movement",
    ] {
        for ending in ["svg", "png", "csv"] {
            assert!(
                paths.contains(&format!("figures/{id}.{ending}")),
                "{id}.{ending}"
            );
        }
    }
    for id in [
        "arms",
        "runs",
        "classes",
        "data",
        "comparisons-1",
        "calibration",
        "costs",
        "labels",
    ] {
        assert!(paths.contains(&format!("tables/{id}.tex")), "{id}");
    }
    assert!(paths.contains("index.md"));
}
