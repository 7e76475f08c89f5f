//! `data recipes`: known data as their publishers hand them out.

use clap::Args;
use study::RECIPES;

use crate::cli::exit::Exit;
use crate::cli::table::table;

#[derive(Debug, Args)]
pub struct Recipes {
    /// Print the keys of this recipe
    name: Option<String>,
}

impl Recipes {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let Some(name) = self.name else {
            let rows = RECIPES
                .iter()
                .map(|recipe| vec![recipe.name.into(), about(recipe.text).into()]);
            output!("{}", table(&["recipe", "what"], 2, rows));
            return Ok(Exit::Done);
        };
        match RECIPES.iter().find(|recipe| recipe.name == name) {
            Some(recipe) => output!("{}", recipe.text.trim_end()),
            None => {
                let names: Vec<&str> = RECIPES.iter().map(|recipe| recipe.name).collect();
                let meant = images::nearest_name(&name, names.iter().copied());
                anyhow::bail!(
                    "expected one of {}, found `{name}`{}",
                    names.join(", "),
                    meant.map_or(String::new(), |meant| format!(" (did you mean `{meant}`?)"))
                );
            }
        }
        Ok(Exit::Done)
    }
}

/// The first sentence of a recipe's comment.
fn about(text: &str) -> &str {
    let line = text
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("# ");
    line.split_once(": ").map_or(line, |(name, _)| name)
}
