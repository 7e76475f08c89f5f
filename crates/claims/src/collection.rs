//! Studies that are found in folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use durable::FileError;
use record::StudyDirectory;
use record::names::PLAN;

use crate::error::ClaimsError;
use crate::finished_study::FinishedStudy;

/// Reads the studies in `folders`: each is a study, or holds studies. A study is named after its
/// folder; of several of one name the last counts. `names`: those that are wanted.
pub fn read_studies(
    folders: &[PathBuf],
    names: &[&str],
) -> Result<BTreeMap<String, FinishedStudy>, ClaimsError> {
    let mut found = BTreeMap::new();
    for folder in folders {
        let studies = studies_at(folder)?;
        if studies.is_empty() {
            return Err(ClaimsError::NoStudies {
                path: folder.clone(),
            });
        }
        for path in studies {
            let name = name(&path);
            if names.contains(&name.as_str()) {
                let study = FinishedStudy::read(&name, &StudyDirectory::new(&path))?;
                found.insert(name, study);
            }
        }
    }
    Ok(found)
}

fn studies_at(folder: &Path) -> Result<Vec<PathBuf>, ClaimsError> {
    if PLAN.path(folder).is_file() {
        return Ok(vec![folder.to_path_buf()]);
    }
    let io = FileError::io("read", folder);
    let mut studies = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(&io)? {
        let path = entry.map_err(&io)?.path();
        if PLAN.path(&path).is_file() {
            studies.push(path);
        }
    }
    studies.sort();
    Ok(studies)
}

fn name(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let name = absolute.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
