//! `data list`: the public data sets that can be named.

use transfusion::catalogue::ENTRIES;

use crate::cli::exit::Exit;
use crate::cli::output::print_json;
use crate::cli::table::table;

pub(super) fn list(json: bool) -> anyhow::Result<Exit> {
    if json {
        let entries: Vec<_> = ENTRIES
            .iter()
            .map(|e| serde_json::json!({"name": e.name, "description": e.description, "licence": e.licence, "file": e.file, "can_be_fetched": e.published.is_some()}))
            .collect();
        print_json(&entries)?;
        return Ok(Exit::Done);
    }
    let rows = ENTRIES
        .iter()
        .map(|e| vec![e.name.into(), e.description.into(), e.licence.into()]);
    output!("{}", table(&["name", "what", "licence"], 3, rows));
    Ok(Exit::Done)
}
