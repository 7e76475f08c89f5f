//! `pack`: the data of a study in few large files.

use std::cell::Cell;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use study::{StudySpec, pack, packed_data, parse, read_text};

use super::exit::Exit;
use super::location::locate;
use super::output::print_json;
use super::table::counted;

/// Pictures between two lines about progress.
const TOLD: usize = 10_000;

/// Put the pictures of a study into few large files, with all that it needs to know of them
#[derive(Debug, Args)]
pub struct Pack {
    /// The study's configuration, or the directory of a study begun before
    study: PathBuf,
    /// Folder of the pack, which is not there yet
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// Keep the bytes of the files, which can then be framed in any way, instead of framed samples
    #[arg(long)]
    as_they_are: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Pack {
    pub fn run(self) -> anyhow::Result<Exit> {
        let (path, base) = locate(&self.study);
        let text = read_text(&path)?;
        let spec: StudySpec = parse(&text, &path)?;
        let told = Cell::new(0);
        let listener = |done: usize, of: usize| {
            if told.replace(done / TOLD) < done / TOLD {
                say!("{done} of {of} pictures are packed");
            }
        };
        let written = pack(&spec, &base, &self.to, self.as_they_are, &listener)?;
        let to = std::path::absolute(&self.to)?;
        say!(
            "{} in {} of {} MiB: {}; in the study write",
            counted(written.pictures, "picture"),
            counted(written.files, "file"),
            written.bytes.div_ceil(1 << 20),
            to.display()
        );
        let data = packed_data(&text, &spec, &to)?;
        if self.json {
            let unreadable = written.unreadable.iter();
            let unreadable =
                unreadable.map(|(id, why)| json!({ "id": id, "reason": why.to_string() }));
            print_json(&json!({
                "folder": to,
                "pictures": written.pictures,
                "files": written.files,
                "bytes": written.bytes,
                "unreadable": unreadable.collect::<Vec<_>>(),
                "data": data,
            }))?;
        } else {
            output!("{}", data.trim_end());
        }
        for (id, reason) in &written.unreadable {
            warn!("attention: picture {id} cannot be read: {reason}");
        }
        Ok(match written.unreadable.is_empty() {
            true => Exit::Done,
            false => Exit::Findings,
        })
    }
}
