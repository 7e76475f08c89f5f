//! `data profile`: sizes, classes, parts, patients, and what was believed.

use audit::Severity;
use images::Range;
use images::aspects::FAR;
use study::OpenData;

use super::look::Look;
use crate::cli::exit::Exit;
use crate::cli::output::print_json;
use crate::cli::table::table;

impl Look {
    /// Shows the data in numbers.
    pub(super) fn profile(self) -> anyhow::Result<Exit> {
        let opened = self.open()?;
        let data = &opened.described;
        if self.json {
            print_json(data)?;
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
        for finding in data.audit.iter().flat_map(|audit| &audit.findings) {
            if finding.severity <= Severity::Warning {
                output!("{}: {} {}", finding.severity, finding.found, finding.remedy);
            }
        }
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
