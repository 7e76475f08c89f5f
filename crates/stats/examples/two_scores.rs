//! Compares two columns of scores on the same cases, by patient.
//!
//! ```text
//! cargo run --release -p stats --example two_scores -- scores.csv
//! ```
//! The table has a header and the columns patient, label (0 or 1), first score, second score.
//! Without a file an invented one is compared.

use std::error::Error;

use stats::{Bootstrap, Clusters, Delong, SeedMean, SortedScores};

fn main() -> Result<(), Box<dyn Error>> {
    let text = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(path)?,
        None => invented(),
    };
    let (mut patients, mut labels, mut scores) = (Vec::new(), Vec::new(), [vec![], vec![]]);
    for (number, line) in text.lines().enumerate().skip(1) {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let [patient, label, first, second] = cells[..] else {
            let found = cells.len();
            return Err(format!("line {}: expected 4 columns, found {found}", number + 1).into());
        };
        patients.push(Some(patient));
        labels.push(label == "1");
        scores[0].push(first.parse::<f64>()?);
        scores[1].push(second.parse::<f64>()?);
    }
    let patients = Clusters::new(patients)?;
    println!(
        "{} cases of {} patients",
        patients.cases(),
        patients.count()
    );

    let mut estimates = Vec::new();
    for (name, scores) in ["first", "second"].iter().zip(&scores) {
        let auc = Delong::new(&labels, scores)?
            .estimate()?
            .by_cluster(&patients)?;
        let interval = auc.logit_interval(0.95)?;
        let (low, high) = (interval.lower, interval.upper);
        println!(
            "AUC of the {name} score: {:.3} ({low:.3} to {high:.3})",
            auc.value()
        );
        estimates.push(auc);
    }
    let difference = estimates[0].difference(&estimates[1])?;
    let by_formula = SeedMean::new(std::slice::from_ref(&difference))?.interval(0.95)?;
    println!(
        "first less second: {:+.3} ({:+.3} to {:+.3})",
        difference.value(),
        by_formula.lower,
        by_formula.upper
    );

    let first = SortedScores::new(&labels, &scores[0])?;
    let second = SortedScores::new(&labels, &scores[1])?;
    let resampled = Bootstrap::new(&patients, 0, "difference of two AUCs")
        .run(|weights| Some(first.auc_weighted(weights)? - second.auc_weighted(weights)?))?;
    let interval = resampled.interval(0.95)?;
    let (low, high) = (interval.lower, interval.upper);
    println!("the same by resampling patients: {low:+.3} to {high:+.3}");
    Ok(())
}

/// 120 patients with two pictures each.
fn invented() -> String {
    let mut table = String::from("patient,label,first,second\n");
    for case in 0..240usize {
        let (patient, noise) = (case / 2, |factor: usize| (case * factor % 97) as f64 / 97.0);
        let label = usize::from(patient % 3 == 0);
        let (first, second) = (
            noise(37) + 0.6 * label as f64,
            noise(53) + 0.3 * label as f64,
        );
        table += &format!("p{patient},{label},{first},{second}\n");
    }
    table
}
