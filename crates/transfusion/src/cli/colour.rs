//! `--color`: when colours are shown.

use std::ffi::OsString;

use clap::{ColorChoice, ValueEnum};

/// When help, bars and pages of a terminal have colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// As the environment says, and on a terminal that has them.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    /// What the arguments ask for, before they are read: mistakes in them are coloured, too.
    pub fn asked(mut arguments: impl Iterator<Item = OsString>) -> Self {
        let mut asked = Self::Auto;
        while let Some(argument) = arguments.next() {
            let word = match argument.to_str() {
                Some("--") => break,
                Some("--color") => arguments.next().and_then(|word| word.into_string().ok()),
                Some(text) => text.strip_prefix("--color=").map(str::to_owned),
                None => None,
            };
            if let Some(colour) = word.and_then(|word| Self::from_str(&word, false).ok()) {
                asked = colour;
            }
        }
        asked
    }

    /// Holds whatever draws to it. An option is more than the environment.
    pub fn hold(self) {
        let says = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_forced = || {
            says("CLICOLOR_FORCE") && std::env::var_os("CLICOLOR_FORCE").is_some_and(|v| v != "0")
        };
        let are_wanted = match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if says("NO_COLOR") => false,
            Self::Auto if is_forced() => true,
            Self::Auto => return,
        };
        telling::colour(are_wanted);
        watch::colour(are_wanted);
    }
}

impl From<Colour> for ColorChoice {
    fn from(colour: Colour) -> Self {
        match colour {
            Colour::Auto => Self::Auto,
            Colour::Always => Self::Always,
            Colour::Never => Self::Never,
        }
    }
}
