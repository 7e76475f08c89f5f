//! `stats paper` and `stats table`: published tables of results, analysed anew.

use ::published::{AnalysedRow, Analysis, Counts, PublishedTables, Untested, analyse};
use clap::Args;
use record::results::Outcome;
use report::{UNKNOWN, fixed};
use stats::Variances;

use super::cells::{probability, signed};
use crate::cli::exit::Exit;
use crate::cli::output::print_json;
use crate::cli::table::table;

#[derive(Debug, Args)]
pub struct Asked {
    /// Take both groups of a row to have one variance (Student) instead of each its own (Welch)
    #[arg(long)]
    pooled: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Asked {
    /// Analyses tables and prints them.
    pub fn print(&self, tables: &PublishedTables) -> anyhow::Result<Exit> {
        let variances = match self.pooled {
            true => Variances::Pooled,
            false => Variances::Welch,
        };
        let mut analyses = Vec::with_capacity(tables.tables.len());
        for table in &tables.tables {
            analyses.push(analyse(table, variances)?);
        }
        if self.json {
            print_json(&analyses)?;
            return Ok(Exit::Done);
        }
        for (index, analysis) in analyses.iter().enumerate() {
            if index > 0 {
                output!("");
            }
            print(analysis)?;
        }
        Ok(Exit::Done)
    }
}

fn print(analysis: &Analysis) -> anyhow::Result<()> {
    output!("{}", analysis.title);
    let with_finding = analysis.rows.iter().any(|row| row.finding.is_some());
    let mut header = vec![
        "model",
        "difference",
        "95% interval",
        "p",
        "Holm p",
        "TOST p",
        "detectable",
        "outcome",
        "after Holm",
    ];
    if with_finding {
        header.insert(1, "finding");
    }
    let rows = analysis
        .rows
        .iter()
        .map(|row| cells(row, with_finding, analysis.decimals));
    output!("{}", table(&header, 1 + usize::from(with_finding), rows));
    if analysis.alone.tested > 0 {
        let margin = analysis.margin;
        output!("alone:      {}", summary(&analysis.alone, margin));
        output!("after Holm: {}", summary(&analysis.together, margin));
    }
    let untested = analysis.rows.len() - analysis.alone.tested;
    if untested > 0 {
        output!("{untested} of {} cannot be tested", analysis.rows.len());
    }
    Ok(())
}

fn cells(row: &AnalysedRow, with_finding: bool, decimals: usize) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or(UNKNOWN.into(), |value| fixed(value, decimals));
    let outcome = |outcome: Outcome| match row.untested {
        Some(Untested::NoStandardDeviation) => "no sd printed".to_owned(),
        Some(Untested::NoNumberOfRuns) => "number of runs unknown".to_owned(),
        Some(Untested::NoVariation) => "no variation".to_owned(),
        None => outcome.to_string(),
    };
    let interval = row.interval.map_or(UNKNOWN.into(), |[lower, upper]| {
        format!("{} to {}", signed(lower, decimals), signed(upper, decimals))
    });
    let mut cells = vec![
        row.name.clone(),
        signed(row.difference, decimals),
        interval,
        probability(row.p_difference),
        probability(row.p_difference_holm),
        probability(row.p_equivalence),
        number(row.smallest_detectable),
        outcome(row.outcome),
        outcome(row.outcome_holm),
    ];
    if with_finding {
        cells.insert(1, row.finding.clone().unwrap_or_default());
    }
    cells
}

fn summary(counts: &Counts, margin: f64) -> String {
    format!(
        "of {} comparisons {} differ at p < 0.05 and {} are equivalent within ±{margin}; \
         {} better, {} worse, {} undecided",
        counts.tested,
        counts.different,
        counts.equivalent,
        counts.better,
        counts.worse,
        counts.undecided
    )
}
