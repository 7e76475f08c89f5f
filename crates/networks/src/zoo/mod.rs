//! The networks that a study can name.

mod building;
mod cbr;
mod children;
mod choice;
mod convnext;
mod densenet;
mod dialect;
mod efficientnet;
mod efficientnet_v2;
mod inception;
mod inverted_residual;
mod members;
mod mobilenet;
mod mobilenet_v3;
mod nearest;
mod option;
mod own;
mod own_layer;
mod regnet;
mod request;
mod resnet;
mod slim;
mod swin;
mod truncation;
mod variation;
mod vit;
mod vit_form;
mod vit_names;

pub use building::{network, network_in};
pub use children::{Children, children};
pub use choice::{Choice, Padding, Stem, Variant};
pub use dialect::Dialect;
pub use members::{dialects, names};
pub use nearest::nearest;
pub use own::own_shape;
pub use own_layer::{
    Epsilon, NormKind, OwnAttention, OwnBlock, OwnConv, OwnLayer, OwnNorm, OwnPool, OwnRepeat,
    OwnResidual, OwnWindow, Pair,
};

#[cfg(test)]
mod tests;
