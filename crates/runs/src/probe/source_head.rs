//! What a pretrained network with its own head says of the study's pictures.

use std::sync::Arc;

use engine::{Device, Model};
use images::{Feed, Task, stream};
use initialisation::{Initialisation, Source, initialise};
use networks::{Pretrained, Weights, zoo};

use super::failure::ProbeFailure;
use crate::event::Event;
use crate::training::{RunFailure, batch_size, pixels, probabilities};
use crate::work::Work;
use study::{OpenStudy, PlannedModel, PlannedProbe, Probed, ProbedNetwork};

/// Most probabilities that are kept, 1 GiB.
const LIMIT: usize = 1 << 27;

/// Probabilities of the source's classes, or why there are none.
pub(crate) enum SourceHead {
    /// Of the training pictures, then the validation partition.
    Known {
        /// `[pictures, classes]`.
        probabilities: Vec<f64>,
        /// Classes of the source task.
        classes: usize,
    },
    /// The reason.
    Unknown(String),
}

impl SourceHead {
    /// Whether a score of the probe reads it.
    pub(crate) fn wanted(probe: &PlannedProbe) -> bool {
        let mut scores = probe.settings.scores.iter();
        scores.any(|score| score.reads_source_head())
    }

    /// One forward pass of every training and validation picture; none once it is asked to
    /// stop. Pictures
    /// have the study's size and scaling, as in training.
    pub(crate) fn of(
        study: &OpenStudy,
        probe: &PlannedProbe,
        work: &Work,
    ) -> Result<Option<Self>, ProbeFailure> {
        let Probed::Network(of) = &probe.of else {
            let reason = "features from a file come without the head of their network";
            return Ok(Some(Self::Unknown(reason.into())));
        };
        let planned = &study.plan.models[of.model];
        let model = match network(study, planned, of, probe.seeds[0], work.device)? {
            Ok(model) => model,
            Err(reason) => return Ok(Some(Self::Unknown(reason))),
        };
        let data = &study.plan.data;
        let feed = Feed::new(
            study.cache.clone(),
            &study.dataset,
            planned.normalisation.clone(),
            data.augment.clone(),
        );
        let examples = [&data.split.train[..], &data.split.validation].concat();
        let samples = study.cache.frame().samples();
        let mut all = Vec::new();
        for (step, indices) in examples.chunks(batch_size(samples)).enumerate() {
            if work.is_stopped() {
                return Ok(None);
            }
            let what = format!("source classes of {} pictures", examples.len());
            work.tell(Event::Doing(&what));
            let batch = pixels(&model, &feed, step as u64, indices);
            let logits = model.forward(&batch.map_err(RunFailure::from)?);
            all.extend(probabilities(&logits, Task::Multiclass));
        }
        Ok(Some(match all.iter().all(|p| p.is_finite()) {
            true => Self::Known {
                probabilities: all,
                classes: model.network().classes,
            },
            false => Self::Unknown("the source's head puts out values that are no numbers".into()),
        }))
    }

    /// Probabilities `[pictures, classes]` and the classes, or why there are none.
    pub(crate) fn probabilities(&self) -> Result<(&[f64], usize), &str> {
        match self {
            Self::Known {
                probabilities,
                classes,
            } => Ok((probabilities, *classes)),
            Self::Unknown(reason) => Err(reason),
        }
    }
}

/// The pretrained network with its own head, for the study's pictures; or why there is none.
fn network(
    study: &OpenStudy,
    planned: &PlannedModel,
    of: &ProbedNetwork,
    seed: u64,
    device: &dyn Device,
) -> Result<Result<Model, String>, ProbeFailure> {
    if of.init.rules != Initialisation::transfer().rules {
        return Ok(Err(format!(
            "the source's head reads all pretrained blocks, which `{}` does not keep",
            of.init.name
        )));
    }
    if planned.described.choice.is_variant() {
        return Ok(Err(
            "the source's head belongs to the whole network, not to a slimmed or truncated one"
                .into(),
        ));
    }
    let Some(pretrained) = study.weights.get(&planned.described.label) else {
        return Ok(Err("there are no pretrained weights".into()));
    };
    let classes = pretrained.network.classes;
    let data = &study.plan.data;
    let pictures = data.split.train.len() + data.split.validation.len();
    if classes < 2 || pictures.saturating_mul(classes) > LIMIT {
        return Ok(Err(format!(
            "the source's head has {classes} classes; of {pictures} pictures, 2 to {} can be kept",
            LIMIT / pictures.max(1)
        )));
    }
    let data = &data.described;
    let input = data.input();
    // The choice of the study decides on the auxiliary head, which has no part in inference.
    let network = zoo::network(&planned.described.choice, input, classes);
    let network = Arc::new(network.map_err(RunFailure::from)?);
    let source = Source {
        pretrained,
        input: planned.adaptation.unwrap_or_default(),
    };
    let draws = |path: &str| stream(seed, &format!("init/{path}"), 0);
    let made = initialise(&network, &of.init, Some(source), &draws);
    let (mut weights, _) = made.map_err(RunFailure::from)?;
    if let Some(path) = put_head(pretrained, &network, &mut weights) {
        return Ok(Err(format!(
            "the weights hold no head of their source: `{path}` is missing or has another shape"
        )));
    }
    let executor = device.executor().map_err(RunFailure::from)?;
    let model = Model::on(executor, network, &weights).map_err(RunFailure::from)?;
    Ok(Ok(model))
}

/// Puts the pretrained classifier in place of the drawn one; the path of what it lacks, if any.
fn put_head(
    pretrained: &Pretrained,
    network: &networks::Network,
    weights: &mut Weights,
) -> Option<String> {
    let main = network.blocks.len() - 1;
    let head = network.parameters().into_iter();
    for parameter in head.filter(|p| p.is_classifier && p.block == main) {
        match pretrained.weights.tensors.get(&parameter.path) {
            Some(tensor) if tensor.shape == parameter.shape => {
                weights
                    .tensors
                    .insert(parameter.path.clone(), tensor.clone());
            }
            _ => return Some(parameter.path),
        }
    }
    None
}
