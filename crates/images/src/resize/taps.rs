//! Which inputs an output is made of, and by how much.

use super::resampling::Resampling;
use super::sample::Sample;

/// Weights of every output along one side.
pub(super) struct Taps<S: Sample> {
    /// First input of each output.
    first: Vec<usize>,
    /// Weights of each output end here; they begin where those before end.
    end: Vec<usize>,
    weights: Vec<S::Weight>,
}

impl<S: Sample> Taps<S> {
    /// From `from` inputs to `to` outputs. The centre of output `o` lies at `(o + ½) · from / to`;
    /// when shrinking, the filter is as many times wider.
    pub(super) fn new(from: usize, to: usize, resampling: Resampling) -> Self {
        let scale = from as f64 / to as f64;
        let stretch = scale.max(1.0);
        let support = resampling.support() * stretch;
        // Multiplying by the inverse rounds otherwise than dividing.
        let shrink = 1.0 / stretch;
        let mut taps = Self {
            first: Vec::with_capacity(to),
            end: Vec::with_capacity(to),
            weights: Vec::new(),
        };
        for output in 0..to {
            let centre = (output as f64 + 0.5) * scale;
            // Conversions cut off and saturate at 0.
            let first = (centre - support + 0.5) as usize;
            let last = ((centre + support + 0.5) as usize).min(from);
            let at = |input| resampling.weight((input as f64 - centre + 0.5) * shrink);
            let total: f64 = (first..last).map(at).sum();
            let total = if total == 0.0 { 1.0 } else { total };
            let weights = (first..last).map(|input| S::weight(at(input) / total));
            taps.weights.extend(weights);
            taps.first.push(first);
            taps.end.push(taps.weights.len());
        }
        taps
    }

    /// Outputs.
    pub(super) fn len(&self) -> usize {
        self.first.len()
    }

    /// First input and weights of each output.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &[S::Weight])> {
        let begin = std::iter::once(&0).chain(&self.end);
        let spans = begin.zip(&self.end);
        let weights = spans.map(|(begin, end)| &self.weights[*begin..*end]);
        self.first.iter().copied().zip(weights)
    }
}
