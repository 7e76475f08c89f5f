//! The options that only some networks take.

use super::choice::Choice;

/// An option of [`Choice`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opt {
    Padding,
    Stem,
    Variant,
    Auxiliary,
}

impl Opt {
    pub(super) const ALL: [Self; 4] = [Self::Padding, Self::Stem, Self::Variant, Self::Auxiliary];

    pub(super) fn is_given(self, choice: &Choice) -> bool {
        match self {
            Self::Padding => choice.padding.is_some(),
            Self::Stem => choice.stem.is_some(),
            Self::Variant => choice.variant.is_some(),
            Self::Auxiliary => choice.auxiliary.is_some(),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Padding => "padding",
            Self::Stem => "stem",
            Self::Variant => "variant",
            Self::Auxiliary => "auxiliary",
        }
    }
}
