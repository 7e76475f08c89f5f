//! From the records of the analysis to its results: over seeds, and over pairs of seeds.

use crate::over_seeds::{Seeded, over_seeds};
use crate::reading::readings;
use durable::read_sealed;
use record::results::{
    AgainstBaseline, Analysis, ArmAnalysis, ArmBlock, ChannelPersistence, FilterChange, LayerMap,
    MeasureOverSeeds, OneFilter, OverSeeds, PairedBlock, Setting,
};
use record::results::{Failure, Progress};
use record::{
    BlockAnalysis, Job, JobKind, MapAnalysis, PairAnalysis, PairBlock, RecordError, RunAnalysis,
    RunError, StudyDirectory,
};
use similarity::{Measure, Measured};
use study::{PlannedArm, PlannedChange, PlannedPair, RunSpec, StudyPlan};

/// Blocks before the head that stand for what a network has learned (figure 2).
const TOP: usize = 2;

/// All that the records of the analysis say.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) analysis: Option<Analysis>,
    pub(crate) failures: Vec<Failure>,
}

/// What is recorded of one arm.
struct Records<'a> {
    arm: &'a PlannedArm,
    is_baseline: bool,
    /// By seed.
    runs: Vec<(u64, RunAnalysis)>,
    /// By seeds of the arm and of the baseline, and whether it has nulls and intervals.
    pairs: Vec<([u64; 2], bool, PairAnalysis)>,
}

/// Reads the records of the analysis in the study at `directory`; wanted are parts of runs with
/// seeds below `seeds`.
pub(crate) fn collect(
    directory: &StudyDirectory,
    plan: &StudyPlan,
    seeds: u64,
) -> Result<Collected, RecordError> {
    let Some(planned) = &plan.analysis else {
        return Ok(Collected::default());
    };
    let mut failures = Vec::new();
    let mut progress = Progress::default();
    let parts = Job::all(plan).into_iter();
    let is_wanted =
        |job: &Job| job.kind() == JobKind::Analyse && job.is_of_seeds_below(seeds, plan);
    for part in parts.filter(is_wanted) {
        progress.planned += 1;
        if part.is_done(directory) {
            progress.done += 1;
        } else if let Some(error) = read_sealed::<RunError>(&part.error_file(directory))? {
            progress.failed += 1;
            let run = &plan.runs[part.needs()[0]];
            failures.push(Failure {
                run: run.number,
                arm: format!("analysis of {}", part.describe(plan)),
                seed: run.seed,
                fold: None,
                error: error.value.error,
            });
        }
    }
    let records: Vec<Records> = (0..plan.arms.len())
        .map(|arm| read_arm(directory, plan, arm))
        .collect::<Result<_, _>>()?;
    let mut settings: Vec<Setting> = Vec::new();
    for record in &records {
        let arm = record.arm;
        let model = &plan.models[arm.model].described;
        let of_setting = |other: &&Records| is_beside(other.arm, arm);
        let beside: Vec<&Records> = records.iter().filter(of_setting).collect();
        let is_first = std::ptr::eq(beside[0], record);
        if is_first {
            let baseline = beside.iter().copied().find(|other| other.is_baseline);
            let (_head, blocks) = model.blocks.split_last().expect("a head");
            settings.push(Setting {
                model: model.label.clone(),
                regime: arm.regime.name.as_str().into(),
                train_size: arm.train_size,
                is_all: arm.is_all,
                blocks: blocks.to_vec(),
                arms: beside
                    .iter()
                    .map(|arm| arm.analysis(baseline, &planned.settings.measures))
                    .collect(),
            });
        }
    }
    let partitions = planned.settings.images.partitions().iter();
    let images = partitions.map(|p| plan.data.partition(*p).len()).sum();
    let mut analysis = Analysis {
        how: planned.settings.clone(),
        images,
        progress,
        settings,
        maps: maps(directory, plan)?,
        readings: Vec::new(),
    };
    analysis.readings = readings(&analysis);
    Ok(Collected {
        analysis: Some(analysis),
        failures,
    })
}

fn is_beside(a: &PlannedArm, b: &PlannedArm) -> bool {
    a.model == b.model && a.regime.name == b.regime.name && a.train_size == b.train_size
}

fn read_arm<'a>(
    directory: &StudyDirectory,
    plan: &'a StudyPlan,
    arm: usize,
) -> Result<Records<'a>, RecordError> {
    let mut runs = Vec::new();
    let changes = plan.analysis.iter().flat_map(|analysis| &analysis.runs);
    let of_arm = |change: &&PlannedChange| plan.runs[change.run].arm == arm;
    for change in changes.filter(of_arm) {
        if let Some(record) = read_sealed(&Job::Change(change).result_file(directory))? {
            runs.push((plan.runs[change.run].seed, record.value));
        }
    }
    let mut pairs = Vec::new();
    let planned = plan.analysis.iter().flat_map(|analysis| &analysis.pairs);
    let of_arm = |pair: &&PlannedPair| plan.runs[pair.a].arm == arm;
    for pair in planned.filter(of_arm) {
        if let Some(record) = read_sealed(&Job::Pair(pair).result_file(directory))? {
            let seeds = [pair.a, pair.b].map(|run| plan.runs[run].seed);
            pairs.push((seeds, pair.is_thorough, record.value));
        }
    }
    Ok(Records {
        arm: &plan.arms[arm],
        is_baseline: plan.arms[arm].init.name == plan.compare.baseline,
        runs,
        pairs,
    })
}

fn maps(directory: &StudyDirectory, plan: &StudyPlan) -> Result<Vec<LayerMap>, RecordError> {
    let mut maps = Vec::new();
    let named = |run: &RunSpec| (run.label.clone(), run.seed);
    for map in plan.analysis.iter().flat_map(|analysis| &analysis.maps) {
        let record = read_sealed::<MapAnalysis>(&Job::Map(map).result_file(directory))?;
        let Some(record) = record.map(|sealed| sealed.value) else {
            continue;
        };
        let Some(first) = record.measured.iter().flatten().next() else {
            continue;
        };
        let value = |measured: &Measured| measured.value.as_ref().ok().copied();
        maps.push(LayerMap {
            a: named(&plan.runs[map.a]),
            b: named(&plan.runs[map.b]),
            measure: first.measure,
            values: record
                .measured
                .iter()
                .map(|row| row.iter().map(value).collect())
                .collect(),
            blocks_a: record.blocks_a,
            blocks_b: record.blocks_b,
        });
    }
    Ok(maps)
}

impl Records<'_> {
    fn analysis(&self, baseline: Option<&Records>, measures: &[Measure]) -> ArmAnalysis {
        let blocks = self.runs.first().map_or(0, |(_, run)| run.blocks.len());
        let other = baseline.filter(|_| !self.is_baseline);
        let against = self.pairs.first().map(|_| AgainstBaseline {
            pairs: self.pairs.iter().map(|(seeds, ..)| *seeds).collect(),
            blocks: self.paired_blocks(measures),
            top: self.top(measures),
            baseline_closer: match other {
                Some(other) => (0..measures.len())
                    .map(|measure| over_seeds(&other.excess(self, measures, measure)))
                    .collect(),
                None => vec![None; measures.len()],
            },
        });
        ArmAnalysis {
            arm: self.arm.label.clone(),
            init: self.arm.init.name.clone(),
            kind: self.arm.init.kind(),
            is_baseline: self.is_baseline,
            blocks: (0..blocks)
                .map(|block| self.block(block, other, measures))
                .collect(),
            against_baseline: against,
            filters: self.filters(),
        }
    }

    /// A number of one block in every run that has it.
    fn of_block(
        &self,
        block: usize,
        number: impl Fn(&BlockAnalysis) -> Option<f64>,
    ) -> Vec<Seeded> {
        let found = self.runs.iter().filter_map(|(seed, run)| {
            let value = number(run.blocks.get(block)?)?;
            Some((value, [*seed; 2]))
        });
        found.collect()
    }

    /// AUC lost, in every run that tells.
    fn lost(&self, block: usize, left: impl Fn(&BlockAnalysis) -> Option<f64>) -> Vec<Seeded> {
        let found = self.runs.iter().filter_map(|(seed, run)| {
            let value = run.intact_auc? - left(run.blocks.get(block)?)?;
            Some((value, [*seed; 2]))
        });
        found.collect()
    }

    fn block(&self, block: usize, other: Option<&Records>, measures: &[Measure]) -> ArmBlock {
        let first = &self.runs[0].1.blocks[block];
        let measured = |measure: usize| {
            let all = self.runs.iter().filter_map(|(seed, run)| {
                Some((
                    run.blocks.get(block)?.before_after.get(measure)?,
                    [*seed; 2],
                ))
            });
            all.collect::<Vec<_>>()
        };
        let beyond = |measure: usize| -> Option<OverSeeds> {
            let value = |b: &BlockAnalysis| value_of(b.before_after.get(measure)?);
            let theirs = other?.of_block(block, value);
            let ours = self.of_block(block, value).into_iter();
            let beyond = ours.filter_map(|(ours, seeds)| {
                let (theirs, _) = theirs.iter().find(|(_, other)| *other == seeds)?;
                Some((ours - theirs, seeds))
            });
            over_seeds(&beyond.collect::<Vec<_>>())
        };
        ArmBlock {
            block: first.block.clone(),
            channels: first.channels,
            datapoints: first.datapoints,
            before_after: (0..measures.len())
                .map(|m| measure_over_seeds(measures[m], &measured(m)))
                .collect(),
            beyond_baseline: (0..measures.len()).map(beyond).collect(),
            movement: over_seeds(&self.of_block(block, |b| b.movement)),
            movement_rms: over_seeds(&self.of_block(block, |b| b.movement_rms)),
            reset_to_start: over_seeds(&self.lost(block, |b| b.reset_to_start)),
            reset_to_random: over_seeds(&self.lost(block, |b| b.reset_to_random)),
            neighbours_before: over_seeds(&self.of_block(block, |b| b.neighbours_before)),
            neighbours_after: over_seeds(&self.of_block(block, |b| b.neighbours_after)),
        }
    }

    /// A block of every pair.
    fn of_pairs(&self, block: usize) -> impl Iterator<Item = (&PairBlock, [u64; 2])> {
        let pairs = self.pairs.iter();
        pairs.filter_map(move |(seeds, _, pair)| Some((pair.blocks.get(block)?, *seeds)))
    }

    fn paired_blocks(&self, measures: &[Measure]) -> Vec<PairedBlock> {
        let blocks = self
            .pairs
            .first()
            .map_or(0, |(_, _, pair)| pair.blocks.len());
        let paired = |block: usize| {
            let over = |list: fn(&PairBlock) -> &Vec<Measured>| {
                let of = |measure: usize| {
                    let all = self.of_pairs(block);
                    let all = all.filter_map(|(b, seeds)| Some((list(b).get(measure)?, seeds)));
                    measure_over_seeds(measures[measure], &all.collect::<Vec<_>>())
                };
                (0..measures.len()).map(of).collect()
            };
            PairedBlock {
                block: self.pairs[0].2.blocks[block].block.clone(),
                trained: over(|b| &b.trained),
                initial: over(|b| &b.initial),
                channels: self.channels(block),
            }
        };
        (0..blocks).map(paired).collect()
    }

    fn channels(&self, block: usize) -> Option<ChannelPersistence> {
        let found: Vec<_> = self
            .of_pairs(block)
            .filter_map(|(b, seeds)| Some((b.channels.as_ref()?, seeds)))
            .collect();
        let over = |number: &dyn Fn(f64, f64) -> f64| {
            let all = found
                .iter()
                .map(|(c, seeds)| (number(c.r, c.slope), *seeds));
            over_seeds(&all.collect::<Vec<_>>())
        };
        let (first, _) = found.first()?;
        Some(ChannelPersistence {
            r: over(&|r, _| r)?.within(-1.0, 1.0),
            r_squared: over(&|r, _| r * r)?.within(0.0, 1.0),
            slope: over(&|_, slope| slope)?,
            count: first.count,
            points: first.points.clone(),
        })
    }

    /// Mean of a measure over the top blocks of every pair; none where a block has no value.
    fn top_values(&self, measure: usize) -> Vec<Seeded> {
        let found = self.pairs.iter().filter_map(|(seeds, _, pair)| {
            let top = &pair.blocks[pair.blocks.len().saturating_sub(TOP)..];
            let values = top.iter().map(|b| value_of(b.trained.get(measure)?));
            let values: Vec<f64> = values.collect::<Option<_>>()?;
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            mean.is_finite().then_some((mean, *seeds))
        });
        found.collect()
    }

    fn top(&self, measures: &[Measure]) -> Vec<MeasureOverSeeds> {
        let of = |measure: usize| {
            let value = over_seeds(&self.top_values(measure)).map(|v| within(v, measures[measure]));
            let last =
                |pair: &PairAnalysis| Some(pair.blocks.last()?.trained.get(measure)?.clone());
            let first = self.pairs.iter().find_map(|(_, _, pair)| last(pair));
            let blocks = self.pairs.iter().flat_map(|(_, _, pair)| &pair.blocks);
            let reason = blocks
                .rev()
                .find_map(|b| reason_of(b.trained.get(measure)?));
            MeasureOverSeeds {
                measure: measures[measure],
                reason: reason.filter(|_| value.is_none()),
                value,
                first,
            }
        };
        (0..measures.len()).map(of).collect()
    }

    /// What pairs of this arm, the baseline, have more in common than those of `other` with it.
    fn excess(&self, other: &Records, measures: &[Measure], measure: usize) -> Vec<Seeded> {
        let sign = if measures[measure].is_distance() {
            -1.0
        } else {
            1.0
        };
        let theirs = other.top_values(measure);
        let ours = self.top_values(measure).into_iter();
        let excess = ours.filter_map(|(ours, seeds)| {
            let (theirs, _) = theirs.iter().find(|(_, s)| *s == seeds)?;
            Some((sign * (ours - theirs), seeds))
        });
        excess.collect()
    }

    fn filters(&self) -> Option<FilterChange> {
        let found: Vec<_> = self
            .runs
            .iter()
            .filter_map(|(seed, run)| Some((run.filters.as_ref()?, [*seed; 2])))
            .collect();
        let mean = |number: fn(&OneFilter) -> Option<f64>| {
            let all = found.iter().filter_map(|(filters, seeds)| {
                let values: Vec<f64> = filters.filters.iter().filter_map(number).collect();
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                mean.is_finite().then_some((mean, *seeds))
            });
            over_seeds(&all.collect::<Vec<_>>())
        };
        let moved = found
            .iter()
            .filter_map(|(f, seeds)| Some((f.movement?, *seeds)));
        let (first, _) = found.first()?;
        Some(FilterChange {
            path: first.path.clone(),
            shape: first.shape,
            correlation: mean(|f| f.correlation),
            cosine: mean(|f| f.cosine),
            movement: over_seeds(&moved.collect::<Vec<_>>()),
            gabor_before: mean(|f| f.gabor_before),
            gabor_after: mean(|f| f.gabor_after),
            gabor_noise: first.gabor_noise,
            filters: first.filters.clone(),
        })
    }
}

fn value_of(measured: &Measured) -> Option<f64> {
    measured.value.as_ref().ok().copied()
}

fn reason_of(measured: &Measured) -> Option<String> {
    measured.value.as_ref().err().map(ToString::to_string)
}

fn measure_over_seeds(measure: Measure, all: &[(&Measured, [u64; 2])]) -> MeasureOverSeeds {
    let values = all
        .iter()
        .filter_map(|(m, seeds)| Some((value_of(m)?, *seeds)));
    let value = over_seeds(&values.collect::<Vec<_>>()).map(|value| within(value, measure));
    let reason = all.iter().find_map(|(measured, _)| reason_of(measured));
    MeasureOverSeeds {
        measure,
        reason: reason.filter(|_| value.is_none()),
        value,
        first: all.first().map(|(measured, _)| (*measured).clone()),
    }
}

/// Cut to the values that the measure can take.
fn within(value: OverSeeds, measure: Measure) -> OverSeeds {
    let (low, high) = measure.range();
    value.within(low, high)
}
