//! What a study needs that is published and not on this machine.

use std::path::Path;

use depot::catalogue;
use depot::weights::{Known, cache};

use super::source_text::SourceText;
use super::spec::StudySpec;
use super::written_source::WrittenSource;

/// The commands that bring what the study names and this machine lacks, each once. Paths are relative
/// to `base`, the folder of the configuration.
pub fn to_fetch(spec: &StudySpec, base: &Path) -> Vec<String> {
    let tests = spec.data.tests.iter().map(|(_, source)| source);
    let mut commands: Vec<String> = Vec::new();
    let mut add = |command: String| {
        if !commands.contains(&command) {
            commands.push(command);
        }
    };
    for name in [&spec.data.source].into_iter().chain(tests).flat_map(names) {
        let is_published = catalogue::find(name).is_some_and(|entry| entry.published.is_some());
        if is_published && catalogue::locate(name).is_err() {
            add(format!("transfusion data fetch {name}"));
        }
    }
    for entry in spec.weights.values() {
        let known = entry.file.to_str().and_then(Known::find);
        let is_here = || base.join(&entry.file).exists();
        if let Some(known) = known.filter(|known| !is_here() && cache::locate(known).is_none()) {
            add(format!("transfusion weights fetch {}", known.name));
        }
    }
    commands
}

/// What may be names of data sets.
fn names(source: &WrittenSource) -> Vec<&str> {
    match &source.text {
        SourceText::One(text) => vec![text],
        SourceText::Parts(parts) => {
            let all = [
                Some(&parts.train),
                parts.validation.as_ref(),
                parts.test.as_ref(),
            ];
            all.into_iter().flatten().map(String::as_str).collect()
        }
    }
}
