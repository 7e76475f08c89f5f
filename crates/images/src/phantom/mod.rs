//! Pictures drawn from a seed, so that a whole transfer study runs without a download.
//!
//! [`Fundus`] is the target task: eye photographs whose grade is the load of small
//! lesions. [`Objects`] is the source task: one textured object on a cluttered
//! background. Any example is drawn on its own from `(seed, index)`.

mod artefacts;
mod camera;
mod canvas;
mod cloud;
mod fundus;
mod lesions;
mod mask;
mod objects;
mod patient;
mod retina;
mod scene;
mod shape;
mod stream;
mod texture;
mod vessels;
mod view;

#[cfg(test)]
mod leak;
#[cfg(test)]
mod tests;

pub use fundus::{Fundus, FundusExample};
pub use objects::{ObjectExample, Objects};
