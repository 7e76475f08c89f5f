//! What a published table shows: differences, equivalence, and what it was too small to show.

use record::results::Outcome;
use serde::Serialize;
use stats::{GroupComparison, StatsError, Variances, holm};

use super::table::{Row, Table};

/// A table with its conclusions.
#[derive(Debug, Clone, Serialize)]
pub struct Analysis {
    /// What the table shows.
    pub title: String,
    /// The difference that would not matter, in the unit of the table.
    pub margin: f64,
    /// Decimals that differences are worth: those of the printed means, and two digits of the
    /// margin; 2 to 6.
    pub decimals: usize,
    /// The comparisons, in the order of the table.
    pub rows: Vec<AnalysedRow>,
    /// How many of them allow which conclusion, each by itself.
    pub alone: Counts,
    /// The same after Holm's correction over the table.
    pub together: Counts,
}

/// One comparison. Differences are arm less baseline, in the unit of the table.
#[derive(Debug, Clone, Serialize)]
pub struct AnalysedRow {
    /// The model.
    pub name: String,
    /// The finding, where the table has several.
    pub finding: Option<String>,
    /// Runs of the arm.
    pub n: Option<usize>,
    /// Runs of the baseline.
    pub n_baseline: Option<usize>,
    /// Mean of the arm less mean of the baseline.
    pub difference: f64,
    /// Why nothing more can be said; none where it can.
    pub untested: Option<Untested>,
    /// 95% interval of the difference, lower and upper.
    pub interval: Option<[f64; 2]>,
    /// Difference over its standard error.
    pub t: Option<f64>,
    /// Degrees of freedom of the test.
    pub degrees_of_freedom: Option<f64>,
    /// Two-sided p value of no difference.
    pub p_difference: Option<f64>,
    /// The same after Holm's correction over the table.
    pub p_difference_holm: Option<f64>,
    /// p value of the two one-sided tests (TOST) against the margin.
    pub p_equivalence: Option<f64>,
    /// The same after Holm's correction over the table.
    pub p_equivalence_holm: Option<f64>,
    /// The smallest true difference that such groups would show with 80% power, exact.
    pub smallest_detectable: Option<f64>,
    /// From this comparison alone.
    pub outcome: Outcome,
    /// The same after Holm's correction.
    pub outcome_holm: Outcome,
}

/// Why a difference cannot be tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Untested {
    /// The table prints no standard deviation for one of the groups.
    NoStandardDeviation,
    /// The table does not say how many runs there were.
    NoNumberOfRuns,
    /// Both standard deviations are printed as 0.
    NoVariation,
}

/// How many comparisons of a table allow which conclusion at 0.05.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Those that can be tested at all.
    pub tested: usize,
    /// Significantly different, equivalent or not.
    pub different: usize,
    /// Different in favour of the arm, and not equivalent.
    pub better: usize,
    /// Different in favour of the baseline, and not equivalent.
    pub worse: usize,
    /// Shown to differ by less than the margin.
    pub equivalent: usize,
    /// Neither.
    pub undecided: usize,
}

/// Tests every row; p values are adjusted over the table.
pub fn analyse(table: &Table, variances: Variances) -> Result<Analysis, StatsError> {
    let mut tests = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let groups = row.group(row.arm).zip(row.group(row.baseline));
        let test = groups
            .map(|(arm, baseline)| GroupComparison::new(arm, baseline, table.margin, variances))
            .transpose()?;
        tests.push(test);
    }
    let adjusted = |p: fn(&GroupComparison) -> Option<f64>| {
        let raw: Vec<_> = tests.iter().map(|test| test.as_ref().and_then(p)).collect();
        holm(&raw)
    };
    let difference = adjusted(|test| test.p_difference)?;
    let equivalence = adjusted(|test| test.p_equivalence)?;
    let rows: Vec<AnalysedRow> = table
        .rows
        .iter()
        .zip(&tests)
        .zip(difference.iter().zip(&equivalence))
        .map(|((row, test), (difference, equivalence))| {
            AnalysedRow::new(row, test.as_ref(), [*difference, *equivalence])
        })
        .collect();
    let alone = Counts::new(&rows, |row| (row.p_difference, row.outcome));
    let together = Counts::new(&rows, |row| (row.p_difference_holm, row.outcome_holm));
    Ok(Analysis {
        title: table.title.clone(),
        margin: table.margin,
        decimals: decimals(table),
        rows,
        alone,
        together,
    })
}

fn decimals(table: &Table) -> usize {
    let of = |value: f64| {
        let text = value.to_string();
        text.split_once('.').map_or(0, |(_, after)| after.len())
    };
    let means = table
        .rows
        .iter()
        .flat_map(|row| [row.arm.mean, row.baseline.mean]);
    let printed = means.map(of).max().unwrap_or_default();
    let of_margin = (1.0 - table.margin.log10().floor()).clamp(0.0, 6.0) as usize;
    printed.max(of_margin).clamp(2, 6)
}

impl AnalysedRow {
    /// `holm`: the adjusted p values of difference and equivalence.
    fn new(row: &Row, test: Option<&GroupComparison>, holm: [Option<f64>; 2]) -> Self {
        let untested = match test {
            None if row.arm.sd.is_none() || row.baseline.sd.is_none() => {
                Some(Untested::NoStandardDeviation)
            }
            None => Some(Untested::NoNumberOfRuns),
            Some(test) if test.t.is_none() => Some(Untested::NoVariation),
            Some(_) => None,
        };
        let tested = test.filter(|test| test.t.is_some());
        let outcome = |of: &dyn Fn(&GroupComparison) -> stats::Outcome| {
            test.map_or(Outcome::Undecided, |test| of(test).into())
        };
        Self {
            name: row.name.clone(),
            finding: row.finding.clone(),
            n: row.runs(row.arm),
            n_baseline: row.runs(row.baseline),
            difference: row.arm.mean - row.baseline.mean,
            untested,
            interval: tested.map(|test| [test.interval.lower, test.interval.upper]),
            t: tested.and_then(|test| test.t),
            degrees_of_freedom: tested.and_then(|test| test.degrees_of_freedom),
            p_difference: tested.and_then(|test| test.p_difference),
            p_difference_holm: holm[0],
            p_equivalence: tested.and_then(|test| test.p_equivalence),
            p_equivalence_holm: holm[1],
            smallest_detectable: tested.and_then(|test| test.smallest_detectable),
            outcome: outcome(&|test| test.outcome),
            outcome_holm: outcome(&|test| test.outcome_after(holm[0], holm[1])),
        }
    }
}

impl Counts {
    fn new(
        rows: &[AnalysedRow],
        conclusion: impl Fn(&AnalysedRow) -> (Option<f64>, Outcome),
    ) -> Self {
        let tested: Vec<_> = rows.iter().filter(|row| row.untested.is_none()).collect();
        let count = |outcome| {
            tested
                .iter()
                .filter(|row| conclusion(row).1 == outcome)
                .count()
        };
        let is_different = |row: &&&AnalysedRow| conclusion(row).0.is_some_and(|p| p < 0.05);
        Self {
            tested: tested.len(),
            different: tested.iter().filter(is_different).count(),
            better: count(Outcome::Better),
            worse: count(Outcome::Worse),
            equivalent: count(Outcome::Equivalent),
            undecided: count(Outcome::Undecided),
        }
    }
}
