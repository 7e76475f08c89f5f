//! What every report must hold, whatever the study found.

mod crowded;
mod discriminated;
mod invented;
mod many;
mod mistaken;
mod mistakes;
mod pages;
mod tried;

use super::*;
use comparison::invented::{missing, over};
use invented::{analysed, without_code};
pub use invented::{empty, illustrations, results};
use record::results::*;
use study::ProbeMethod;

const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror='alert(2)'>&\"";

#[test]
fn a_full_page_has_all_sections_and_numbers() {
    let timing = Timing {
        arm: "a study random".to_owned(),
        seconds: vec![180.0, 190.0],
        images_per_second: vec![320.0; 2],
        inference_ms: vec![1.5],
        peak_mib: Vec::new(),
        machines: Vec::new(),
        programs: Vec::new(),
    };
    let page = html(
        &results("a study"),
        &[timing],
        &illustrations("a study"),
        &[],
    )
    .unwrap();
    for section in [
        "verdict",
        "arms",
        "attributions",
        "curves",
        "forest",
        "probes",
        "data",
        "tasks",
        "filters",
        "failures",
        "intervals",
        "reproduce",
    ] {
        assert!(
            page.contains(&format!("<section id=\"{section}\"")),
            "no section {section}"
        );
    }
    for text in [
        "4 of 4 runs done",
        "For research use only.",
        "0.760 to 0.840",
        "1 of 2 probes done",
        "0.660 to 0.740",
        "not reached",
        "by 1 of 2 seeds",
        "≥ 2.00× as soon, 1.50 to 2.60</small><span class=\"outcome undecided\">undecided</span>",
        "only the scale helps",
        "12 to 17 seeds",
        "0.02: 31%",
        "3 min 05 s",
        "393 k parameters",
        "48.3 M multiply-adds",
        "50,000",
        "2 filters of 5 × 5, 3 channels",
    ] {
        assert!(page.contains(text), "no {text:?}");
    }
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
}

#[test]
fn what_was_tried_is_told_and_drawn() {
    let mut results = results("a study");
    let labels: Vec<String> = results.arms.iter().map(|arm| arm.label.clone()).collect();
    tried::tried(&mut results, [&labels[0], &labels[1]], "a reading");
    let page = html(&results, &[], &illustrations("a study"), &[]).unwrap();
    for text in [
        "<section id=\"tuning\"",
        "<section id=\"specification\"",
        "★ 0.800",
        "failed, failed",
        "the best learning rate is the largest tried (0.001)",
        "+0.030 ▸",
        "−0.030 to −0.010",
        "1 of 2",
        "a reading",
        "Training steps of trials",
    ] {
        assert!(page.contains(text), "no {text:?}");
    }
}

#[test]
fn words_of_a_study_stay_words() {
    let mut results = analysed(HOSTILE);
    let labels: Vec<String> = results.arms.iter().map(|arm| arm.label.clone()).collect();
    tried::tried(&mut results, [&labels[0], &labels[1]], HOSTILE);
    let page = html(&results, &[], &illustrations(HOSTILE), &[]).unwrap();
    let page = without_code(&page);
    assert!(!page.contains("<script>alert"));
    assert!(!page.contains("<img src=x"));
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
}

#[test]
fn nothing_is_loaded() {
    let page = html(&results("a study"), &[], &illustrations("a study"), &[]).unwrap();
    let page = without_code(&page);
    assert!(page.contains("content=\"default-src 'none'; img-src data:;"));
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("url("));
    for attribute in ["src=\"", "href=\""] {
        for (place, _) in page.match_indices(attribute) {
            let target = &page[place + attribute.len()..];
            assert!(
                target.starts_with("data:") || target.starts_with('#'),
                "{target:.40}"
            );
        }
    }
}

#[test]
fn unfinished_studies_have_a_page() {
    let page = html(&empty(), &[], &Illustrations::default(), &[]).unwrap();
    assert!(page.contains("0 of 0 runs done"));
    assert!(page.contains("The plan has no arms."));
    for section in ["failures", "probes", "reuse"] {
        assert!(!page.contains(&format!("id=\"{section}\"")), "{section}");
    }

    let mut untrained = results("a study");
    if let Some(probes) = &mut untrained.probe {
        probes.only = true;
    }
    for probe in &mut untrained.probes {
        probe.auc = None;
    }
    let page = html(&untrained, &[], &Illustrations::default(), &[]).unwrap();
    assert!(page.contains("No probe is done yet.") && !page.contains("id=\"arms\""));

    let mut started = results("a study");
    for arm in &mut started.arms {
        arm.auc = None;
        arm.seeds.clear();
        arm.curve.clear();
        arm.convergence.clear();
    }
    started.comparisons.clear();
    started.progress = Progress {
        planned: 4,
        done: 0,
        failed: 1,
    };
    let page = html(&started, &[], &Illustrations::default(), &[]).unwrap();
    assert!(page.contains("0 of 4 runs done, 1 failed"));
    assert!(page.contains("no run done"));
    assert!(page.contains("No run has been evaluated yet."));

    let mut undefined = results("a study");
    undefined.arms[1].auc = None;
    for seed in undefined.arms.iter_mut().flat_map(|arm| &mut arm.seeds) {
        seed.auc = None;
    }
    undefined.arms[0].auc = Some(Estimate {
        value: f64::NAN,
        low: Some(f64::NEG_INFINITY),
        seeds: 3,
        high: Some(f64::INFINITY),
        seed_sd: None,
        sampling_se: f64::NAN,
    });
    let page = html(&undefined, &[], &illustrations("a study"), &[]).unwrap();
    assert!(page.contains("not defined"));
    assert!(!without_code(&page).contains("NaN") && !without_code(&page).contains("inf "));
}

#[test]
fn reuse_has_every_figure_as_picture_and_as_numbers() {
    let mut results = analysed("");
    results.arms[1].init = "transfer".to_owned();
    let page = html(&results, &[], &illustrations(""), &[]).unwrap();
    for text in [
        "13 of 14 parts of the analysis done, 1 failed",
        "the same 400 test pictures",
        "resnet50, all 1080 training images",
        "cbr-small, all 1080 training images",
        // Figure 2: interval over pairs, floor, null and p of the first pair.
        "transfer with random",
        "0.430 to 0.470",
        "0.450 (0.440 to 0.460)",
        "0.110 ± 0.010",
        "the two from random are more alike, by +0.050 (+0.030 to +0.070). <span class=\"outcome agrees\">agrees</span>",
        // Figure 3.
        "minus random",
        "+0.200<small>+0.170 to +0.230</small>",
        "null 0.110, p 0.050",
        "block3: 1,000 datapoints for 256 dimensions",
        // Figure 4, of the second setting.
        "Highest block (block3)",
        "<span class=\"outcome disagrees\">disagrees</span>",
        // Figure 5.
        "0.950</strong>",
        "noise 0.330",
        // Functional checks and maps.
        "drawn anew",
        "k = 200",
        "--heat:65%\">0.65",
    ] {
        assert!(page.contains(text), "no {text:?}");
    }
    let charts = page.matches("id=\"figure-reuse-").count();
    assert_eq!(charts, 2 * (5 + 2), "charts by block and of channels");
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
}

#[test]
fn what_an_analysis_lacks_is_said() {
    let mut results = analysed("");
    let analysis = results.analysis.as_mut().unwrap();
    let measure = analysis.how.measures[0];
    let [first, second] = &mut analysis.settings[..] else {
        panic!("two settings");
    };
    for arm in &mut first.arms {
        let pairs = arm.against_baseline.as_mut().unwrap();
        pairs.top[0] = missing(measure);
        pairs.baseline_closer[0] = None;
        for block in &mut arm.blocks {
            block.before_after[0] = missing(measure);
            block.movement = Some(over(f64::NAN, f64::INFINITY));
            block.reset_to_start = Some(over(0.1, f64::INFINITY));
        }
        if let Some(filters) = &mut arm.filters {
            filters.correlation = None;
        }
    }
    for arm in &mut second.arms {
        arm.blocks.clear();
        arm.against_baseline = None;
        arm.filters = None;
    }
    analysis.maps[0].values.truncate(1);
    analysis.readings.clear();
    let page = html(&results, &[], &illustrations(""), &[]).unwrap();
    for text in [
        "512 dimensions and only 300 datapoints: any two networks would match exactly",
        "no two networks of the baseline are compared by this measure",
        "no interval",
        "no filter has a value",
        "No pair of runs is compared yet.",
        "No run is analysed yet.",
        "–: no value",
    ] {
        assert!(page.contains(text), "no {text:?}");
    }
    assert!(!without_code(&page).contains("NaN") && !without_code(&page).contains(">inf"));

    results.analysis.as_mut().unwrap().settings.clear();
    let page = html(&results, &[], &illustrations(""), &[]).unwrap();
    assert!(page.contains("Nothing is analysed yet."));
}

#[test]
fn scores_stand_beside_their_record_and_sources_in_a_figure() {
    use record::results::AssociationResult;
    use record::results::*;
    use record::results::{SourceAccuracy, SourcePoint};
    use study::TransferScore;

    let mut results = results(HOSTILE);
    let association = |value: Option<f64>| AssociationResult {
        coefficient: Coefficient::WeightedTau,
        points: 5,
        value,
        interval: value.map(|v| [v - 0.3, v + 0.3]),
        reason: value.is_none().then(|| HOSTILE.to_owned()),
    };
    let score = |score, value: Option<f64>, block: Option<&str>| ScoreResult {
        model: HOSTILE.to_owned(),
        init: "random".to_owned(),
        train_size: 1080,
        is_all: true,
        block: block.map(str::to_owned),
        score,
        value,
        rank: value.map(|_| 1),
        reason: value.is_none().then(|| HOSTILE.to_owned()),
        seeds: Vec::new(),
        left_out: vec![HOSTILE.to_owned()],
    };
    let prediction = |predictor, value| Prediction {
        predictor,
        over: Points::Starts,
        train_size: 1080,
        is_all: true,
        regime: RegimeName::default(),
        association: association(value),
    };
    results.transferability = Some(Transferability {
        asked: vec![
            TransferScore::Logme,
            TransferScore::Gbc,
            TransferScore::Leep,
        ],
        scores: vec![
            score(TransferScore::Logme, Some(-0.54012), Some("block1")),
            score(TransferScore::Gbc, Some(-1.5e-20), Some("block1")),
            score(TransferScore::Leep, None, None),
        ],
        predictions: vec![
            prediction(Predictor::Score(TransferScore::Logme), Some(0.42)),
            prediction(Predictor::Probe(ProbeMethod::Linear), None),
        ],
    });
    results.source_accuracy = vec![SourceAccuracy {
        source: HOSTILE.to_owned(),
        train_size: 1080,
        is_all: true,
        regime: RegimeName::default(),
        networks: [0.7, 0.7]
            .map(|top1| SourcePoint {
                model: HOSTILE.to_owned(),
                top1,
                auc: 0.8,
                low: Some(0.75),
                high: Some(0.85),
            })
            .into(),
        associations: vec![association(None)],
    }];
    let page = html(&results, &[], &illustrations(""), &[]).unwrap();
    assert!(!page.contains(HOSTILE));
    for text in [
        "<section id=\"transferability\">",
        "<section id=\"source-accuracy\">",
        "−0.5401<small>place 1</small>",
        "−1.5e-20",
        "0.33 (0.11 to 0.58)",
        "0.44 (0.07 to 0.74)",
        "<strong>0.420</strong><small>n = 5, 0.12 to 0.72</small>",
    ] {
        assert!(page.contains(text), "no {text:?}");
    }
    assert!(!without_code(&page).contains("NaN"));
    let json = serde_json::to_string(&results).unwrap();
    let again: Results = serde_json::from_str(&json).unwrap();
    assert_eq!(again.transferability, results.transferability);
    assert_eq!(again.source_accuracy, results.source_accuracy);
}
