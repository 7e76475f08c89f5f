//! The networks that a study can name.

mod cbr;
mod children;
mod choice;
mod convnext;
mod densenet;
mod dialect;
mod efficientnet;
mod inception;
mod inverted_residual;
mod members;
mod mobilenet;
mod nearest;
mod request;
mod resnet;
mod slim;
mod truncation;
mod variation;
mod vit;

pub use children::{Children, children};
pub use choice::{Choice, Padding, Stem, Variant};
pub use dialect::Dialect;
pub use members::{dialects, names, network, network_in};
pub use nearest::nearest;

#[cfg(test)]
mod tests;
