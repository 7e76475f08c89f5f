//! `data`: list, fetch, recipes, check, profile, audit.

mod audit;
mod fetch;
mod list;
mod look;
mod profile;
mod recipes;

use clap::Subcommand;

use self::audit::Audit;
use self::fetch::Fetch;
use self::look::Look;
use self::recipes::Recipes;
use super::exit::Exit;

#[derive(Debug, Subcommand)]
pub enum Data {
    /// List the public data sets that can be named as a source
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Download a public data set, checked by its hash
    Fetch(Fetch),
    /// List the recipes of well-known data, or print one
    Recipes(Recipes),
    /// Decode every picture of a study and name all that cannot be read
    Check(Look),
    /// Show sizes, classes, partitions and patients of a study's data
    Profile(Look),
    /// Find what is wrong with a study's data: copies, patients in two parts, labels that can be
    /// read from something else
    Audit(Audit),
}

impl Data {
    pub fn run(self) -> anyhow::Result<Exit> {
        match self {
            Data::List { json } => list::list(json),
            Data::Fetch(fetch) => fetch.run(),
            Data::Recipes(recipes) => recipes.run(),
            Data::Audit(audit) => audit.run(),
            Data::Check(look) => look.check(),
            Data::Profile(look) => look.profile(),
        }
    }
}
