//! Where the part of the split is written.

use std::collections::HashMap;
use std::path::PathBuf;

use formats::decode::read_bounded;
use images::{Example, Partition};

use crate::name::{cleaned, folded, last, stem};
use crate::refusal::{Refusal, listed};

/// Where the part of the split is written.
#[derive(Clone, Debug, PartialEq)]
pub enum SplitBy {
    /// A column of `train`, `validation` and `test`.
    Column(String),
    /// A column of other values, and the values of each part.
    Values {
        /// The column.
        column: String,
        /// What its cells stand for.
        parts: Vec<(Partition, Vec<String>)>,
    },
    /// Files that list names of pictures.
    Lists(SplitLists),
}

/// One list of file names a part; what no list names is refused or left out.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitLists {
    /// The lists.
    pub files: Vec<(Partition, PathBuf)>,
    /// Whether pictures in no list are left out.
    pub skips_unlisted: bool,
}

/// Most bytes of a list: 256 MiB.
const MAX_LIST_BYTES: u64 = 256 << 20;

impl SplitLists {
    /// Gives every example its part; names are compared with and without folders and endings.
    pub(crate) fn assign(&self, place: &str, examples: &mut Vec<Example>) -> Result<(), Refusal> {
        let listed_parts = self.read()?;
        let part = |example: &Example| {
            let path = folded(stem(&cleaned(&example.id)?));
            listed_parts
                .get(&path)
                .or_else(|| listed_parts.get(last(&path)))
                .copied()
        };
        let mut unlisted = Vec::new();
        for example in examples.iter_mut() {
            example.partition = part(example);
            if example.partition.is_none() {
                unlisted.push(example.id.clone());
            }
        }
        if !unlisted.is_empty() && !self.skips_unlisted {
            let files: Vec<String> = self
                .files
                .iter()
                .map(|(_, path)| path.display().to_string())
                .collect();
            return Err(Refusal::at(
                place,
                format!("every picture in one of the lists {}", files.join(", ")),
                format!(
                    "{} pictures in none: {}",
                    unlisted.len(),
                    listed(&unlisted, 3)
                ),
                "complete the lists, or write unlisted = \"skip\" beside them to leave those pictures out",
            ));
        }
        examples.retain(|example| example.partition.is_some());
        Ok(())
    }

    /// Folded name ─▶ part, under the whole written path and under its last part.
    fn read(&self) -> Result<HashMap<String, Partition>, Refusal> {
        let mut parts = HashMap::new();
        for (partition, path) in &self.files {
            let bytes =
                read_bounded(path, MAX_LIST_BYTES).map_err(|e| Refusal::unreadable(path, e))?;
            let text = crate::text::decoded(&path.display().to_string(), &bytes, None)?.text;
            for (line, name) in text.lines().enumerate() {
                let Some(name) = cleaned(name.trim().trim_matches('"')) else {
                    continue;
                };
                let whole = folded(stem(&name));
                for key in [last(&whole).to_owned(), whole] {
                    if let Some(earlier) = parts.insert(key, *partition)
                        && earlier != *partition
                    {
                        return Err(Refusal::on_line(
                            &path.display().to_string(),
                            line as u64 + 1,
                            "every picture in one list",
                            format!("{name} in {} and in {}", earlier.name(), partition.name()),
                            "correct the lists",
                        ));
                    }
                }
            }
        }
        Ok(parts)
    }
}
