//! What is left out at random in a step of training.

use networks::{Layer, Residual};
use regimes::dropping::body as name_of;

use super::forward::Forward;
use super::joint;
use crate::program::{BufferId, LeftOut};

/// The features that the layer at `path` reads.
pub(super) fn features(of: &mut Forward, path: &str, x: BufferId) -> BufferId {
    let share = of
        .tuning()
        .map_or(0.0, |tuning| tuning.drops_features(path));
    masked(of, LeftOut::Features, path, share, x)
}

/// What the body of a residual sum adds to it.
pub(super) fn body(of: &mut Forward, residual: &Residual<Layer>, y: BufferId) -> BufferId {
    let Some(tuning) = of.tuning() else { return y };
    let Some(name) = name_of(residual) else {
        return y;
    };
    masked(of, LeftOut::Bodies, &name, tuning.drops_body(&name), y)
}

fn masked(of: &mut Forward, what: LeftOut, name: &str, share: f64, x: BufferId) -> BufferId {
    if share <= 0.0 {
        return x;
    }
    let factors = of.mask(what, name, share, x);
    joint::scale(&mut of.builder, x, factors)
}
