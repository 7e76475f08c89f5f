//! What every report must hold, whatever the study found.

use super::*;
use crate::comparison::invented;
use crate::comparison::probes::{ProbeResult, Probes};
use crate::comparison::results::*;
use crate::study::{ProbeMethod, ProbeSettings};
use nets::zoo::Choice;

const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror='alert(2)'>&\"";

/// Two arms with two seeds each, and the user's words as given.
fn results(words: &str) -> Results {
    let estimate = |value| Estimate {
        value,
        low: value - 0.04,
        high: value + 0.04,
        seed_sd: Some(0.01),
        sampling_se: 0.02,
    };
    let part = |value| PartResult {
        difference: estimate(value),
        outcome: words.to_owned(),
    };
    let arm = |init: &str, value: f64| ArmResult {
        label: format!("{words} {init}"),
        model: words.to_owned(),
        init: init.to_owned(),
        regime: "full".to_owned(),
        needs_weights: false,
        train_size: 1080,
        is_all: true,
        auc: Some(estimate(value)),
        seeds: [0, 1].map(|seed| seed_result(seed, value, words)).into(),
        curve: vec![
            CurvePoint {
                step: 0,
                auc: vec![Some(0.5); 2],
                loss: vec![None; 2],
            },
            CurvePoint {
                step: 50,
                auc: vec![Some(0.7), None],
                loss: vec![Some(1.2), None],
            },
        ],
        convergence: vec![Convergence {
            threshold: 0.6,
            steps: vec![Some(25.0), None],
            median: (init == "random").then_some(25.0),
            median_low: Some(20.0),
            median_high: None,
            restricted_mean: Some(37.5),
            horizon: Some(50.0),
        }],
        learning_curve: Some(OverSeeds {
            mean: 0.6,
            low: Some(0.5),
            high: None,
        }),
        questions: vec![
            ArmQuestion {
                name: words.to_owned(),
                is_headline: false,
                positives: 3,
                negatives: 97,
                is_rare: true,
                patients: [3, 90],
                auc: Some(estimate(value)),
            },
            ArmQuestion {
                name: "other".to_owned(),
                is_headline: false,
                positives: 40,
                negatives: 60,
                is_rare: false,
                patients: [40, 60],
                auc: None,
            },
        ],
        up_to_block: None,
    };
    Results {
        format: FORMAT,
        title: words.to_owned(),
        version: "0.1.0".to_owned(),
        headline: words.to_owned(),
        baseline: "random".to_owned(),
        margin: 0.01,
        thresholds: vec![0.6],
        progress: Progress {
            planned: 4,
            done: 4,
            failed: 0,
        },
        warnings: vec![words.to_owned()],
        data: DataResult {
            name: words.to_owned(),
            task: "ordinal".to_owned(),
            classes: vec![words.to_owned(), "moderate".to_owned()],
            property: Some(words.to_owned()),
            size: 64,
            channels: 3,
            stored_width: [28; 3],
            stored_height: [28; 3],
            split: words.to_owned(),
            partitions: vec![PartitionResult {
                name: "training".to_owned(),
                images: 1080,
                patients: Some(640),
                per_class: vec![486],
            }],
            unreadable: vec![(words.to_owned(), words.to_owned())],
            sha256: "d".repeat(64),
        },
        sources: vec![SourceResult {
            model: words.to_owned(),
            name: words.to_owned(),
            classes: Some(10),
            images: Some(50_000),
            size: Some(32),
            property: None,
            top1: Some(0.8),
            top5: Some(0.98),
            sha256: "e".repeat(64),
        }],
        models: vec![ModelResult {
            label: words.to_owned(),
            choice: Choice::named("cbr-tiny"),
            parameters: 392_741,
            macs: 48_300_000,
            blocks: vec![words.to_owned(), "head".to_owned()],
        }],
        arms: vec![arm("random", 0.8), arm(words, 0.84)],
        attributions: vec![AttributionResult {
            model: words.to_owned(),
            train_size: 1080,
            is_all: true,
            regime: "full".to_owned(),
            helps: Helps::Scale,
            gain: part(0.04),
            scale: part(0.03),
            features: part(0.01),
        }],
        probe: Some(Probes {
            only: false,
            settings: ProbeSettings {
                methods: vec![ProbeMethod::Linear, ProbeMethod::Knn],
                scores: Vec::new(),
                k: 200,
                temperature: 0.1,
                strengths: vec![0.1, 1.0],
                keep_features: false,
            },
            progress: Progress {
                planned: 2,
                done: 1,
                failed: 0,
            },
            unconverged: 0,
        }),
        probes: vec![ProbeResult {
            model: words.to_owned(),
            init: words.to_owned(),
            train_size: 1080,
            is_all: true,
            block: words.to_owned(),
            method: ProbeMethod::Knn,
            auc: Some(estimate(0.7)),
            seeds: Vec::new(),
        }],
        comparisons: vec![comparison(words, None)],
        question_comparisons: vec![comparison(words, Some(words.to_owned()))],
        costs: ["random", words]
            .map(|init| cost(&format!("{words} {init}")))
            .into(),
        label_efficiency: vec![LabelEfficiencyResult {
            model: words.to_owned(),
            init: words.to_owned(),
            regime: "full".to_owned(),
            savings: vec![SavingResult {
                train_size: 100,
                factor: 2.5,
                low: Some(1.2),
                high: None,
                bound: "at-least".to_owned(),
            }],
        }],
        specificities: vec![0.9],
        transferability: None,
        source_accuracy: Vec::new(),
        analysis: None,
        verdict: Verdict {
            paragraph: words.to_owned(),
            clauses: vec![Clause {
                rule: "use".to_owned(),
                text: words.to_owned(),
                numbers: vec!["/arms/0/auc".to_owned()],
                section: "comparisons".to_owned(),
            }],
            advice: None,
            recommended: Some(format!("{words} {words}")),
            open: vec![words.to_owned()],
        },
        failures: vec![Failure {
            run: 3,
            arm: words.to_owned(),
            seed: 1,
            error: words.to_owned(),
        }],
        reproduction: Reproduction {
            command: words.to_owned(),
            study: words.to_owned(),
            plan_sha256: "f".repeat(64),
        },
    }
}

fn seed_result(seed: u64, value: f64, words: &str) -> SeedResult {
    SeedResult {
        run: seed as usize,
        seed,
        best_step: 50,
        steps: 50,
        auc: Some(AucResult {
            value,
            low: value - 0.04,
            high: value + 0.04,
        }),
        auprc: Some(0.7),
        macro_auc: None,
        per_class: vec![(words.to_owned(), Some(0.75)), ("other".to_owned(), None)],
        accuracy: Some(0.6),
        kappa: Some(0.5),
        log_loss: Some(f64::NAN),
        questions: vec![question(words, 3), question("other", 40)],
    }
}

fn question(name: &str, positives: usize) -> QuestionResult {
    let share = |value| Proportion {
        value,
        low: value - 0.1,
        high: value + 0.1,
    };
    QuestionResult {
        name: name.to_owned(),
        is_headline: false,
        positives,
        negatives: 100 - positives,
        auc: None,
        auprc: Some(0.3),
        partial_auc: Some(0.6),
        sensitivities: vec![Some(0.4)],
        operating: Some(OperatingResult {
            rule: name.to_owned(),
            threshold: 0.2,
            counts: [2, 1, 10, 87],
            sensitivity: Some(share(0.67)),
            specificity: Some(share(0.9)),
            ppv: Some(share(0.17)),
            npv: None,
            lr_positive: Some(share(6.4)),
            lr_negative: Some(share(0.37)),
            elsewhere: vec![PredictiveValues {
                prevalence: 0.01,
                ppv: Some(share(0.06)),
                npv: None,
            }],
        }),
        calibration: Some(CalibrationResult {
            slope: Some(share(0.7)),
            intercept: None,
            brier: 0.03,
            ece: 0.04,
            ece_if_right: 0.02,
            reliability: vec![ReliabilityBin {
                images: 100,
                predicted: 0.04,
                observed: share(0.03),
            }],
        }),
        rescaled: Some(RescaledResult {
            temperature: 1.4,
            slope: Some(0.98),
            brier: 0.03,
            ece: 0.02,
        }),
        decision_curve: vec![NetBenefit {
            threshold: 0.1,
            model: 0.01,
            all: f64::NAN,
        }],
    }
}

fn comparison(words: &str, question: Option<String>) -> ComparisonResult {
    ComparisonResult {
        arm: format!("{words} {words}"),
        baseline: format!("{words} random"),
        question,
        difference: Estimate {
            value: 0.04,
            low: 0.0,
            high: 0.08,
            seed_sd: Some(0.01),
            sampling_se: 0.02,
        },
        outcome: words.to_owned(),
        uncorrected: "better".to_owned(),
        p: PValues {
            difference: Some(0.03),
            equivalence: Some(0.9),
            difference_holm: Some(0.06),
            equivalence_holm: None,
        },
        smallest_detectable: Some(0.031),
        settling: Some(SettlingResult {
            equivalence_seeds: Some(12),
            equivalence_patients: None,
            difference_seeds: None,
            difference_patients: Some(2.5),
        }),
        bootstrap: Some(BootstrapResult {
            low: -0.01,
            high: 0.09,
            seed_se: Some(0.01),
            sampling_se: 0.02,
            resamples: 2000,
        }),
        permutation: Some(PermutationResult {
            patients: Some(0.0004),
            seeds: 0.5,
            smallest_by_seeds: 0.5,
        }),
        speed_up: vec![Some(SpeedUpResult {
            value: 2.0,
            low: Some(1.5),
            high: Some(2.6),
            bound: "at-least".to_owned(),
            horizon: 50.0,
        })],
        learning_curve: None,
    }
}

fn cost(arm: &str) -> CostResult {
    CostResult {
        arm: arm.to_owned(),
        parameters: 1_000_000,
        macs: 300_000_000,
        activations: 2_000_000,
        step_images: 32,
        step_macs: 3e10,
        front: FrontResult {
            macs: true,
            ..FrontResult::default()
        },
    }
}

fn illustrations(words: &str) -> Illustrations {
    Illustrations {
        examples: vec![ExampleSheet {
            class: words.to_owned(),
            png: vec![1, 2, 3],
        }],
        filters: vec![FilterSheet {
            arm: format!("{words} random"),
            model: words.to_owned(),
            init: "random".to_owned(),
            seed: 0,
            shape: [2, 3, 5, 5],
            before: (0..150).map(|weight| (weight as f32).sin()).collect(),
            after: (0..150).map(|weight| (weight as f32).cos()).collect(),
        }],
    }
}

fn empty() -> Results {
    let mut results = results("a study");
    results.thresholds.clear();
    results.progress = Progress::default();
    results.data.classes.clear();
    results.data.partitions.clear();
    results.data.unreadable.clear();
    results.warnings.clear();
    results.sources.clear();
    results.models.clear();
    results.arms.clear();
    results.comparisons.clear();
    results.failures.clear();
    results.probe = None;
    results.probes.clear();
    results.verdict.recommended = None;
    results.verdict.open.clear();
    results
}

/// Results with an invented analysis of two settings.
fn analysed(words: &str) -> Results {
    let mut results = results(words);
    results.analysis = Some(invented::analysis(words));
    results
}

/// The page without its two scripts and its style sheet, which hold nothing of a study.
fn without_code(page: &str) -> String {
    let library = include_str!("assets/echarts-6.1.0.min.js");
    let page = page
        .replace(library, "")
        .replace(include_str!("templates/page.js"), "");
    page.replace(include_str!("templates/page.css"), "")
}

#[test]
fn a_full_page_has_all_sections_and_numbers() {
    let timing = Timing {
        arm: "a study random".to_owned(),
        seconds: vec![180.0, 190.0],
        images_per_second: vec![320.0; 2],
        inference_ms: vec![1.5],
        peak_mib: Vec::new(),
    };
    let page = html(&results("a study"), &[timing], &illustrations("a study")).unwrap();
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
        "2.0× sooner",
        "only the scale helps",
        "detectable from 0.031",
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
fn words_of_a_study_stay_words() {
    let page = html(&analysed(HOSTILE), &[], &illustrations(HOSTILE)).unwrap();
    let page = without_code(&page);
    assert!(!page.contains("<script>alert"));
    assert!(!page.contains("<img src=x"));
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script").count(), 3);
    let start = page.find("id=\"chart-data\">").unwrap() + "id=\"chart-data\">".len();
    let json = &page[start..start + page[start..].find("</script>").unwrap()];
    let charts: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(charts["inits"][1]["name"], HOSTILE);
    let block = format!("stem{HOSTILE}");
    assert_eq!(charts["reuse"]["by_block"][0]["blocks"][0], block);
}

#[test]
fn nothing_is_loaded() {
    let page = html(&results("a study"), &[], &illustrations("a study")).unwrap();
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
    let page = html(&empty(), &[], &Illustrations::default()).unwrap();
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
    let page = html(&untrained, &[], &Illustrations::default()).unwrap();
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
    let page = html(&started, &[], &Illustrations::default()).unwrap();
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
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
        seed_sd: None,
        sampling_se: f64::NAN,
    });
    let page = html(&undefined, &[], &illustrations("a study")).unwrap();
    assert!(page.contains("not defined"));
    assert!(!without_code(&page).contains("NaN") && !without_code(&page).contains("inf "));
}

#[test]
fn reuse_has_every_figure_as_picture_and_as_numbers() {
    let mut results = analysed("");
    results.arms[1].init = "transfer".to_owned();
    let page = html(&results, &[], &illustrations("")).unwrap();
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
    let charts = page.matches("data-by-block=\"").count();
    assert_eq!(charts, 2 * 5, "charts by block");
    assert_eq!(page.matches("data-channels=\"").count(), 2 * 2);
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
        pairs.top[0] = invented::missing(measure);
        pairs.baseline_closer[0] = None;
        for block in &mut arm.blocks {
            block.before_after[0] = invented::missing(measure);
            block.movement = Some(invented::over(f64::NAN, f64::INFINITY));
            block.reset_to_start = Some(invented::over(0.1, f64::INFINITY));
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
    let page = html(&results, &[], &illustrations("")).unwrap();
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
    let page = html(&results, &[], &illustrations("")).unwrap();
    assert!(page.contains("Nothing is analysed yet."));
}

#[test]
fn scores_stand_beside_their_record_and_sources_in_a_figure() {
    use crate::comparison::association::AssociationResult;
    use crate::comparison::source_accuracy::{SourceAccuracy, SourcePoint};
    use crate::comparison::transferability::*;
    use crate::study::TransferScore;

    let mut results = results(HOSTILE);
    let association = |value: Option<f64>| AssociationResult {
        coefficient: "weighted-tau".to_owned(),
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
        regime: "full".to_owned(),
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
        regime: "full".to_owned(),
        networks: [0.7, 0.7]
            .map(|top1| SourcePoint {
                model: HOSTILE.to_owned(),
                top1,
                auc: 0.8,
                low: 0.75,
                high: 0.85,
            })
            .into(),
        associations: vec![association(None)],
    }];
    let page = html(&results, &[], &illustrations("")).unwrap();
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
