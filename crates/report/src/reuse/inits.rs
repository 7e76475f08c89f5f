//! Colours of the arms of one setting.

use super::super::palette::Palette;
use figures::Look;
use record::results::{ArmAnalysis, RegimeName, Setting};

/// Knows the arms by initialisation and regime, as the palette does.
pub struct Inits<'a> {
    palette: &'a Palette,
    regime: &'a RegimeName,
}

impl<'a> Inits<'a> {
    /// Of the arms of a setting.
    pub fn new(palette: &'a Palette, setting: &'a Setting) -> Self {
        Self {
            palette,
            regime: &setting.regime,
        }
    }

    /// Colour, marker and dash in charts.
    pub fn look(&self, arm: &ArmAnalysis) -> Look {
        self.palette.look(&self.setup(arm))
    }

    /// Number of the style sheet's colour.
    pub fn colour(&self, arm: &ArmAnalysis) -> usize {
        self.palette.colour(&self.setup(arm))
    }

    fn setup(&self, arm: &ArmAnalysis) -> String {
        match self.regime.beside_full() {
            None => arm.init.clone(),
            Some(regime) => format!("{}, {regime}", arm.init),
        }
    }
}
