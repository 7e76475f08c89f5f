//! Initialisation as data: an ordered list of rules, each a selection of tensors and a policy.
//! The first rule that takes a tensor decides; what was done is kept in a match report.
//!
//! ```
//! use initialisation::{Initialisation, preview};
//! use networks::Input;
//! use networks::zoo::{self, Choice};
//!
//! let network = zoo::network(&Choice::named("resnet18"), Input::square(3, 224), 1000)?;
//!
//! // What an initialisation would do, before anything is drawn.
//! let orthogonal = Initialisation::named("orthogonal").ok_or("no such word")?;
//! let report = preview(&network, &orthogonal, None)?;
//! assert_eq!(report.drawn, network.parameters().len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adaptation;
mod draw;
mod error;
mod foreign;
mod gabor;
mod initialise;
mod kind;
mod knockoff;
mod match_report;
mod matrix;
mod moments;
mod orthogonal;
mod policy;
mod resample;
mod rule;
mod source;
mod step;
mod unit_variance;

pub use adaptation::{Adapted, InputAdaptation};
pub use draw::{normal, uniform};
pub use error::InitialisationError;
pub use foreign::{Foreign, Made};
pub use gabor::{Colour, Scale, bank};
pub use initialise::{initialise, preview};
pub use kind::InitKind;
pub use match_report::{Action, Match, MatchReport, Origin, Values};
pub use policy::Policy;
pub use rule::{Initialisation, Rule};
pub use source::Source;
pub use unit_variance::UnitVariance;

#[cfg(test)]
mod tests;
