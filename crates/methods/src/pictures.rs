//! What happens to pictures before a network sees them.

use images::{Augmentation, Fit, Range};
use initialisation::InputAdaptation;
use record::results::{Protocol, Results, Scaling};
use study::DataResult;

use crate::sentence::{Sentence, list};

/// Shape, range and scaling.
pub fn preprocessing(results: &Results, protocol: &Protocol) -> Vec<Sentence> {
    let mut said = vec![shape(&results.data)];
    said.extend(range(&results.data));
    said.extend(scaling(&protocol.scaling));
    said.push(augmentation(&protocol.augment));
    said
}

fn shape(data: &DataResult) -> Sentence {
    let channels = match data.channels {
        1 => "one channel (grey)".to_owned(),
        channels => format!("{channels} channels"),
    };
    let fit = match (data.fit, data.aspects) {
        (Fit::Stretch, None) => "",
        (Fit::Stretch, Some(_)) => ", those of another shape stretched to it",
        (Fit::Pad, _) => ", those of another shape with black at the sides",
        (Fit::Crop, _) => ", those of another shape cut to their middle",
    };
    let filter = match data.resize {
        Some(filter) => format!(", resized with an antialiased {} filter", filter.word()),
        None => String::new(),
    };
    Sentence::new(
        "/data/size",
        format!(
            "Networks see {} × {} pixels in {channels}{fit}{filter}",
            data.size.height, data.size.width
        ),
    )
    .and("/data/channels")
}

fn range(data: &DataResult) -> Option<Sentence> {
    let Range::Between([low, high]) = data.range else {
        return None;
    };
    Some(Sentence::new(
        "/data/range",
        format!("Samples of {low} are black and those of {high} white"),
    ))
}

/// One sentence a scaling that networks share.
fn scaling(all: &[Scaling]) -> Vec<Sentence> {
    let mut groups: Vec<(&Scaling, Vec<String>)> = Vec::new();
    for scaling in all {
        let is_it = |group: &&mut (&Scaling, Vec<String>)| {
            group.0.normalisation == scaling.normalisation
                && group.0.adaptation == scaling.adaptation
        };
        match groups.iter_mut().find(is_it) {
            Some((_, models)) => models.push(scaling.model.clone()),
            None => groups.push((scaling, vec![scaling.model.clone()])),
        }
    }
    let is_one = groups.len() == 1;
    let sentence = |(scaling, models): (&Scaling, Vec<String>)| {
        let whose = match is_one {
            true => "all networks".to_owned(),
            false => list(&models, 12),
        };
        let normalisation = &scaling.normalisation;
        let is_plain = normalisation.mean.iter().all(|mean| *mean == 0.0)
            && normalisation.std.iter().all(|std| *std == 1.0);
        let digits = |values: &[f32]| {
            let values = values
                .iter()
                .map(|value| numbers::fixed(f64::from(*value), 4));
            values.collect::<Vec<_>>().join(", ")
        };
        let text = match is_plain {
            true => format!("For {whose}, samples between 0 and 1 are used as they are"),
            false => format!(
                "For {whose}, samples between 0 and 1 are scaled to (x − mean) / standard deviation by channel, with means {} and standard deviations {}",
                digits(&normalisation.mean),
                digits(&normalisation.std)
            ),
        };
        let text = match scaling.adaptation {
            None => text,
            Some(InputAdaptation::Sum) => format!(
                "{text}; the first convolution of the pretrained weights is summed over its input channels"
            ),
            Some(InputAdaptation::Repeat) => format!(
                "{text}; the input channels of the first convolution of the pretrained weights are repeated and scaled"
            ),
        };
        Sentence::new("/protocol/scaling", text)
    };
    groups.into_iter().map(sentence).collect()
}

fn augmentation(augment: &Augmentation) -> Sentence {
    let mut changes = Vec::new();
    if augment.flip_horizontal {
        changes.push("mirrored left and right one time in two".to_owned());
    }
    if augment.flip_vertical {
        changes.push("mirrored top and bottom one time in two".to_owned());
    }
    if augment.rotate_degrees > 0.0 {
        changes.push(format!(
            "turned by up to {}° either way",
            augment.rotate_degrees
        ));
    }
    if let Some(pixels) = augment.crop.filter(|pixels| *pixels > 0) {
        changes.push(format!("shifted by up to {pixels} pixels each way"));
    }
    for (word, strength) in [
        ("brightness", augment.brightness),
        ("contrast", augment.contrast),
        ("saturation", augment.saturation),
    ] {
        if strength > 0.0 {
            changes.push(format!(
                "changed in {word} by a factor from {} to {}",
                numbers::fixed(f64::from((1.0 - strength).max(0.0)), 2),
                numbers::fixed(f64::from(1.0 + strength), 2)
            ));
        }
    }
    if augment.hue > 0.0 {
        changes.push(format!(
            "turned in hue by up to {} of the colour circle either way",
            augment.hue
        ));
    }
    let text = match changes.is_empty() {
        true => "Training pictures are not changed at random".to_owned(),
        false => format!(
            "Training pictures are changed at random each time: {}",
            list(&changes, 12)
        ),
    };
    Sentence::new("/protocol/augment", text)
}
