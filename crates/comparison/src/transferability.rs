//! What scores of transferability promise, and how well they predicted the study.

use stats::Coefficient;

use crate::association::associate;
use crate::transfer::transfer_arms;
use record::names::PROBE_RESULT;
use record::results::{
    ArmResult, Points, Prediction, Predictor, ProbeResult, ScoreResult, Transferability,
};
use record::{ProbeScore, RecordError, StudyDirectory};
use study::{PlannedProbe, ProbeMethod, ProbeSize, StudyPlan, TransferScore};

/// Reads the scores of the probes in the study at `directory`, and sets them against `arms`; none
/// where no score is asked for.
pub(crate) fn collect(
    directory: &StudyDirectory,
    plan: &StudyPlan,
    arms: &[ArmResult],
    probes: &[ProbeResult],
) -> Result<Option<Transferability>, RecordError> {
    let Some(planned) = &plan.probe else {
        return Ok(None);
    };
    if planned.settings.scores.is_empty() {
        return Ok(None);
    }
    let mut cells: Vec<Cell> = Vec::new();
    for probe in &planned.probes {
        let place = directory.probe(probe);
        let record = PROBE_RESULT.read(place.path())?;
        for cell in Cell::of(probe) {
            let at = cells.iter().position(|c| c.is_same(&cell));
            let at = at.unwrap_or_else(|| {
                cells.push(cell);
                cells.len() - 1
            });
            for score in record.iter().flat_map(|r| &r.scores) {
                cells[at].take(score);
            }
        }
    }
    let mut scores: Vec<ScoreResult> = cells.into_iter().map(|c| c.result()).collect();
    rank(&mut scores);
    let last = |model: &str| {
        let mut probes = planned.probes.iter();
        let probe = probes.find(|p| p.of.model() == model)?;
        probe.blocks.last().cloned()
    };
    let starts = Starts {
        scores: &scores,
        probes,
        last: &last,
    };
    // An arm that is never trained has nothing to predict.
    let arms = if planned.only { &[] } else { arms };
    Ok(Some(Transferability {
        asked: planned.settings.scores.clone(),
        predictions: starts.predictions(arms, &planned.settings.scores, &planned.settings.methods),
        scores,
    }))
}

/// Gives every value its place among those of its score and training size.
fn rank(scores: &mut [ScoreResult]) {
    let values: Vec<_> = scores
        .iter()
        .filter_map(|s| Some((s.score, s.train_size, s.value?)))
        .collect();
    for result in scores {
        let place = |value: f64| {
            let is_above = |(score, size, other): &&(TransferScore, usize, f64)| {
                (*score, *size) == (result.score, result.train_size) && *other > value
            };
            values.iter().filter(is_above).count() + 1
        };
        result.rank = result.value.map(place);
    }
}

/// A result in the making.
struct Cell<'a> {
    probe: &'a PlannedProbe,
    size: ProbeSize,
    block: Option<&'a str>,
    score: TransferScore,
    seeds: Vec<(u64, Result<f64, String>)>,
    left_out: Vec<String>,
}

impl<'a> Cell<'a> {
    /// The results that `probe` has a part in, in the order of the plan.
    fn of(probe: &'a PlannedProbe) -> Vec<Self> {
        let mut cells = Vec::new();
        for size in &probe.train_sizes {
            for score in &probe.settings.scores {
                let blocks: Vec<Option<&str>> = match score.reads_source_head() {
                    true => vec![None],
                    false => probe.blocks.iter().map(|b| Some(&**b)).collect(),
                };
                cells.extend(blocks.into_iter().map(|block| Self {
                    probe,
                    size: *size,
                    block,
                    score: *score,
                    seeds: Vec::new(),
                    left_out: Vec::new(),
                }));
            }
        }
        cells
    }

    fn is_same(&self, other: &Self) -> bool {
        self.probe.label == other.probe.label
            && (self.size, self.block, self.score) == (other.size, other.block, other.score)
    }

    /// Takes over a score if it belongs here.
    fn take(&mut self, found: &ProbeScore) {
        let place = (found.train_size, found.block.as_deref(), found.score);
        if place == (self.size, self.block, self.score) {
            let seeds = found.seeds.iter().map(|s| (*s, found.value.clone()));
            self.seeds.extend(seeds);
            for name in &found.left_out {
                if !self.left_out.contains(name) {
                    self.left_out.push(name.clone());
                }
            }
        }
    }

    fn result(mut self) -> ScoreResult {
        self.seeds.sort_by_key(|(seed, _)| *seed);
        let known = self.seeds.iter();
        let known: Vec<(u64, f64)> = known
            .filter_map(|(seed, value)| Some((*seed, *value.as_ref().ok()?)))
            .collect();
        let reason = match self
            .seeds
            .iter()
            .find_map(|(_, value)| value.as_ref().err())
        {
            Some(reason) => Some(reason.clone()),
            None if self.seeds.is_empty() => Some("the probe is not finished".into()),
            None => None,
        };
        let mean = known.iter().map(|(_, v)| v).sum::<f64>() / known.len().max(1) as f64;
        ScoreResult {
            model: self.probe.of.model(),
            init: self.probe.of.init().into(),
            train_size: self.size.images,
            is_all: self.size.is_all,
            block: self.block.map(str::to_string),
            score: self.score,
            value: reason.is_none().then_some(mean),
            rank: None,
            reason,
            seeds: known,
            left_out: self.left_out,
        }
    }
}

/// What is known of every model and initialisation before training.
struct Starts<'a> {
    scores: &'a [ScoreResult],
    probes: &'a [ProbeResult],
    /// The last probed block of a model.
    last: &'a dyn Fn(&str) -> Option<String>,
}

impl Starts<'_> {
    fn predictions(
        &self,
        arms: &[ArmResult],
        scores: &[TransferScore],
        methods: &[ProbeMethod],
    ) -> Vec<Prediction> {
        let mut places: Vec<(usize, bool, &str)> = Vec::new();
        for arm in arms {
            let place = (arm.train_size, arm.is_all, &*arm.regime);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let scores = scores.iter().map(|score| Predictor::Score(*score));
        let methods = methods.iter().map(|method| Predictor::Probe(*method));
        let predictors: Vec<Predictor> = scores.chain(methods).collect();
        let mut all = Vec::new();
        for (train_size, is_all, regime) in places {
            for over in [Points::Sources, Points::Starts] {
                let of_kind: Vec<&ArmResult> = match over {
                    Points::Sources => transfer_arms(arms).collect(),
                    Points::Starts => arms.iter().collect(),
                };
                for predictor in &predictors {
                    // Only sources have a head.
                    let is_of_head =
                        matches!(predictor, Predictor::Score(s) if s.reads_source_head());
                    if is_of_head && over == Points::Starts {
                        continue;
                    }
                    let points = of_kind
                        .iter()
                        .filter(|arm| (arm.train_size, &*arm.regime) == (train_size, regime));
                    let points: Vec<[f64; 2]> = points
                        .filter_map(|arm| Some([self.promised(arm, *predictor)?, arm.auc?.value]))
                        .collect();
                    all.push(Prediction {
                        predictor: *predictor,
                        over,
                        train_size,
                        is_all,
                        regime: regime.into(),
                        association: associate(Coefficient::WeightedTau, &points),
                    });
                }
            }
        }
        all
    }

    /// What the predictor said of the start of `arm`.
    fn promised(&self, arm: &ArmResult, predictor: Predictor) -> Option<f64> {
        let last = (self.last)(&arm.model);
        match predictor {
            Predictor::Score(score) => {
                let block = last.filter(|_| !score.reads_source_head());
                let found = self.scores.iter().find(|s| {
                    (&s.model, &s.init, s.train_size) == (&arm.model, &arm.init, arm.train_size)
                        && (s.score, &s.block) == (score, &block)
                });
                found?.value
            }
            Predictor::Probe(method) => {
                let found = self.probes.iter().find(|p| {
                    (&p.model, &p.init, p.train_size) == (&arm.model, &arm.init, arm.train_size)
                        && (p.method, Some(&p.block)) == (method, last.as_ref())
                });
                let seeds = &found?.seeds;
                let sum: f64 = seeds.iter().map(|s| s.validation_auc).sum();
                (!seeds.is_empty()).then(|| sum / seeds.len() as f64)
            }
        }
    }
}
