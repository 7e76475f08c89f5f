//! Batch norm with what follows it.

use std::hint::black_box;

use kernels::{
    BatchStats, MapShape, PoolShape, PooledNorm, ShapeError, batch_norm_add_relu_backward,
    batch_norm_add_relu_train, batch_norm_backward, batch_norm_train,
};

use crate::Options;
use crate::clock::{milliseconds, noise};

/// Images, channels and side of the maps.
const MAPS: &[(usize, usize, usize)] = &[
    (32, 32, 64),
    (32, 64, 32),
    (32, 128, 16),
    (32, 256, 8),
    (8, 32, 224),
    (32, 256, 16),
    (32, 512, 8),
    (32, 1024, 4),
    (32, 2048, 2),
    (8, 64, 56),
    (8, 512, 28),
    (8, 256, 14),
    (8, 2048, 7),
];

const EPSILON: f32 = 1e-5;

/// Prints a line for each operation on each map: milliseconds forward / backward.
pub fn report(options: &Options) -> Result<(), ShapeError> {
    for &(batch, channels, side) in MAPS {
        let map = MapShape {
            batch,
            channels,
            height: side,
            width: side,
        };
        let mut case = Case::new(map)?;
        let kinds: [(&str, fn(&mut Case, bool) -> Result<[f64; 2], ShapeError>); 3] = [
            ("norm", Case::norm),
            ("pooled", Case::pooled),
            ("residual", Case::residual),
        ];
        for (kind, time) in kinds {
            let name = format!("{kind}{channels}@{side}x{batch}");
            if name.starts_with(&options.prefix) {
                let [forward, backward] = time(&mut case, options.cpu)?;
                println!("{name:22}{forward:8.2} / {backward:8.2}");
            }
        }
    }
    Ok(())
}

/// Operands and results of one map.
struct Case {
    map: MapShape,
    x: Vec<f32>,
    dy: Vec<f32>,
    gamma: Vec<f32>,
    beta: Vec<f32>,
    stats: BatchStats,
    y: Vec<f32>,
    dx: Vec<f32>,
    rest: Vec<f32>,
    dgamma: Vec<f32>,
    dbeta: Vec<f32>,
}

impl Case {
    fn new(map: MapShape) -> Result<Self, ShapeError> {
        let x = noise(map.checked_len()?);
        let gamma = noise(map.channels);
        let mut y = x.clone();
        let stats = batch_norm_train(&map, &x, &gamma, &gamma, EPSILON, true, &mut y)?;
        Ok(Self {
            map,
            dy: x.clone(),
            dx: x.clone(),
            rest: x.clone(),
            beta: gamma.clone(),
            dgamma: gamma.clone(),
            dbeta: gamma.clone(),
            x,
            gamma,
            stats,
            y,
        })
    }

    fn norm(&mut self, cpu: bool) -> Result<[f64; 2], ShapeError> {
        let Self {
            map,
            x,
            dy,
            gamma,
            beta,
            stats,
            y,
            dx,
            dgamma,
            dbeta,
            ..
        } = self;
        let forward = milliseconds(cpu, || {
            batch_norm_train(map, x, gamma, beta, EPSILON, true, black_box(y)).map(drop)
        })?;
        let backward = milliseconds(cpu, || {
            let dx = black_box(&mut *dx);
            batch_norm_backward(map, x, gamma, beta, stats, true, dy, dx, dgamma, dbeta)
        })?;
        Ok([forward, backward])
    }

    fn pooled(&mut self, cpu: bool) -> Result<[f64; 2], ShapeError> {
        let Self {
            map,
            x,
            gamma,
            beta,
            dx,
            dgamma,
            dbeta,
            ..
        } = self;
        let pool = PoolShape {
            map: *map,
            kernel: [3, 3],
            stride: [2, 2],
            padding: [1, 1],
            ceil_mode: false,
        };
        let fused = PooledNorm { pool, eps: EPSILON };
        let mut y = vec![0.0; pool.output_len()];
        let mut argmax = vec![0; y.len()];
        let stats = fused.forward(x, gamma, beta, &mut y, &mut argmax)?;
        let forward = milliseconds(cpu, || {
            let y = black_box(&mut y);
            fused.forward(x, gamma, beta, y, &mut argmax).map(drop)
        })?;
        let backward = milliseconds(cpu, || {
            let dx = black_box(&mut *dx);
            fused.backward(x, gamma, beta, &stats, &argmax, &y, dx, dgamma, dbeta)
        })?;
        Ok([forward, backward])
    }

    fn residual(&mut self, cpu: bool) -> Result<[f64; 2], ShapeError> {
        let Self {
            map,
            x,
            dy,
            gamma,
            beta,
            stats,
            y,
            dx,
            rest,
            dgamma,
            dbeta,
        } = self;
        let forward = milliseconds(cpu, || {
            let y = black_box(&mut *y);
            batch_norm_add_relu_train(map, x, gamma, beta, EPSILON, dy, y).map(drop)
        })?;
        let backward = milliseconds(cpu, || {
            let dx = black_box(&mut *dx);
            batch_norm_add_relu_backward(map, x, y, gamma, stats, dy, dx, rest, dgamma, dbeta)
        })?;
        Ok([forward, backward])
    }
}
