//! An analysis that nothing measured, for tests of what is said and drawn of one.

use initialisation::{InitKind, Initialisation};
use similarity::{Convention, Measure, Measured, Null, Reason};

use crate::reading::readings;
use record::results::*;
use study::{AnalysisImages, AnalysisSettings};

/// Mean and half-width; no interval for a width that is not finite.
pub fn over(mean: f64, half: f64) -> OverSeeds {
    OverSeeds {
        mean,
        interval: half.is_finite().then_some([mean - half, mean + half]),
        values: vec![mean - half / 2.0, mean, mean + half / 2.0],
    }
}

fn measured(measure: Measure, value: f64) -> MeasureOverSeeds {
    MeasureOverSeeds {
        measure,
        value: Some(over(value, 0.02)),
        reason: None,
        first: Some(Measured {
            measure,
            convention: Convention::Spatial,
            value: Ok(value),
            floor: Some(0.08),
            null: Some(Null {
                mean: 0.11,
                sd: 0.01,
                p: 0.05,
                permutations: 19,
            }),
            interval: Some(similarity::Interval {
                low: value - 0.01,
                high: value + 0.01,
                groups: 10,
            }),
        }),
    }
}

/// A value that is missing, with its reason.
pub fn missing(measure: Measure) -> MeasureOverSeeds {
    let reason = Reason::Saturated {
        dimensions: 512,
        datapoints: 300,
    };
    MeasureOverSeeds {
        measure,
        value: None,
        reason: Some(reason.to_string()),
        first: Some(Measured {
            measure,
            convention: Convention::Spatial,
            value: Err(reason),
            floor: None,
            null: None,
            interval: None,
        }),
    }
}

/// `of` names a block or an arm; lower blocks stay more as they were, pretrained ones beyond random
/// ones in the lowest.
fn arm(model: &str, init: &str, measures: &[Measure], blocks: &[String]) -> ArmAnalysis {
    let is_baseline = init == "random";
    let gain = if is_baseline { 0.0 } else { 0.2 };
    let all = |value: f64| -> Vec<_> { measures.iter().map(|m| measured(*m, value)).collect() };
    let block = |(place, name): (usize, &String)| {
        let depth = place as f64 / blocks.len() as f64;
        let beyond = if place < 2 { gain } else { gain / 10.0 };
        ArmBlock {
            block: name.clone(),
            channels: 32 << place,
            datapoints: 1000,
            before_after: all(0.7 - 0.4 * depth + beyond),
            beyond_baseline: match is_baseline {
                true => vec![None; measures.len()],
                false => vec![Some(over(beyond, 0.03)); measures.len()],
            },
            movement: Some(over(0.3 + depth, 0.05)),
            movement_rms: Some(over(0.004, 0.001)),
            reset_to_start: Some(over(0.15 * depth, 0.03)),
            reset_to_random: Some(over(0.2 - 0.1 * depth, 0.03)),
            neighbours_before: Some(over(0.62 + 0.1 * depth, 0.01)),
            neighbours_after: Some(over(0.68 + 0.14 * depth, 0.01)),
        }
    };
    let paired = |(place, name): (usize, &String)| {
        let depth = place as f64 / blocks.len() as f64;
        let cloud = (0..300).map(|i| {
            let s = (i * 7919 % 300) as f32 / 300.0;
            let t = (i * 104_729 % 311) as f32 / 311.0;
            [
                s * s,
                ((1.0 - depth as f32) * s * s + depth as f32 * t).clamp(0.0, 1.0),
            ]
        });
        PairedBlock {
            block: name.clone(),
            trained: all(0.6 - 0.2 * depth - gain / 4.0),
            initial: all(0.4 - 0.2 * depth),
            channels: Some(ChannelPersistence {
                r: over(0.9 - 0.6 * depth, 0.03),
                r_squared: over((0.9 - 0.6 * depth).powi(2), 0.04),
                slope: over(0.8 - 0.5 * depth, 0.03),
                count: 1024,
                points: cloud.collect(),
            }),
        }
    };
    ArmAnalysis {
        arm: format!("{model} {init}"),
        init: init.to_owned(),
        kind: Initialisation::named(init).map_or(InitKind::PartlyLoaded, |init| init.kind()),
        is_baseline,
        blocks: blocks.iter().enumerate().map(block).collect(),
        against_baseline: Some(AgainstBaseline {
            pairs: vec![[0, 1], [0, 2], [1, 2]],
            blocks: blocks.iter().enumerate().map(paired).collect(),
            top: all(0.5 - gain / 4.0),
            baseline_closer: match is_baseline {
                true => vec![None; measures.len()],
                false => vec![Some(over(gain / 4.0, 0.02)); measures.len()],
            },
        }),
        filters: Some(FilterChange {
            path: format!("{model}.conv1.weight"),
            shape: [64, 3, 7, 7],
            correlation: Some(over(0.75 + gain, 0.02)),
            cosine: Some(over(0.74 + gain, 0.02)),
            movement: Some(over(0.8 - 2.0 * gain, 0.05)),
            gabor_before: Some(over(0.3 + 2.0 * gain, 0.0)),
            gabor_after: Some(over(0.31 + 1.5 * gain, 0.01)),
            gabor_noise: Some(0.33),
            filters: (0..64)
                .map(|i| {
                    let share = f64::from(i * 37 % 64) / 64.0;
                    OneFilter {
                        correlation: (i > 0).then_some(0.5 + gain + 0.29 * share),
                        cosine: Some(0.5 + gain + 0.28 * share),
                        movement: Some(1.0 - share),
                        gabor_before: Some(0.2 + 2.0 * gain * share),
                        gabor_after: Some(0.25 + 1.5 * gain * share),
                    }
                })
                .collect(),
        }),
    }
}

/// Two settings with every number, the second of them a CBR network; `words` stand for all names
/// that a study may choose but those of the initialisations.
pub fn analysis(words: &str) -> Analysis {
    let measures = vec![
        Measure::MeanCca,
        Measure::DebiasedCka,
        Measure::AngularProcrustes,
    ];
    let blocks: Vec<String> = ["stem", "block1", "block2", "block3"]
        .map(|block| format!("{block}{words}"))
        .into();
    let settings = ["resnet50", "cbr-small"].map(|model| {
        let model = format!("{model}{words}");
        Setting {
            regime: RegimeName::default(),
            train_size: 1080,
            is_all: true,
            blocks: blocks.clone(),
            arms: ["random", "transfer"]
                .map(|init| arm(&model, init, &measures, &blocks))
                .into(),
            model,
        }
    });
    let map = LayerMap {
        a: (format!("resnet50{words} transfer"), 0),
        b: (format!("resnet50{words} random"), 1),
        blocks_a: blocks.clone(),
        blocks_b: blocks.clone(),
        measure: measures[1],
        values: (0..4)
            .map(|i: i32| {
                let cell = |j: i32| (i + j < 6).then_some(0.9 - 0.25 * f64::from((i - j).abs()));
                (0..4).map(cell).collect()
            })
            .collect(),
    };
    let mut analysis = Analysis {
        how: AnalysisSettings {
            measures,
            images: AnalysisImages::Test,
            datapoints: 20_000,
            permutations: 19,
            groups: 10,
            reset: true,
            neighbours: 200,
        },
        images: 400,
        progress: Progress {
            planned: 14,
            done: 13,
            failed: 1,
        },
        settings: settings.into(),
        maps: vec![map],
        readings: Vec::new(),
    };
    analysis.readings = readings(&analysis);
    analysis
}
