//! Whether pixels reach pretrained weights as they did in their training: what the first convolution
//! makes of the study's pictures is held against the statistics that the batch norm behind it keeps,
//! and whether the last block tells pictures apart.

pub(crate) mod sameness;

use images::{Cache, Normalisation};
use networks::{Conv, Layer, Pretrained};

/// Most pictures that are looked at.
const PICTURES: usize = 32;
/// Places along each side of a picture at which the convolution is taken.
const PLACES: usize = 8;
/// A distance from which a scaling is called wrong, if another is near: that of two normal
/// distributions of equal mean whose standard deviations are 2.9 to 1.
const FAR: f64 = 0.25;
/// How many times nearer another scaling has to be.
const NEARER: f64 = 3.0;

/// A scaling that published weights were trained with: `(sample − mean) / std` of samples from 0 to 1.
struct Usual {
    words: &'static str,
    mean: [f64; 3],
    std: [f64; 3],
    /// Whether channels come blue first.
    is_reversed: bool,
}

const IMAGENET: [f64; 3] = [0.485, 0.456, 0.406];

const USUAL: [Usual; 6] = [
    Usual::of(
        "ImageNet's mean and standard deviation",
        IMAGENET,
        [0.229, 0.224, 0.225],
    ),
    Usual::of("0 to 1", [0.0; 3], [1.0; 3]),
    Usual::of("-1 to 1", [0.5; 3], [0.5; 3]),
    Usual::of("0 to 255", [0.0; 3], [1.0 / 255.0; 3]),
    Usual {
        is_reversed: true,
        ..Usual::of(
            "0 to 255 less ImageNet's mean, blue first",
            IMAGENET,
            [1.0 / 255.0; 3],
        )
    },
    Usual::of("-1024 to 1024", [0.5; 3], [1.0 / 2048.0; 3]),
];

impl Usual {
    const fn of(words: &'static str, mean: [f64; 3], std: [f64; 3]) -> Self {
        Self {
            words,
            mean,
            std,
            is_reversed: false,
        }
    }
}

/// A sentence with numbers where some usual scaling fits the weights far better than `stated`; none
/// where that is not so, where the network does not begin with a convolution and a batch norm, or
/// where pictures cannot be read.
///
/// The distance is the median over channels of Bhattacharyya's between two normal distributions,
/// `(m − M)² / 4(v + V) + ½ ln((v + V) / 2√(vV))`: 0 where they agree; it does not tell whether the
/// pictures resemble those of the source.
pub(crate) fn doubt(
    label: &str,
    pretrained: &Pretrained,
    stated: &Normalisation,
    cache: &Cache,
    training: &[usize],
) -> Option<String> {
    let start = Start::of(pretrained)?;
    let sums = start.sums(cache, training)?;
    let stated = Scaling {
        mean: spread(&stated.mean, start.channels)?,
        std: spread(&stated.std, start.channels)?,
        is_reversed: start.is_reversed,
    };
    let found = start.distance(&sums, &stated);
    let usual = USUAL
        .iter()
        .filter(|usual| start.channels == 3 || !usual.is_reversed);
    let (best, words) = usual
        .map(|usual| {
            let scaling = Scaling {
                mean: usual.mean[..start.channels.min(3)].to_vec(),
                std: usual.std[..start.channels.min(3)].to_vec(),
                is_reversed: usual.is_reversed,
            };
            (start.distance(&sums, &scaling), usual.words)
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    (found > FAR && best * NEARER < found).then(|| {
        format!(
            "the scaling of `{label}` is doubtful: its first batch norm keeps statistics from which {} training pictures \
             are {found:.2} away as they are scaled, but {best:.2} as {words} (median Bhattacharyya distance of {} channels; \
             0 is none). State the right one with `transfusion weights convert … --mean … --std …`, or choose data.normalise",
            sums.pictures,
            start.means.len()
        )
    })
}

/// One value a channel, the same where only one is told.
fn spread(values: &[f32], channels: usize) -> Option<Vec<f64>> {
    let values: Vec<f64> = values.iter().map(|value| f64::from(*value)).collect();
    match values.len() {
        1 => Some(vec![values[0]; channels]),
        found => (found == channels).then_some(values),
    }
}

/// What a convolution sees: samples of each picture channel, scaled, and in which order.
struct Scaling {
    mean: Vec<f64>,
    std: Vec<f64>,
    is_reversed: bool,
}

/// How a network begins: a convolution and the statistics behind it.
struct Start<'a> {
    conv: &'a Conv,
    channels: usize,
    is_reversed: bool,
    /// `[channels_out, channels, rows, columns]`.
    kernels: &'a [f32],
    bias: Option<&'a [f32]>,
    means: &'a [f32],
    variances: &'a [f32],
}

/// What the convolution makes of each of its channels alone, `[sample][channel_out * channels + channel]`.
struct Sums {
    pictures: usize,
    /// Where it reads red first, and blue first.
    samples: [Vec<Vec<f64>>; 2],
}

impl<'a> Start<'a> {
    fn of(pretrained: &'a Pretrained) -> Option<Self> {
        let mut layers = pretrained.network.blocks.first()?.layers.iter();
        let mut is_reversed = false;
        let conv = loop {
            match layers.next()? {
                Layer::ReverseChannels => is_reversed = !is_reversed,
                Layer::PadSame(_) => {}
                Layer::Conv(conv) => break conv,
                _ => return None,
            }
        };
        let Layer::BatchNorm(norm) = layers.next()? else {
            return None;
        };
        let tensor = |path: String| {
            let tensor = pretrained.weights.tensors.get(&path)?;
            Some(tensor.values.as_slice())
        };
        let channels = pretrained.network.input.channels;
        let start = Self {
            conv,
            channels,
            is_reversed,
            kernels: tensor(format!("{}.weight", conv.path))?,
            bias: conv
                .bias
                .then(|| tensor(format!("{}.bias", conv.path)))
                .flatten(),
            means: tensor(format!("{}.running_mean", norm.0.path))?,
            variances: tensor(format!("{}.running_var", norm.0.path))?,
        };
        let taps = conv.channels_out * channels * conv.kernel[0] * conv.kernel[1];
        let is_plain = conv.geometry.groups == 1 && conv.channels_in == channels;
        let is_whole = start.kernels.len() == taps
            && [start.means.len(), start.variances.len()] == [conv.channels_out; 2];
        ([1, 3].contains(&channels) && is_plain && is_whole).then_some(start)
    }

    /// At places inside of evenly chosen pictures, without their borders.
    fn sums(&self, cache: &Cache, training: &[usize]) -> Option<Sums> {
        let frame = cache.frame();
        let [rows, columns] = [frame.size.height, frame.size.width];
        let reach =
            |axis: usize| (self.conv.kernel[axis] - 1) * self.conv.geometry.dilation[axis] + 1;
        let free = [rows.checked_sub(reach(0))?, columns.checked_sub(reach(1))?];
        if frame.channels != self.channels && frame.channels != 1 {
            return None;
        }
        let step = training.len().div_ceil(PICTURES).max(1);
        let mut samples = [Vec::new(), Vec::new()];
        let mut pixels = vec![0.0; frame.samples()];
        let chosen: Vec<usize> = training.iter().step_by(step).copied().collect();
        for index in &chosen {
            cache.load(*index, &mut pixels).ok()?;
            for place in 0..PLACES * PLACES {
                let at = |axis: usize, step: usize| free[axis] * step / (PLACES - 1);
                let corner = [at(0, place / PLACES), at(1, place % PLACES)];
                for (samples, is_reversed) in samples.iter_mut().zip([false, true]) {
                    samples.push(self.sample(&pixels, [rows, columns], corner, is_reversed));
                }
            }
        }
        (!samples[0].is_empty()).then_some(Sums {
            pictures: chosen.len(),
            samples,
        })
    }

    fn sample(
        &self,
        pixels: &[f32],
        [rows, columns]: [usize; 2],
        corner: [usize; 2],
        is_reversed: bool,
    ) -> Vec<f64> {
        let [height, width] = self.conv.kernel;
        let dilation = self.conv.geometry.dilation;
        let planes = pixels.len() / (rows * columns);
        let mut sums = Vec::with_capacity(self.means.len() * self.channels);
        for kernel in self.kernels.chunks_exact(height * width) {
            // Kernels lie by output channel, then by the channel that they read.
            let read = self.plane(sums.len() % self.channels, is_reversed);
            let plane = (if planes == 1 { 0 } else { read }) * rows * columns;
            let mut sum = 0.0;
            for (tap, weight) in kernel.iter().enumerate() {
                let row = corner[0] + tap / width * dilation[0];
                let column = corner[1] + tap % width * dilation[1];
                sum += f64::from(*weight) * f64::from(pixels[plane + row * columns + column]);
            }
            sums.push(sum);
        }
        sums
    }

    /// The channel of a picture that a channel of the convolution reads.
    fn plane(&self, channel: usize, is_reversed: bool) -> usize {
        match is_reversed {
            true => self.channels - 1 - channel,
            false => channel,
        }
    }

    /// How far what the convolution makes of pictures scaled so is from the stored statistics.
    fn distance(&self, sums: &Sums, scaling: &Scaling) -> f64 {
        let samples = &sums.samples[usize::from(scaling.is_reversed)];
        let area = self.conv.kernel[0] * self.conv.kernel[1];
        let of_channel = |out: usize| {
            let mut shift = self.bias.map_or(0.0, |bias| f64::from(bias[out]));
            let mut factors = Vec::with_capacity(self.channels);
            for channel in 0..self.channels {
                let plane = self.plane(channel, scaling.is_reversed);
                let kernel = &self.kernels[(out * self.channels + channel) * area..][..area];
                let weight: f64 = kernel.iter().map(|w| f64::from(*w)).sum();
                shift -= weight * scaling.mean[plane] / scaling.std[plane];
                factors.push(1.0 / scaling.std[plane]);
            }
            let values = samples.iter().map(|sample| {
                let parts = &sample[out * self.channels..][..self.channels];
                let scaled = parts
                    .iter()
                    .zip(&factors)
                    .map(|(part, factor)| part * factor);
                shift + scaled.sum::<f64>()
            });
            let values: Vec<f64> = values.collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let squares = values.iter().map(|value| (value - mean).powi(2));
            let variance = squares.sum::<f64>() / values.len() as f64;
            bhattacharyya(
                [mean, variance],
                [f64::from(self.means[out]), f64::from(self.variances[out])],
            )
        };
        let mut distances: Vec<f64> = (0..self.means.len()).map(of_channel).collect();
        distances.sort_by(f64::total_cmp);
        distances[distances.len() / 2]
    }
}

/// Between two normal distributions, each by mean and variance; variances of nothing are kept from 0.
fn bhattacharyya([mean, variance]: [f64; 2], [other_mean, other_variance]: [f64; 2]) -> f64 {
    let [v, w] = [variance, other_variance].map(|variance| variance.max(1e-12));
    (mean - other_mean).powi(2) / (4.0 * (v + w)) + 0.5 * ((v + w) / (2.0 * (v * w).sqrt())).ln()
}
