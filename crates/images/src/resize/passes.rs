//! The two passes over a picture.

use super::sample::Sample;
use super::taps::Taps;

/// Samples of a row that are summed together: enough for the widest vector registers.
const LANES: usize = 16;

/// Every row of `samples`, `width` pixels of `channels`, brought to as many pixels as there are
/// taps.
pub(super) fn across<S: Sample>(
    samples: &[S],
    width: usize,
    channels: usize,
    taps: &Taps<S>,
) -> Vec<S> {
    match channels {
        1 => pixels_across::<S, 1>(samples, width, taps),
        3 => pixels_across::<S, 3>(samples, width, taps),
        _ => any_across(samples, width, channels, taps),
    }
}

/// [`across`] with the sums of a pixel in registers.
fn pixels_across<S: Sample, const CHANNELS: usize>(
    samples: &[S],
    width: usize,
    taps: &Taps<S>,
) -> Vec<S> {
    let rows = samples.len() / (width * CHANNELS).max(1);
    let mut out = Vec::with_capacity(rows * taps.len() * CHANNELS);
    let (pixels, _) = samples.as_chunks::<CHANNELS>();
    for row in pixels.chunks_exact(width.max(1)) {
        for (first, weights) in taps.iter() {
            let mut sums = [S::EMPTY; CHANNELS];
            for (pixel, weight) in row[first..].iter().zip(weights) {
                for channel in 0..CHANNELS {
                    sums[channel] = S::plus(sums[channel], *weight, pixel[channel]);
                }
            }
            out.extend(sums.map(S::of));
        }
    }
    out
}

/// [`across`] for any number of channels.
fn any_across<S: Sample>(samples: &[S], width: usize, channels: usize, taps: &Taps<S>) -> Vec<S> {
    let rows = samples.len() / (width * channels).max(1);
    let mut out = vec![S::default(); rows * taps.len() * channels];
    let row = (width * channels).max(1);
    let pixels = out.chunks_exact_mut(channels);
    let places = samples.chunks_exact(row).flat_map(|row| {
        taps.iter()
            .map(move |(first, weights)| (&row[first * channels..], weights))
    });
    for (pixel, (row, weights)) in pixels.zip(places) {
        weigh(row, channels, weights, pixel);
    }
    out
}

/// Rows of `samples`, each `row` samples long, brought to as many as there are taps.
pub(super) fn down<S: Sample>(samples: &[S], row: usize, taps: &Taps<S>) -> Vec<S> {
    let mut out = vec![S::default(); taps.len() * row];
    for (out, (first, weights)) in out.chunks_exact_mut(row.max(1)).zip(taps.iter()) {
        weigh(&samples[first * row..], row, weights, out);
    }
    out
}

/// `out[i]` becomes the sum of `weights[t] · samples[t · stride + i]`, in the order of `t`.
fn weigh<S: Sample>(samples: &[S], stride: usize, weights: &[S::Weight], out: &mut [S]) {
    let (blocks, rest) = out.as_chunks_mut::<LANES>();
    let whole = blocks.len() * LANES;
    for (index, block) in blocks.iter_mut().enumerate() {
        let mut sums = [S::EMPTY; LANES];
        for (tap, weight) in weights.iter().enumerate() {
            let inputs = &samples[tap * stride + index * LANES..][..LANES];
            for (sum, input) in sums.iter_mut().zip(inputs) {
                *sum = S::plus(*sum, *weight, *input);
            }
        }
        *block = sums.map(S::of);
    }
    for (lane, out) in rest.iter_mut().enumerate() {
        let inputs = samples[whole + lane..].iter().step_by(stride);
        let sum = weights.iter().zip(inputs);
        *out = S::of(sum.fold(S::EMPTY, |sum, (weight, input)| {
            S::plus(sum, *weight, *input)
        }));
    }
}
