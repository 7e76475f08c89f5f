//! `claims.md`: a row a claim, then every part.

use numbers::{count, fixed, signed, typeset};

use crate::claim::Claim;
use crate::finding::{Finding, Judgement, StudyRead};
use crate::part::Part;
use crate::picture::picture;
use crate::rule::{Outcome, Rule};

/// The name of the file.
pub const PAGE: &str = "claims.md";

/// The page of a judgement. Pictures stand beside it, `c1.svg` to `c10.svg`.
pub fn page(judgement: &Judgement) -> String {
    let mut text = String::from("# The claims of Raghu et al. 2019, on these pictures\n\n");
    if judgement.is_reduced {
        text.push_str(
            "**This is the rehearsal: few steps, few seeds, few pixels, and one network in two sizes. \
             It shows that everything works, and decides nothing.**\n\n",
        );
    }
    let tally = [
        Outcome::Agrees,
        Outcome::Disagrees,
        Outcome::Undecided,
        Outcome::NotRun,
    ]
    .map(|outcome| {
        let findings = judgement.findings.iter();
        let of = findings
            .filter(|finding| finding.outcome == outcome)
            .count();
        format!("{of} {}", outcome.word())
    });
    text.push_str(&format!(
        "Claims by outcome: {}. Intervals are of 95%, each by itself; outcomes are after correction for all \
         parts of a claim. *Undecided* is not *no difference*.\n\n",
        tally.join(", ")
    ));
    text.push_str(
        "| claim | the paper says | what was run | effect (95% interval) | outcome | what would settle it | hours | machine |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for finding in &judgement.findings {
        text.push_str(&row(finding, judgement));
    }
    for finding in &judgement.findings {
        text.push_str(&section(finding));
    }
    text.push_str("\n## Studies\n\n");
    for study in &judgement.studies {
        text.push_str(&format!(
            "- `{}`: {}. {}\n",
            study.name,
            told(study),
            command(study)
        ));
    }
    text
}

fn row(finding: &Finding, judgement: &Judgement) -> String {
    let read = || {
        let studies = judgement.studies.iter();
        studies.filter(|study| finding.studies.contains(&study.name))
    };
    let run: Vec<String> = read().map(|study| cell(&told(study))).collect();
    let effects: Vec<String> = finding
        .parts
        .iter()
        .map(|part| {
            let outcome = part.outcome.word();
            cell(&format!("{}: {} – {outcome}", part.what, effect(part)))
        })
        .collect();
    let settles: Vec<String> = finding
        .parts
        .iter()
        .filter_map(|part| part.settles.as_ref().or(part.reason.as_ref()))
        .map(|words| cell(words))
        .collect();
    let mut once: Vec<String> = Vec::new();
    for words in settles {
        if !once.contains(&words) {
            once.push(words);
        }
    }
    let hours: f64 = read().map(|study| study.hours).sum();
    let mut machines: Vec<String> = read().flat_map(|study| study.machines.clone()).collect();
    machines.sort();
    machines.dedup();
    format!(
        "| [{claim}](#{claim}) | {} | {} | {} | **{}** | {} | {} | {} |\n",
        finding.says,
        or_dash(run),
        or_dash(effects),
        finding.outcome.word(),
        or_dash(once),
        fixed(hours, 2),
        or_dash(machines.iter().map(|machine| cell(machine)).collect()),
        claim = finding.claim,
    )
}

fn section(finding: &Finding) -> String {
    let mut text = format!(
        "\n## {}\n\n{} **{}.**\n\n{}\n\n",
        finding.claim,
        finding.says,
        capital(finding.outcome.word()),
        finding.asks
    );
    if picture(finding).is_some() {
        text.push_str(&format!("![{}]({}.svg)\n\n", finding.says, finding.claim));
    }
    text.push_str(
        "| part | study | effect (95% interval) | of | agrees where it is | p agrees | p disagrees | outcome | |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for part in &finding.parts {
        let p = |p: Option<f64>| p.map_or_else(|| "–".to_owned(), |p| fixed(p, 4));
        let more = part.settles.as_ref().or(part.reason.as_ref());
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            cell(&part.what),
            cell(&part.study),
            effect(part),
            counted(part, finding.claim),
            typeset(&part.rule.words()),
            p(part.p_agrees_corrected),
            p(part.p_disagrees_corrected),
            part.outcome.word(),
            more.map_or_else(String::new, |words| cell(words)),
        ));
    }
    text
}

fn counted(part: &Part, claim: Claim) -> String {
    match (part.value, claim) {
        (None, _) => "–".into(),
        (Some(_), Claim::C3) => format!("{} networks", part.count),
        (Some(_), _) => format!("{} seeds", part.count),
    }
}

/// An effect with its interval: a difference with its sign, a ratio without.
pub(crate) fn effect(part: &Part) -> String {
    let number = |value: f64| match part.rule {
        Rule::WithinFactor { .. } | Rule::AboveOne { .. } => fixed(value, 2),
        _ => signed(value),
    };
    match (part.value, part.interval) {
        (None, _) => "–".into(),
        (Some(value), None) => format!("{} (no interval)", number(value)),
        (Some(value), Some([low, high])) => {
            format!("{} ({} to {})", number(value), number(low), number(high))
        }
    }
}

fn told(study: &StudyRead) -> String {
    let patients = match study.patients[2] {
        Some(patients) => format!(", {} test patients", count(patients as u64)),
        None => String::new(),
    };
    let [train, validation, test] = study.pictures.map(|pictures| count(pictures as u64));
    let [rows, columns] = study.pixels;
    format!(
        "{} ({}) at {} × {} pixels, {train} + {validation} + {test} pictures{patients}; {}; {} seeds, {} steps, {} of {} runs finished; margin {}",
        study.data,
        study.headline,
        rows,
        columns,
        study.networks.join(", "),
        study.seeds,
        study.steps,
        study.runs[1],
        study.runs[0],
        study.margin,
    )
}

fn command(study: &StudyRead) -> String {
    format!(
        "`{}`, {} hours on {}",
        study.command.replace('`', "'"),
        fixed(study.hours, 2),
        match study.machines.is_empty() {
            true => "an unknown machine".to_owned(),
            false => study.machines.join("; "),
        }
    )
}

/// A text that may stand in a cell: names come from anywhere.
fn cell(text: &str) -> String {
    let plain = text.chars().map(|letter| match letter {
        '|' => '/',
        '<' => '‹',
        '>' => '›',
        letter if letter.is_control() => ' ',
        letter => letter,
    });
    plain.collect()
}

fn or_dash(cells: Vec<String>) -> String {
    match cells.is_empty() {
        true => "–".into(),
        false => cells.join("<br>"),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
