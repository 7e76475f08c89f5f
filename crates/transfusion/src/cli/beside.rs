//! `report A B`: two studies on one page.

use std::path::{Path, PathBuf};

use durable::write;
use record::StudyDirectory;
use record::results::{ArmBeside, Beside, ComparisonBeside};

use super::exit::Exit;
use super::output::print_json;
use super::table::table;

/// Writes the page and prints it in short. Neither study is touched.
pub fn beside(studies: [PathBuf; 2], page: &Path, json: bool) -> anyhow::Result<Exit> {
    let [a, b] = studies.map(StudyDirectory::new);
    for directory in [&a, &b] {
        directory.refuse_lost()?;
    }
    let both = comparison::beside([&a, &b])?;
    write(page, report::beside_html(&both)?.as_bytes())?;
    if json {
        print_json(&both)?;
        return Ok(Exit::Done);
    }
    print(&both);
    output!("\nPage: {}", page.display());
    Ok(Exit::Done)
}

fn print(both: &Beside) {
    for (name, lead) in ["A", "B"].iter().zip(&both.leads) {
        output!("{name}: {lead}");
    }
    for fact in both.facts.iter().filter(|fact| !fact.is_alike()) {
        output!(
            "{}: {} in A, {} in B",
            fact.name,
            fact.values[0],
            fact.values[1]
        );
    }
    let header = [
        "arm",
        "test AUC in A",
        "test AUC in B",
        "B - A",
        "95% interval",
    ];
    output!("\n{}", table(&header, 1, both.arms.iter().map(arm)));
    if !both.comparisons.is_empty() {
        let header = ["arm against", "in A", "in B", "together"];
        output!(
            "\n{}",
            table(&header, 1, both.comparisons.iter().map(comparison))
        );
    }
}

fn arm(arm: &ArmBeside) -> Vec<String> {
    let [a, b] = arm
        .aucs
        .map(|auc| auc.map_or("–".into(), |auc| format!("{:.3}", auc.value)));
    let shift = arm.difference;
    vec![
        arm.label.clone(),
        a,
        b,
        shift.map_or("–".into(), |shift| format!("{:+.3}", shift.value)),
        match shift.and_then(|shift| shift.low.zip(shift.high)) {
            Some((low, high)) => format!("{low:+.3} to {high:+.3}"),
            None => "–".into(),
        },
    ]
}

fn comparison(pair: &ComparisonBeside) -> Vec<String> {
    let [a, b] = [0, 1].map(|study| {
        let difference = pair.differences[study].value;
        format!("{difference:+.3} {}", pair.outcomes[study])
    });
    vec![
        format!("{} against {}", pair.arm, pair.baseline),
        a,
        b,
        pair.agreement.to_string(),
    ]
}
