//! `[analysis]`: what trained networks kept of their start, and what they share.

use images::Partition;
use serde::{Deserialize, Serialize};
use similarity::Measure;

use super::bounds;
use super::error::StudyError;
use super::identity::identity;
use super::planned::PlannedArm;
use super::run_spec::RunSpec;
use super::unique::unique;

/// `[analysis]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnalysisSpec {
    /// Measures of similarity; the first is the one that figures show.
    pub measures: Vec<String>,
    /// Whose pictures the networks are shown: `test` (default), `validation`, `train` or `all`.
    pub images: AnalysisImages,
    /// Most datapoints (positions of pictures) of a block; positions are drawn where there are more.
    pub datapoints: usize,
    /// Permutations behind every null distribution; 0 for none.
    pub permutations: usize,
    /// Groups of pictures behind every interval over pictures; 0 for none.
    pub groups: usize,
    /// Whether every block is set back alone, and the AUC measured again.
    pub reset: bool,
    /// Neighbours of the block-wise k-NN; 0 for none.
    pub neighbours: usize,
    /// Pairs of arms, by label, whose blocks are compared each with each, beside every arm with
    /// the baseline.
    pub maps: Vec<[String; 2]>,
}

impl Default for AnalysisSpec {
    fn default() -> Self {
        Self {
            measures: ["mean-cca", "debiased-cka", "angular-procrustes"]
                .map(String::from)
                .to_vec(),
            images: AnalysisImages::Test,
            datapoints: 20_000,
            permutations: 19,
            groups: 10,
            reset: true,
            neighbours: 200,
            maps: Vec::new(),
        }
    }
}

/// Whose pictures the networks are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnalysisImages {
    /// The test partition.
    Test,
    /// The validation partition.
    Validation,
    /// The training partition.
    Train,
    /// Every picture.
    All,
}

impl AnalysisImages {
    /// The partitions, in the order of their pictures.
    pub fn partitions(self) -> &'static [Partition] {
        match self {
            Self::Test => &[Partition::Test],
            Self::Validation => &[Partition::Validation],
            Self::Train => &[Partition::Train],
            Self::All => &Partition::ALL,
        }
    }
}

/// `[analysis]`, checked, and what it will compare.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalysisPlan {
    /// How networks are compared.
    pub settings: AnalysisSettings,
    /// Every run, before against after training, in the order of the runs.
    pub runs: Vec<PlannedChange>,
    /// Pairs of runs of one model, regime and training size, numbered from 0.
    pub pairs: Vec<PlannedPair>,
    /// Layer × layer maps, numbered from 0.
    pub maps: Vec<PlannedMap>,
}

/// How networks are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalysisSettings {
    /// The measures, each once; figures show the first.
    pub measures: Vec<Measure>,
    /// Whose pictures the networks are shown.
    pub images: AnalysisImages,
    /// Most datapoints of a block.
    pub datapoints: usize,
    /// Permutations behind a null distribution.
    pub permutations: usize,
    /// Groups of pictures behind an interval.
    pub groups: usize,
    /// Whether blocks are set back.
    pub reset: bool,
    /// Neighbours of the block-wise k-NN; 0 for none.
    pub neighbours: usize,
}

/// A run, before against after training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedChange {
    /// Identity: names the record.
    pub id: String,
    /// Number of the run.
    pub run: usize,
    /// Whether it gets null distributions and intervals: the first of its arm does.
    pub is_thorough: bool,
}

/// A run of an arm and one of the baseline, with different seeds where there are several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedPair {
    /// Identity: names the record.
    pub id: String,
    /// Number of the arm's run.
    pub a: usize,
    /// Number of the baseline's run.
    pub b: usize,
    /// Whether it gets null distributions and intervals: the first of its arm does.
    pub is_thorough: bool,
}

/// Two runs whose blocks are compared each with each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedMap {
    /// Identity: names the record.
    pub id: String,
    /// Number of the one run.
    pub a: usize,
    /// Number of the other.
    pub b: usize,
}

impl AnalysisSettings {
    /// Checks what needs neither data nor networks.
    pub(crate) fn check(spec: &AnalysisSpec) -> Result<Self, StudyError> {
        let refuse = |field, expected: String, found: String| {
            Err(StudyError::Value {
                field,
                expected,
                found,
            })
        };
        unique("analysis.measures", spec.measures.iter().cloned())?;
        let measures = spec.measures.iter().map(|name| {
            name.parse().map_err(|_| {
                let known = Measure::ALL.map(|measure| measure.to_string()).to_vec();
                StudyError::Value {
                    field: "analysis.measures",
                    expected: format!("measures: {}", known.join(", ")),
                    found: match networks::zoo::nearest(name, &known) {
                        Some(nearest) => format!("`{name}` (did you mean `{nearest}`?)"),
                        None => format!("`{name}`"),
                    },
                }
            })
        });
        let measures = measures.collect::<Result<Vec<Measure>, _>>()?;
        if measures.is_empty() {
            let expected = "at least one measure".into();
            return refuse("analysis.measures", expected, "none".into());
        }
        bounds::DATAPOINTS.whole(spec.datapoints as u64)?;
        bounds::PERMUTATIONS.whole(spec.permutations as u64)?;
        bounds::NEIGHBOURS.whole(spec.neighbours as u64)?;
        bounds::MAPS.entries(&spec.maps)?;
        bounds::GROUPS.whole(spec.groups as u64)?;
        if spec.groups == 1 {
            let expected = "2 to 1000 groups of pictures, or 0 for no intervals".into();
            return refuse("analysis.groups", expected, spec.groups.to_string());
        }
        Ok(Self {
            measures,
            images: spec.images,
            datapoints: spec.datapoints,
            permutations: spec.permutations,
            groups: spec.groups,
            reset: spec.reset,
            neighbours: spec.neighbours,
        })
    }
}

impl AnalysisPlan {
    /// Every arm with the baseline of its setting, over pairs of seeds, and the maps.
    pub(crate) fn new(
        spec: &AnalysisSpec,
        baseline: &str,
        seeds: u64,
        arms: &[PlannedArm],
        runs: &[RunSpec],
    ) -> Result<Self, StudyError> {
        let settings = AnalysisSettings::check(spec)?;
        let run = |arm: usize, seed: u64| {
            let is_it = |run: &&RunSpec| run.arm == arm && run.seed == seed;
            runs.iter().find(is_it).map(|run| run.number)
        };
        let mut plan = Self {
            runs: changes(&settings, runs),
            settings,
            pairs: Vec::new(),
            maps: Vec::new(),
        };
        for (place, arm) in arms.iter().enumerate() {
            let is_baseline = |other: &PlannedArm| {
                other.init.name == baseline
                    && other.model == arm.model
                    && other.regime.name == arm.regime.name
                    && other.train_size == arm.train_size
            };
            let Some(base) = arms.iter().position(is_baseline) else {
                continue;
            };
            let alone = (seeds == 1 && base != place).then_some((0, 0));
            let several = (0..seeds).flat_map(|i| (i + 1..seeds).map(move |j| (i, j)));
            let mut is_first = true;
            for (i, j) in alone.into_iter().chain(several) {
                let (Some(a), Some(b)) = (run(place, i), run(base, j)) else {
                    continue;
                };
                if is_first {
                    plan.map(runs, a, b);
                }
                let id = part_id("pair", &plan.settings, is_first, [&runs[a], &runs[b]]);
                plan.pairs.push(PlannedPair {
                    id,
                    a,
                    b,
                    is_thorough: is_first,
                });
                is_first = false;
            }
        }
        for pair in &spec.maps {
            let [a, b] = [&pair[0], &pair[1]].map(|label| {
                let place = arms.iter().position(|arm| arm.label == *label);
                place.ok_or_else(|| {
                    let labels: Vec<String> = arms.iter().map(|a| a.label.clone()).collect();
                    StudyError::Value {
                        field: "analysis.maps",
                        expected: format!("labels of arms: {}", labels.join("; ")),
                        found: match networks::zoo::nearest(label, &labels) {
                            Some(nearest) => format!("`{label}` (did you mean `{nearest}`?)"),
                            None => format!("`{label}`"),
                        },
                    }
                })
            });
            let (a, b) = (a?, b?);
            // The same run says nothing of two networks.
            let other = u64::from(seeds > 1);
            if let (Some(a), Some(b)) = (run(a, 0), run(b, other)) {
                plan.map(runs, a, b);
            }
        }
        Ok(plan)
    }

    fn map(&mut self, runs: &[RunSpec], a: usize, b: usize) {
        if !self.maps.iter().any(|map| (map.a, map.b) == (a, b)) {
            let id = part_id("map", &self.settings, false, [&runs[a], &runs[b]]);
            self.maps.push(PlannedMap { id, a, b });
        }
    }
}

/// One for every run; the first of each arm is thorough.
fn changes(settings: &AnalysisSettings, runs: &[RunSpec]) -> Vec<PlannedChange> {
    let mut begun: Vec<usize> = Vec::new();
    let mut changes = Vec::new();
    for run in runs {
        let is_thorough = !begun.contains(&run.arm);
        if is_thorough {
            begun.push(run.arm);
        }
        changes.push(PlannedChange {
            id: part_id("run", settings, is_thorough, [run]),
            run: run.number,
            is_thorough,
        });
    }
    changes
}

/// What a part of the analysis depends on: the settings and the runs, by their identities.
fn part_id<const RUNS: usize>(
    part: &str,
    settings: &AnalysisSettings,
    is_thorough: bool,
    runs: [&RunSpec; RUNS],
) -> String {
    let ids = runs.map(|run| run.id.as_str()).to_vec();
    format!("{part}-{}", identity(&(part, settings, is_thorough, ids)))
}
