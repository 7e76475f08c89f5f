//! Whether pretrained weights tell pictures apart as they are scaled: what the last block makes of
//! them hardly differs where all pictures look alike to the first.

use images::{Cache, Normalisation, stream};
use initialisation::{Initialisation, Source, initialise};
use networks::{Layer, Network};

use super::{USUAL, Usual, spread};
use engine::{Maps, Model};

/// Fewest and most pictures that go through a network.
const PICTURES: [usize; 2] = [4, 8];
/// Multiply-adds that the pictures of one scaling take, where so few pictures are enough.
const WORK: u64 = 100_000_000_000;
/// A share by which features differ from their mean below which pictures look alike, if another
/// scaling tells them apart. Under its own scaling it was 0.21 and more for two CBR networks and 0.39
/// and more for Keras's ResNet-50, on photographs, fundus, ultrasound and X-ray pictures; with samples
/// from 0 to 1 it was 0.055 to 0.13 for the former on medical pictures, at most 0.018 for the latter.
const ALIKE: f64 = 0.1;
/// How many times more they have to differ by another scaling: 1.6 times was the most beside the
/// right one.
const FURTHER: f64 = 3.0;

/// A sentence with numbers where the last block of `network` that has pretrained weights hardly
/// tells pictures apart as they are scaled, but does under a usual scaling; none where that is not
/// so, or where pictures cannot be read.
///
/// The measure is √(Σ‖f − f̄‖² / Σ‖f‖²) over pictures, with f the means of the block's maps: 0 where
/// all are the same, at most 1. It asks for no batch norm.
pub(crate) fn doubt(
    label: &str,
    network: &Network,
    source: Source,
    stated: &Normalisation,
    cache: &Cache,
    training: &[usize],
) -> Option<String> {
    let seen = Seen::new(network, source, cache, training)?;
    let channels = network.input.channels;
    let mean = spread(&stated.mean, channels)?;
    let std = spread(&stated.std, channels)?;
    let found = seen.difference(&mean, &std, false)?;
    if found >= ALIKE {
        return None;
    }
    let usual = USUAL
        .iter()
        .filter(|usual| channels == 3 || !usual.is_reversed);
    let differences = usual.filter_map(|usual| {
        let [mean, std] = [&usual.mean, &usual.std].map(|values| &values[..channels.min(3)]);
        let is_flipped = usual.is_reversed != seen.is_reversed;
        Some((seen.difference(mean, std, is_flipped)?, usual))
    });
    let (best, words) = fitting(&differences.collect::<Vec<_>>())?;
    (best > found * FURTHER).then(|| {
        format!(
            "the scaling of `{label}` is doubtful: its features of {} training pictures differ by {found:.3} of their size \
             as the pictures are scaled, but by {best:.3} as {words} (root mean square distance from their mean over that \
             from 0, behind block `{}`; 0 is no difference). State the right one with `transfusion weights convert … --mean … --std …`, \
             or choose data.normalise",
            seen.pictures, seen.block
        )
    })
}

/// The scaling that fits, of several with what features differ by. Any network tells pictures apart
/// once they are stretched far beyond what it was trained with: of those by which features differ
/// half as much as they can, the scalings that stretch least, and of these the one that does best.
fn fitting<'a>(differences: &[(f64, &'a Usual)]) -> Option<(f64, &'a str)> {
    let most = differences
        .iter()
        .map(|(found, _)| *found)
        .fold(0.0, f64::max);
    let reach = differences.iter().filter(|(found, _)| *found >= most / 2.0);
    let reach: Vec<&(f64, &Usual)> = reach.collect();
    let widest = reach
        .iter()
        .map(|(_, usual)| usual.std[0])
        .fold(0.0, f64::max);
    let least = reach
        .into_iter()
        .filter(|(_, usual)| usual.std[0] == widest);
    let (found, usual) = least.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some((*found, usual.words))
}

/// Pictures, and the network that sees them.
struct Seen<'a> {
    model: Model,
    /// Index and name of the last block with pretrained weights.
    at: usize,
    block: &'a str,
    pictures: usize,
    /// Whether the network itself makes blue first of red first.
    is_reversed: bool,
    /// Samples from 0 to 1, `[picture, channel, row, column]`.
    samples: Vec<f32>,
}

impl<'a> Seen<'a> {
    fn new(
        network: &'a Network,
        source: Source,
        cache: &Cache,
        training: &[usize],
    ) -> Option<Self> {
        let head = network.blocks.len().checked_sub(1)?;
        let at = network.first_new.unwrap_or(head).min(head).checked_sub(1)?;
        let streams = |path: &str| stream(0, path, 0);
        let transfer = Initialisation::transfer();
        let (weights, _) = initialise(network, &transfer, Some(source), &streams).ok()?;
        let model = Model::new(network.clone().into(), &weights).ok()?;
        let [fewest, most] = PICTURES;
        let macs = network.cost().ok()?.macs.max(1);
        let pictures = ((WORK / macs) as usize).clamp(fewest, most);
        let step = training.len().div_ceil(pictures).max(1);
        let planes = cache.frame().channels;
        let repeats = match [planes, network.input.channels] {
            [planes, channels] if planes == channels => 1,
            [1, channels] => channels,
            _ => return None,
        };
        let mut pixels = vec![0.0; cache.frame().samples()];
        if pixels.len() * repeats != network.input.samples() {
            return None;
        }
        let mut samples = Vec::new();
        let chosen: Vec<usize> = training.iter().step_by(step).copied().collect();
        for index in &chosen {
            cache.load(*index, &mut pixels).ok()?;
            (0..repeats).for_each(|_| samples.extend_from_slice(&pixels));
        }
        (chosen.len() > 1).then(|| Self {
            model,
            at,
            block: &network.blocks[at].name,
            pictures: chosen.len(),
            is_reversed: network.blocks[0].layers.first() == Some(&Layer::ReverseChannels),
            samples,
        })
    }

    /// By which share of their size features differ from their mean, with pictures scaled so.
    fn difference(&self, mean: &[f64], std: &[f64], is_flipped: bool) -> Option<f64> {
        let input = self.model.network().input;
        let plane = input.height * input.width;
        let mut scaled = Vec::with_capacity(self.samples.len());
        for picture in self.samples.chunks_exact(input.samples()) {
            for channel in 0..input.channels {
                let read = match is_flipped {
                    true => input.channels - 1 - channel,
                    false => channel,
                };
                let [mean, std] = [mean, std].map(|values| values.get(read).copied());
                let (mean, std) = (mean?, std?);
                let samples = &picture[read * plane..][..plane];
                let one = |sample: &f32| ((f64::from(*sample) - mean) / std) as f32;
                scaled.extend(samples.iter().map(one));
            }
        }
        let pixels = Maps::new(input.batch(self.pictures), scaled);
        let features = self.model.features(&pixels).into_iter().nth(self.at)?;
        share(&features, self.pictures)
    }
}

/// √(Σ‖f − f̄‖² / Σ‖f‖²) of features `[pictures, channels]`; none of nothing, or what is no number.
fn share(features: &[f32], pictures: usize) -> Option<f64> {
    let channels = features.len() / pictures.max(1);
    let mut apart = 0.0;
    let mut size = 0.0;
    for channel in 0..channels {
        let values = features.iter().skip(channel).step_by(channels);
        let values: Vec<f64> = values.map(|value| f64::from(*value)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        apart += values
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>();
        size += values.iter().map(|value| value.powi(2)).sum::<f64>();
    }
    let share = (apart / size).sqrt();
    share.is_finite().then_some(share)
}

#[cfg(test)]
mod tests {
    use super::super::USUAL;
    use super::{fitting, share};

    #[test]
    fn features_that_differ_are_told_from_those_that_do_not() {
        assert_eq!(share(&[1.0, 2.0, 1.0, 2.0], 2), Some(0.0));
        assert_eq!(share(&[1.0, 0.0, -1.0, 0.0], 2), Some(1.0));
        let half = share(&[3.0, 1.0, 1.0, 1.0], 2).expect("a number");
        assert!((half - (2.0f64 / 12.0).sqrt()).abs() < 1e-12);
        assert_eq!(share(&[0.0; 4], 2), None);
        assert_eq!(share(&[f32::NAN, 1.0], 2), None);
    }

    /// What was measured of a CBR network on fundus pictures, whose scaling is ImageNet's, and of
    /// Keras's ResNet-50, in the order of the usual scalings.
    #[test]
    fn the_right_scaling_is_named_and_not_the_one_that_stretches_most() {
        let of = |found: [f64; 6]| {
            let differences: Vec<_> = found.into_iter().zip(&USUAL).collect();
            fitting(&differences).map(|(_, words)| words)
        };
        let cbr = of([0.349, 0.111, 0.219, 0.502, 0.480, 0.502]);
        assert_eq!(cbr, Some(USUAL[0].words));
        let resnet = of([0.110, 0.008, 0.024, 0.327, 0.389, 0.217]);
        assert_eq!(resnet, Some(USUAL[4].words));
        assert_eq!(fitting(&[]), None);
    }
}
