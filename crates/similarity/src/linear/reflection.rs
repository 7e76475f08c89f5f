//! Householder reflections `I − τ v vᵀ` with `v₀ = 1`.
//!
//! These run inside [`pulp::Arch::dispatch`], which is why all of them are inlined: they become
//! vector instructions of whatever the machine has.

/// Sums in flight.
const LANES: usize = 16;

/// Replaces `x` by the `v` of the reflection that turns it into `β e₀`; returns `(τ, β)`.
#[inline(always)]
pub(super) fn reflection(x: &mut [f64]) -> (f64, f64) {
    let Some((first, rest)) = x.split_first_mut() else {
        return (0.0, 0.0);
    };
    let square = dot(rest, rest);
    let head = *first;
    *first = 1.0;
    if square == 0.0 {
        return (0.0, head);
    }
    let beta = -square.mul_add(1.0, head * head).sqrt().copysign(head);
    let inverse = 1.0 / (head - beta);
    for value in rest {
        *value *= inverse;
    }
    ((beta - head) / beta, beta)
}

/// `Σ xᵢ yᵢ`
#[inline(always)]
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (xs, x_rest) = x.as_chunks::<LANES>();
    let (ys, y_rest) = y.as_chunks::<LANES>();
    for (x, y) in xs.iter().zip(ys) {
        for lane in 0..LANES {
            sums[lane] = x[lane].mul_add(y[lane], sums[lane]);
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum();
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0] + rest
}

/// `y += factor x`
#[inline(always)]
pub(super) fn add_scaled(y: &mut [f64], factor: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = factor.mul_add(*x, *y);
    }
}
