//! `data`: list, fetch, check, profile.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use images::Range;
use images::aspects::FAR;
use study::{DataSpec, OpenData, StudyError, StudySpec, open_source, parse, read_text};
use transfusion::catalogue::{self, ENTRIES};
use transfusion::download::Download;
use transfusion::meter::Meter;

use super::exit::Exit;
use super::location::locate;
use super::table::table;

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
    /// Decode every picture of a study and name all that cannot be read
    Check(Look),
    /// Show sizes, classes, partitions and patients of a study's data
    Profile(Look),
}

#[derive(Debug, Args)]
pub struct Fetch {
    /// Name of the data set
    name: String,
    /// Folder to keep it in
    #[arg(long, default_value_os_t = catalogue::default_folder().to_path_buf())]
    to: PathBuf,
    /// Download from this address instead; the hash must be the published one all the same
    #[arg(long)]
    mirror: Option<String>,
}

#[derive(Debug, Args)]
pub struct Look {
    /// The study's configuration
    study: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Data {
    pub fn run(self) -> anyhow::Result<Exit> {
        match self {
            Data::List { json } => list(json),
            Data::Fetch(fetch) => fetch.run(),
            Data::Check(look) => look.check(),
            Data::Profile(look) => look.profile(),
        }
    }
}

fn list(json: bool) -> anyhow::Result<Exit> {
    if json {
        let entries: Vec<_> = ENTRIES
            .iter()
            .map(|e| serde_json::json!({"name": e.name, "description": e.description, "licence": e.licence, "file": e.file, "can_be_fetched": e.published.is_some()}))
            .collect();
        output!("{}", serde_json::to_string_pretty(&entries)?);
        return Ok(Exit::Done);
    }
    let rows = ENTRIES
        .iter()
        .map(|e| vec![e.name.into(), e.description.into(), e.licence.into()]);
    output!("{}", table(&["name", "what", "licence"], 3, rows));
    Ok(Exit::Done)
}

impl Fetch {
    fn run(self) -> anyhow::Result<Exit> {
        let names: Vec<_> = ENTRIES.iter().map(|e| e.name).collect();
        let known = |found: String| StudyError::Value {
            field: "name",
            expected: format!("one of {}", names.join(", ")),
            found,
        };
        let entry = catalogue::find(&self.name).ok_or_else(|| {
            match networks::zoo::nearest(&self.name, &names) {
                Some(nearest) => known(format!("`{}` (did you mean `{nearest}`?)", self.name)),
                None => known(format!("`{}`", self.name)),
            }
        })?;
        let Some((url, checksum)) = entry.published else {
            return Err(StudyError::Value {
                field: "name",
                expected: "a data set that is published as one file".into(),
                found: format!(
                    "`{}`, which has to be put in place by hand: {}",
                    entry.name, entry.description
                ),
            }
            .into());
        };
        let path = self.to.join(entry.file);
        let url = self.mirror.as_deref().unwrap_or(url);
        eprintln!("fetching {url} ({})", entry.licence);
        let is_new = Download::new(url, checksum, &path).run(&mut Meter::default())?;
        output!(
            "{}{}",
            path.display(),
            if is_new { "" } else { " (was already there)" }
        );
        Ok(Exit::Done)
    }
}

impl Look {
    fn spec(&self) -> anyhow::Result<(DataSpec, PathBuf)> {
        let (path, base) = locate(&self.study);
        let spec: StudySpec = parse(&read_text(&path)?, &path)?;
        Ok((spec.data, base))
    }

    fn check(self) -> anyhow::Result<Exit> {
        let (spec, base) = self.spec()?;
        let dataset = open_source(&spec, &base)?.dataset;
        let bad = dataset.check();
        if self.json {
            let rows: Vec<_> = bad
                .iter()
                .map(|u| serde_json::json!({"picture": u.path, "reason": u.reason.to_string()}))
                .collect();
            output!("{}", serde_json::to_string_pretty(&rows)?);
        } else {
            for picture in &bad {
                output!("{picture}");
            }
            output!("{} pictures, {} cannot be read", dataset.len(), bad.len());
        }
        Ok(if bad.is_empty() {
            Exit::Done
        } else {
            Exit::Findings
        })
    }

    fn profile(self) -> anyhow::Result<Exit> {
        let (spec, base) = self.spec()?;
        let opened = OpenData::new(&spec, &base, None)?;
        let data = &opened.described;
        if self.json {
            output!("{}", serde_json::to_string_pretty(data)?);
            return Ok(Exit::Done);
        }
        let range = |e: [usize; 3]| {
            if e[0] == e[2] {
                e[0].to_string()
            } else {
                format!("{} to {} (median {})", e[0], e[2], e[1])
            }
        };
        output!(
            "{}: {}, stored {} × {} pixels, {} channels",
            data.name,
            data.task,
            range(data.stored_width),
            range(data.stored_height),
            opened.dataset.channels
        );
        if let Some(aspects) = data.aspects {
            output!(
                "columns by rows: {:.2} to {:.2} (median {:.2}), {:.0} % are longer than {FAR} : 1",
                aspects.smallest,
                aspects.largest,
                aspects.median,
                100.0 * aspects.oblong
            );
        }
        output!("networks see: {}", seen(&opened));
        for warning in &opened.warnings {
            output!("attention: {warning}");
        }
        output!("split: {}", data.split);
        for note in &data.notes {
            output!("{note}");
        }
        let mut header = vec!["class"];
        header.extend(data.partitions.iter().map(|p| p.name.as_str()));
        let rows = data.classes.iter().enumerate().map(|(class, name)| {
            let counts = data
                .partitions
                .iter()
                .map(|p| p.per_class[class].to_string());
            [name.clone()].into_iter().chain(counts).collect()
        });
        let totals = [
            [String::from("pictures")]
                .into_iter()
                .chain(data.partitions.iter().map(|p| p.images.to_string()))
                .collect(),
            [String::from("patients")]
                .into_iter()
                .chain(
                    data.partitions
                        .iter()
                        .map(|p| p.patients.map_or("unknown".into(), |n| n.to_string())),
                )
                .collect(),
        ];
        output!("{}", table(&header, 1, rows.chain(totals)));
        Ok(Exit::Done)
    }
}

/// What becomes of a picture on its way to a network.
fn seen(opened: &OpenData) -> String {
    let data = &opened.described;
    let depths: Vec<_> = opened.cache.depths().into_iter().collect();
    let depths: Vec<_> = depths.iter().map(|depth| depth.describe()).collect();
    let [low, high] = opened
        .cache
        .extremes(&opened.split.train)
        .unwrap_or_default();
    let range = match data.range {
        Range::Full => "all that these hold".to_string(),
        range => range.to_string(),
    };
    format!(
        "{} pixels, {} channels, fit = \"{}\", range {range} (samples of {}; those of training pictures {low} to {high})",
        data.size,
        data.channels,
        data.fit.word(),
        depths.join(" and ")
    )
}
