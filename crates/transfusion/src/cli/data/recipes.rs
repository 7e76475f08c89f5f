//! `data recipes`: known data as their publishers hand them out.

use clap::Args;
use serde_json::json;
use study::RECIPES;

use crate::cli::exit::Exit;
use crate::cli::output::print_json;
use crate::cli::table::table;

#[derive(Debug, Args)]
pub struct Recipes {
    /// Print the keys of this recipe
    name: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Recipes {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let Some(name) = self.name else {
            if self.json {
                let known = RECIPES.iter();
                let known = known.map(|r| json!({ "name": r.name, "about": about(r.text) }));
                print_json(&known.collect::<Vec<_>>())?;
                return Ok(Exit::Done);
            }
            let rows = RECIPES
                .iter()
                .map(|recipe| vec![recipe.name.into(), about(recipe.text).into()]);
            output!("{}", table(&["recipe", "what"], 2, rows));
            return Ok(Exit::Done);
        };
        match RECIPES.iter().find(|recipe| recipe.name == name) {
            Some(recipe) if self.json => {
                let (name, text) = (recipe.name, recipe.text);
                print_json(&json!({ "name": name, "about": about(text), "text": text }))?;
            }
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
