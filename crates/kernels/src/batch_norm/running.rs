//! Batch norm by running statistics, and how those follow the batch.

use rayon::prelude::*;

use super::stats::BatchStats;
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::map::MapShape;
use crate::reduce::{dot, sum};

/// Share of the batch in the running statistics, as in PyTorch.
const MOMENTUM: f32 = 0.1;

impl BatchStats {
    /// From `[4, channels]`: mean, `1 / √(var + eps)`, biased and unbiased variance.
    pub fn read(rows: &[f32]) -> Self {
        let channels = rows.len() / 4;
        let row = |index: usize| rows[index * channels..][..channels].to_vec();
        Self {
            mean: row(0),
            inv_std: row(1),
            var_biased: row(2),
            var_unbiased: row(3),
        }
    }

    /// Into `[4, channels]`, as [`read`](Self::read) has them.
    pub fn write(&self, rows: &mut [f32]) -> Result<(), ShapeError> {
        let channels = self.mean.len();
        check_len("rows", rows, 4 * channels)?;
        let columns = [
            &self.mean,
            &self.inv_std,
            &self.var_biased,
            &self.var_unbiased,
        ];
        for (row, values) in rows.chunks_mut(channels.max(1)).zip(columns) {
            row.copy_from_slice(values);
        }
        Ok(())
    }

    /// `running ← 0.9 running + 0.1 batch` for mean and unbiased variance, `[channels]` each.
    pub fn follow(&self, mean: &mut [f32], variance: &mut [f32]) -> Result<(), ShapeError> {
        check_len("mean", mean, self.mean.len())?;
        check_len("variance", variance, self.mean.len())?;
        let sides = [(mean, &self.mean), (variance, &self.var_unbiased)];
        for (running, batch) in sides {
            for (running, batch) in running.iter_mut().zip(batch) {
                *running = *running * (1.0 - MOMENTUM) + batch * MOMENTUM;
            }
        }
        Ok(())
    }
}

/// Batch norm by given statistics as a line per channel: into `line` `[2, channels]` the scale
/// `gamma / √(variance + eps)` and the shift `beta − mean · scale`. The operands are
/// `[gamma, beta, mean, variance]`, `[channels]` each.
pub fn norm_line(operands: [&[f32]; 4], eps: f32, line: &mut [f32]) -> Result<(), ShapeError> {
    let [gamma, beta, mean, variance] = operands;
    for (name, values) in [("beta", beta), ("mean", mean), ("variance", variance)] {
        check_len(name, values, gamma.len())?;
    }
    check_len("line", line, 2 * gamma.len())?;
    let (scales, shifts) = line.split_at_mut(gamma.len());
    for channel in 0..gamma.len() {
        let inv_std = 1.0 / (variance[channel] + eps).sqrt();
        scales[channel] = gamma[channel] * inv_std;
        shifts[channel] = beta[channel] - mean[channel] * scales[channel];
    }
    Ok(())
}

/// Gradients of gamma and beta, `[channels]` each, of batch norm by the given `[mean, variance]`:
/// `dgamma = Σ dy · (x − mean) / √(variance + eps)`, `dbeta = Σ dy`, summed in `f64` over planes.
/// `x` and `dy` are of shape `shape`.
pub fn norm_line_backward(
    shape: &MapShape,
    x: &[f32],
    [mean, variance]: [&[f32]; 2],
    eps: f32,
    dy: &[f32],
    dgamma: &mut [f32],
    dbeta: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("x", x, shape.checked_len()?)?;
    check_len("dy", dy, x.len())?;
    let operands = [
        ("mean", mean),
        ("variance", variance),
        ("dgamma", &*dgamma),
        ("dbeta", &*dbeta),
    ];
    for (name, values) in operands {
        check_len(name, values, shape.channels)?;
    }
    let isa = Isa::current();
    dgamma
        .par_iter_mut()
        .zip(dbeta.par_iter_mut())
        .enumerate()
        .for_each(|(channel, (dgamma, dbeta))| {
            let mut totals = [0.0; 2];
            for image in 0..shape.batch {
                let at = shape.plane_at(image, channel);
                let plane = at..at + shape.plane();
                totals[0] += f64::from(sum(isa, &dy[plane.clone()]));
                totals[1] += f64::from(dot(isa, &x[plane.clone()], &dy[plane]));
            }
            let inv_std = 1.0 / (f64::from(variance[channel]) + f64::from(eps)).sqrt();
            *dgamma = ((totals[1] - f64::from(mean[channel]) * totals[0]) * inv_std) as f32;
            *dbeta = totals[0] as f32;
        });
    Ok(())
}
