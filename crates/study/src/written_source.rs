//! A source as written: its text, its keys, and those of its recipe.

use std::fmt;

use super::recipe::{Recipe, RecipeError};
use super::source_keys::SourceKeys;
use super::source_text::SourceText;

/// `source` and what belongs to it; which kind it is, only the file tells.
#[derive(Clone, Debug)]
pub struct WrittenSource {
    /// Where the data are.
    pub text: SourceText,
    /// Where the labels are below a folder of known data, as its recipe says.
    pub inside: Option<SourceText>,
    /// Keys that only some sources read.
    pub keys: SourceKeys,
}

impl WrittenSource {
    /// A source with its own keys and those of a recipe, and what else the recipe says.
    pub(crate) fn new(
        text: SourceText,
        keys: SourceKeys,
        recipe: Option<&str>,
    ) -> Result<(Self, Recipe), RecipeError> {
        let mut recipe = match recipe {
            None => Recipe::default(),
            Some(name) => Recipe::named(name)?,
        };
        let source = Self {
            text,
            inside: recipe.source.take(),
            keys: keys.or(std::mem::take(&mut recipe.keys)),
        };
        Ok((source, recipe))
    }
}

impl fmt::Display for WrittenSource {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.text.fmt(f)
    }
}
