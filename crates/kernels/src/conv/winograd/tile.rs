//! The one-dimensional algorithms; a tile applies one to its rows and its columns.

mod beside;
mod filter;
mod four;
mod line;
mod strided;
mod three;
mod two;

pub(crate) use four::Four;
pub(crate) use line::{
    Analysis, LONGEST, Line, MOST_TAP_POINTS, OutputGradient, Products, Synthesis, Taps, Triple,
};
pub(crate) use strided::{EvenTaps, EvenTwoTaps};
pub(crate) use two::Two;

use self::beside::Beside;
use self::filter::{FilterFour, FilterThree, FilterTwo};
use self::strided::{Doubled, Halved};
use self::three::Three;

/// Seven outputs of stride 1.
pub(crate) type Seven = Beside<Four, Three>;
/// Two, four and seven outputs of stride 2.
pub(crate) type HalvedTwo = Halved<FilterTwo>;
pub(crate) type HalvedFour = Halved<FilterFour>;
pub(crate) type HalvedSeven = Beside<HalvedFour, Halved<FilterThree>>;
/// The gradients of their inputs.
pub(crate) type DoubledTwo = Doubled<FilterTwo>;
pub(crate) type DoubledFour = Doubled<FilterFour>;
pub(crate) type DoubledSeven = Beside<DoubledFour, Doubled<FilterThree>>;
