//! What a run leaves once it is trained.

use std::time::Instant;

use durable::{Manifest, write};
use engine::{Model, Trainer};
use images::Partition;
use networks::Weights;
use record::metrics::{Judged, measure};
use record::names::{INITIAL_FILTERS, MODEL, PREDICTIONS, RUN_RESULT, TIMING};
use record::results::SeedResult;
use record::{Ending, InferenceTiming, Predictions, RunResult, RunTiming};
use study::PrecisionName;

use super::Run;
use crate::memory;
use crate::training::descent::descent;
use crate::training::failure::RunFailure;
use crate::training::first_filters::first_filters;
use crate::training::products::of_products;
use crate::training::{frozen, gallery};

impl Run<'_> {
    /// Places weights that nothing trains any more. What the regime added to the network becomes part
    /// of its own tensors, where it can.
    fn place(&mut self, weights: Weights) -> Result<Weights, RunFailure> {
        let Some(addition) = &self.spec.regime.addition else {
            self.trainer.replace(&weights)?;
            return Ok(weights);
        };
        let merged = addition.merged(&self.spec.network()?, &weights)?;
        let network = self.spec.left_network()?;
        let model = Model::on(self.work.device.executor()?, network.into(), &merged)?;
        let precision = self.state.precision.unwrap_or_default();
        self.trainer = Trainer::new(model, descent(self.spec), of_products(precision));
        self.is_held = self.is_held && gallery::hold(self.trainer.model(), &self.pictures.feed);
        Ok(merged)
    }

    /// Predicts with the best weights and writes the record, its result last.
    pub(super) fn finish(mut self) -> Result<(), RunFailure> {
        self.settle()?;
        let Some(best) = self.state.best.clone() else {
            return Err(RunFailure::Diverged {
                step: self.state.step,
                loss: f32::NAN,
            });
        };
        self.writer.wait()?;
        let weights = self.checkpoints.best(&best)?;
        let network = self.trainer.model().network().clone();
        self.verify_frozen()?;
        let tensors = frozen::differing(&self.spec.regime, &network, &self.initial, &weights)?;
        if !tensors.is_empty() {
            let when = "between the start and the tested model".into();
            return Err(RunFailure::Moved { when, tensors });
        }
        let frozen = frozen::summary(&self.spec.regime, &network)?;
        let weights = self.place(weights)?;
        let split = self.supply.split;
        let validation = self.predictions(&split.validation)?;
        let asked = Instant::now();
        let test = self.predictions(&split.test)?;
        let inference = InferenceTiming {
            seconds: asked.elapsed().as_secs_f64(),
            images: test.images.len(),
        };
        let named = self.named_predictions()?;
        self.work.still_held()?;
        let mut parts = vec![
            (Partition::Validation.name(), &validation),
            (Partition::Test.name(), &test),
        ];
        parts.extend(named.iter().map(|(name, predictions)| (*name, predictions)));
        Predictions::write(
            &self.directory.file(PREDICTIONS),
            self.spec.data.task,
            &self.spec.data.classes,
            &self.supply.dataset.attributes,
            &parts,
        )?;
        write(&self.directory.file(MODEL), &weights.to_bytes(None))?;
        write(
            &self.directory.file(INITIAL_FILTERS),
            &first_filters(self.trainer.model().network(), &self.initial).to_bytes(None),
        )?;
        self.effort.add_to(&mut self.state);
        let images =
            self.state.step * self.spec.train.batch_size.min(self.pictures.examples.len()) as u64;
        TIMING.write(
            self.directory.path(),
            &RunTiming {
                id: self.spec.id.clone(),
                seconds: self.state.seconds,
                images,
                threads: Some(rayon::current_num_threads()),
                inference: Some(inference),
                program: Some(self.work.program.into()),
                precision: match self.spec.train.precision {
                    PrecisionName::F32 => None,
                    PrecisionName::Bf16 => self.state.precision,
                },
                device: self.state.devices.clone(),
                peak_mib: self.work.is_alone.then(memory::peak_mib).flatten(),
                joules: self.state.joules,
            },
            &Manifest::default(),
        )?;
        let measured = |predictions: &Predictions| SeedResult {
            run: self.spec.number,
            seed: self.spec.seed,
            fold: self.spec.fold,
            best_step: best.step,
            steps: self.state.step,
            ..measure(&Judged {
                data: &self.spec.data,
                predictions,
            })
        };
        let of_named = named
            .iter()
            .map(|(name, predictions)| ((*name).to_owned(), measured(predictions)));
        let ending = if self.is_out_of_patience() && self.state.step < self.spec.train.max_steps {
            Ending::Patience
        } else {
            Ending::Budget
        };
        let result = RunResult {
            id: self.spec.id.clone(),
            ending,
            frozen,
            validation_auc: best.validation_auc,
            test: measured(&test),
            test_sets: of_named.collect(),
        };
        self.work.still_held()?;
        self.directory.finish(RUN_RESULT, &result)?;
        self.checkpoints.clear()?;
        Ok(())
    }
}
