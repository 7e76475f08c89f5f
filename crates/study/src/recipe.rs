//! Recipes: the keys of well-known data as their publishers hand them out.

use images::Task;
use serde::Deserialize;
use thiserror::Error;

use super::source_keys::{SourceKeys, with_source_keys};
use super::source_text::SourceText;

/// A recipe as a file: its name and its text.
#[derive(Clone, Copy, Debug)]
pub struct RecipeFile {
    /// What `recipe = "…"` names.
    pub name: &'static str,
    /// Keys of `[data]`, with comments.
    pub text: &'static str,
}

macro_rules! recipes {
    ($($name:literal),* $(,)?) => {
        /// All recipes, by name.
        pub const RECIPES: &[RecipeFile] = &[$(RecipeFile {
            name: $name,
            text: include_str!(concat!("../recipes/", $name, ".toml")),
        }),*];
    };
}

recipes![
    "aptos",
    "breakhis",
    "camelyon-patch",
    "chexpert",
    "covid-radiography",
    "eyepacs",
    "ham10000",
    "isic2019",
    "medmnist-224",
    "messidor2",
    "nih14",
    "padchest",
    "pneumonia",
    "rsna-pneumonia",
    "vindr-cxr",
];

/// What a recipe says.
#[derive(Debug, Default)]
pub(crate) struct Recipe {
    pub(crate) source: Option<SourceText>,
    pub(crate) task: Option<Task>,
    pub(crate) positive: Option<String>,
    pub(crate) keys: SourceKeys,
}

with_source_keys! {
    /// A recipe, read strictly.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct FlatRecipe {
        source: Option<SourceText>,
        task: Option<Task>,
        positive: Option<String>,
    }
}

/// Why there is no such recipe.
#[derive(Debug, Error)]
pub enum RecipeError {
    /// No recipe of this name.
    #[error("`data.recipe`: expected one of {known}, found `{name}`{}; see `transfusion data recipes`", .nearest.as_ref().map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default())]
    Unknown {
        /// As written.
        name: String,
        /// The most similar recipe.
        nearest: Option<String>,
        /// All recipes, comma-separated.
        known: String,
    },
    /// A recipe of this program is damaged.
    #[error("the recipe `{name}` cannot be read: {reason}; please report it")]
    Damaged {
        /// Its name.
        name: String,
        /// What the reader said.
        reason: String,
    },
}

impl Recipe {
    /// The recipe of a name.
    pub(crate) fn named(name: &str) -> Result<Self, RecipeError> {
        let Some(file) = RECIPES.iter().find(|recipe| recipe.name == name) else {
            let names: Vec<&str> = RECIPES.iter().map(|recipe| recipe.name).collect();
            return Err(RecipeError::Unknown {
                name: name.into(),
                nearest: images::nearest_name(name, names.iter().copied()).map(str::to_owned),
                known: names.join(", "),
            });
        };
        let mut flat: FlatRecipe =
            toml::from_str(file.text).map_err(|error| RecipeError::Damaged {
                name: name.into(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            keys: flat.source_keys(),
            source: flat.source,
            task: flat.task,
            positive: flat.positive,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_can_be_read_and_says_what_it_is() {
        for recipe in RECIPES {
            Recipe::named(recipe.name).expect(recipe.name);
            assert!(recipe.text.starts_with("# "), "{}", recipe.name);
        }
        let message = Recipe::named("nih41")
            .expect_err("no such recipe")
            .to_string();
        assert!(message.contains("did you mean `nih14`?"), "{message}");
    }
}
