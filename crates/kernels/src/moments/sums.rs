//! Sums over one block: of datapoints, and of the squares of each.

use rayon::prelude::*;

use super::panels::{Line, Panels, SLAB, WIDTH};
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::simd::{Double, dispatch};

impl Panels {
    /// `into += Σ x̃`, `[channels]`.
    pub fn add_sum(&self, into: &mut [f64]) -> Result<(), ShapeError> {
        check_len("the sums", into, self.channels)?;
        add_weighted(self, None, into);
        Ok(())
    }

    /// `into += Σ wᵢ x̃ᵢ`, `[channels]`, for `weights` `[datapoints]`.
    pub fn add_weighted(&self, weights: &[f64], into: &mut [f64]) -> Result<(), ShapeError> {
        check_len("the weights", weights, self.datapoints)?;
        check_len("the weighted sums", into, self.channels)?;
        add_weighted(self, Some(weights), into);
        Ok(())
    }

    /// `‖x̃ᵢ‖²`, `[datapoints]`.
    pub fn norms(&self) -> Vec<f64> {
        norms(self)
    }
}

/// `into += Σ wᵢ x̃ᵢ`, with weights of one if there are none.
fn add_weighted(panels: &Panels, weights: Option<&[f64]>, into: &mut [f64]) {
    let isa = Isa::current();
    let slabs: Vec<Vec<f64>> = (0..panels.slabs())
        .into_par_iter()
        .map(|slab| {
            let weights = weights.map(|weights| {
                let start = slab * SLAB;
                &weights[start..weights.len().min(start + SLAB)]
            });
            let sums = (0..panels.panels())
                .map(|panel| weigh_lines(isa, panels.panel(slab, panel), weights));
            sums.flatten().collect()
        })
        .collect();
    for sums in slabs {
        for (into, sum) in into.iter_mut().zip(sums) {
            *into += sum;
        }
    }
}

/// `‖x̃ᵢ‖²`
fn norms(panels: &Panels) -> Vec<f64> {
    let isa = Isa::current();
    let mut norms = vec![0.0; panels.datapoints];
    norms
        .par_chunks_mut(SLAB)
        .enumerate()
        .for_each(|(slab, norms)| {
            for panel in 0..panels.panels() {
                add_norms(isa, panels.panel(slab, panel), norms);
            }
        });
    norms
}

dispatch! {
    fn weigh_lines(lines: &[Line], weights: Option<&[f64]>) -> [f64; WIDTH] => weigh_body
}

#[inline(always)]
fn weigh_body<S: Double>(lines: &[Line], weights: Option<&[f64]>) -> [f64; WIDTH] {
    let mut sums = [0.0; WIDTH];
    match weights {
        Some(weights) => {
            for (line, weight) in lines.iter().zip(weights) {
                for (sum, value) in sums.iter_mut().zip(&line.0) {
                    *sum += weight * value;
                }
            }
        }
        None => {
            for line in lines {
                for (sum, value) in sums.iter_mut().zip(&line.0) {
                    *sum += value;
                }
            }
        }
    }
    sums
}

dispatch! {
    fn add_norms(lines: &[Line], norms: &mut [f64]) => norms_body
}

#[inline(always)]
fn norms_body<S: Double>(lines: &[Line], norms: &mut [f64]) {
    for (line, norm) in lines.iter().zip(norms) {
        let mut squares = S::splat(0.0);
        let mut lanes = [0.0; WIDTH];
        // SAFETY: the lanes of a vector divide a line.
        unsafe {
            for at in (0..WIDTH).step_by(S::LANES) {
                let values = S::load(line.0.as_ptr().add(at));
                squares = S::fma(values, values, squares);
            }
            S::store(lanes.as_mut_ptr(), squares);
        }
        *norm += lanes[..S::LANES].iter().sum::<f64>();
    }
}
