//! A study that nobody ran, with the user's words wherever words can be.

use super::mistaken;
use crate::*;
use comparison::invented;
use images::{Aspects, Depth, Fit, Range, Resampling, Size};
use networks::zoo::Choice;
use record::metrics::MetricValues;
use record::results::*;
use record::results::{ProbeResult, Probes};
use study::{
    DataResult, ModelResult, PartitionResult, ProbeMethod, ProbeSettings, ReportPlan, SourceResult,
};

/// Two arms with two seeds each, and the user's words as given.
pub fn results(words: &str) -> Results {
    let estimate = |value| Estimate {
        value,
        low: Some(value - 0.04),
        high: Some(value + 0.04),
        seeds: 2,
        seed_sd: Some(0.01),
        sampling_se: 0.02,
    };
    let part = |value| PartResult {
        difference: estimate(value),
        outcome: Outcome::Undecided,
    };
    let arm = |init: &str, value: f64| ArmResult {
        label: format!("{words} {init}"),
        model: words.to_owned(),
        init: init.to_owned(),
        kind: Default::default(),
        regime: RegimeName::default(),
        needs_weights: false,
        words: words.to_owned(),
        train_size: 1080,
        is_all: true,
        auc: Some(estimate(value)),
        seeds: [0, 1].map(|seed| seed_result(seed, value, words)).into(),
        devices: Vec::new(),
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
            early: None,
            mean: (init == "random").then_some(37.5),
            horizon: Some(50.0),
        }],
        learning_curve: Some(OverSeeds {
            mean: 0.6,
            interval: None,
            values: vec![0.6],
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
            size: Size::square(64),
            channels: 3,
            fit: Fit::Pad,
            resize: Some(Resampling::Bilinear),
            range: Range::Between([0.0, 4095.0]),
            depth: Some(Depth::Sixteen),
            aspects: Some(Aspects {
                smallest: 0.5,
                median: 0.8,
                largest: 2.0,
                oblong: 0.25,
                median_stretch: 1.25,
                far_stretched: 0.25,
            }),
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
            notes: Vec::new(),
            allowed_leaks: None,
            audit: None,
            folds: None,
            flow: None,
            characteristics: None,
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
            part: None,
        }],
        models: vec![ModelResult {
            label: words.to_owned(),
            choice: Choice::named("cbr-tiny"),
            parameters: 392_741,
            macs: 48_300_000,
            blocks: vec![words.to_owned(), "head".to_owned()],
        }],
        arms: vec![arm("random", 0.8), arm(words, 0.84)],
        sequential: None,
        attributions: vec![AttributionResult {
            model: words.to_owned(),
            train_size: 1080,
            is_all: true,
            regime: RegimeName::default(),
            helps: Helps::Scale,
            gain: part(0.04),
            scale: part(0.03),
            features: part(0.01),
        }],
        tuned: None,
        tuning: Vec::new(),
        specification_curve: None,
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
        test_sets: Vec::new(),
        cross_validation: None,
        discrimination: None,
        question_comparisons: vec![comparison(words, Some(words.to_owned()))],
        costs: ["random", words]
            .map(|init| cost(&format!("{words} {init}")))
            .into(),
        label_efficiency: vec![LabelEfficiencyResult {
            model: words.to_owned(),
            init: words.to_owned(),
            regime: RegimeName::default(),
            savings: vec![SavingResult {
                train_size: 100,
                factor: 2.5,
                low: Some(1.2),
                high: None,
                bound: Bound::AtLeast,
                outcome: LabelOutcome::Fewer,
            }],
        }],
        specificities: vec![0.9],
        transferability: None,
        source_accuracy: Vec::new(),
        analysis: None,
        protocol: None,
        reporting: Default::default(),
        mistakes: Some(mistaken::mistakes(words)),
        saliency: Some(mistaken::saliency(words)),
        report: ReportPlan::default(),
        verdict: Verdict {
            lead: words.to_owned(),
            points: vec![Point {
                rule: "accuracy".to_owned(),
                about: words.to_owned(),
                badge: Some(Badge::new(words, Outcome::Better)),
                text: words.to_owned(),
                numbers: vec!["/comparisons/0".to_owned()],
                section: "comparisons".to_owned(),
            }],
            paragraph: words.to_owned(),
            clauses: vec![Clause {
                rule: "use".to_owned(),
                text: words.to_owned(),
                numbers: vec!["/arms/0/auc".to_owned()],
                section: "comparisons".to_owned(),
            }],
            advice: None,
            recommended: Some(format!("{words} {words}")),
            possible: Vec::new(),
            open: vec![words.to_owned()],
        },
        failures: vec![Failure {
            run: 3,
            arm: words.to_owned(),
            seed: 1,
            fold: None,
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
        fold: None,
        seed,
        best_step: 50,
        steps: 50,
        auc: Some(AucResult {
            value,
            low: value - 0.04,
            high: value + 0.04,
        }),
        metrics: MetricValues::from([
            ("auprc", 0.7),
            ("accuracy", 0.6),
            ("kappa", 0.5),
            ("log_loss", f64::NAN),
        ]),
        per_class: vec![(words.to_owned(), Some(0.75)), ("other".to_owned(), None)],
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
        auprc_interval: Some([0.2, 0.4]),
        partial_auc: Some(0.6),
        partial_auc_interval: None,
        sensitivities: vec![Some(0.4)],
        sensitivity_intervals: vec![Some([0.3, 0.5])],
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
            all: 0.02,
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
            low: Some(0.0),
            high: Some(0.08),
            seeds: 3,
            seed_sd: Some(0.01),
            sampling_se: 0.02,
        },
        outcome: Outcome::Undecided,
        uncorrected: Outcome::Better,
        p: PValues {
            difference: Some(0.03),
            equivalence: Some(0.9),
            difference_corrected: Some(0.06),
            equivalence_corrected: None,
        },
        posterior: Some(PosteriorResult {
            none_or_worse: 0.02,
            equivalent: 0.11,
            better: 0.88,
        }),
        power: Some(vec![PowerResult {
            difference: 0.02,
            power: 0.31,
        }]),
        settling: Some(SettlingResult {
            equivalence: NeededResult {
                seeds: [Some(12), Some(17)],
                patients: [None, None],
            },
            difference: NeededResult {
                seeds: [None, None],
                patients: [Some(2.5), None],
            },
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
            bound: Bound::AtLeast,
            horizon: 50.0,
            arm_steps: 12.5,
            baseline_steps: 25.0,
            arm_open: 0,
            baseline_open: 1,
            outcome: SpeedOutcome::Undecided,
            uncorrected: SpeedOutcome::Sooner,
            p: PValues::default(),
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
        tuning_steps: Some(800),
        front: FrontResult {
            macs: true,
            ..FrontResult::default()
        },
    }
}

pub fn illustrations(words: &str) -> Illustrations {
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
        gallery: GalleryPictures {
            pictures: [(words.to_owned(), vec![1, 2, 3])].into(),
            maps: Vec::new(),
        },
    }
}

pub fn empty() -> Results {
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
    results.mistakes = None;
    results.saliency = None;
    results.verdict.recommended = None;
    results.verdict.open.clear();
    results
}

/// Results with an invented analysis of two settings.
pub fn analysed(words: &str) -> Results {
    let mut results = results(words);
    results.analysis = Some(invented::analysis(words));
    results
}

/// The page without its scripts and its style sheet, which hold nothing of a study.
pub fn without_code(page: &str) -> String {
    let page = page
        .replace(figures::SCRIPT, "")
        .replace(include_str!("../templates/tables.js"), "");
    page.replace(&figures::style(), "")
        .replace(include_str!("../templates/page.css"), "")
        .replace(include_str!("../templates/mistakes.css"), "")
}
