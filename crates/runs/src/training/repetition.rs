//! The predictions of a finished run, made once more from its weights.

use engine::{Device, Model, Trainer};
use images::{Partition, UnreadableImage};
use record::names::MODEL;
use record::{FinishedRun, Predictions};
use study::PrecisionName;

use super::descent::descent;
use super::failure::RunFailure;
use super::pictures::TrainingPictures;
use super::prediction::predict;
use super::products::of_products;
use super::supply::Supply;

/// The bytes of `predictions.csv` that the weights of `run` give on `device` with the pictures of
/// `supply`. On the device, or instruction set, that finished it they are those that the run left.
pub fn predicted_again(
    run: &FinishedRun,
    supply: &Supply,
    device: &dyn Device,
) -> Result<Vec<u8>, RunFailure> {
    let spec = run.spec()?;
    supply.check(&spec)?;
    let precision = run.timing()?.precision;
    let network = spec.left_network()?.into();
    let model = Model::on(device.executor()?, network, &run.weights(MODEL)?)?;
    let products = of_products(precision.unwrap_or(PrecisionName::F32));
    let trainer = Trainer::new(model, descent(&spec), products);
    let feed = TrainingPictures::of(supply, &spec).feed;
    let samples = supply.cache.frame().samples();
    let predictions = |examples: &[usize]| -> Result<Predictions, UnreadableImage> {
        let probabilities = predict(trainer.model(), &feed, spec.data.task, examples, samples)?;
        Ok(Predictions::new(supply.dataset, examples, probabilities))
    };
    let split = supply.split;
    let own = [
        (Partition::Validation.name(), &split.validation),
        (Partition::Test.name(), &split.test),
    ];
    let named = split.test_sets.iter();
    let named = named.map(|set| (set.name.as_str(), &set.examples));
    let parts = own.into_iter().chain(named);
    let parts: Vec<_> = parts
        .map(|(name, examples)| Ok((name, predictions(examples)?)))
        .collect::<Result<_, UnreadableImage>>()?;
    let parts: Vec<_> = parts.iter().map(|(name, part)| (*name, part)).collect();
    let (data, attributes) = (&spec.data, &supply.dataset.attributes);
    let table = Predictions::table(data.task, &data.classes, attributes, &parts);
    Ok(table.map_err(durable::FileError::io(
        "draw up",
        "predictions.csv".as_ref(),
    ))?)
}
