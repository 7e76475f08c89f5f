//! Finished studies ─▶ what the claims come to.

use std::collections::BTreeMap;

use decisions::ERROR;

use crate::casting::{Cast, Casting};
use crate::claim::Claim;
use crate::finding::{FORMAT, Finding, Judgement, StudyRead};
use crate::finished_study::FinishedStudy;
use crate::part::{Asked, Lack, corrected, together};
use crate::rule::Rule;
use crate::{c1, c2, c3, c4, c5, c6, c7, c8, c9, c10};

/// Judges `claims` by the finished studies, by their names. `version`: of the program;
/// `is_reduced`: whether the studies are the short rehearsal.
pub fn judge(
    claims: &[Claim],
    casting: &Casting,
    studies: &BTreeMap<String, FinishedStudy>,
    version: &str,
    is_reduced: bool,
) -> Judgement {
    let findings = claims.iter().map(|claim| finding(*claim, casting, studies));
    let names = casting.studies(claims).into_iter();
    let read = names.filter_map(|name| studies.get(name).map(StudyRead::of));
    Judgement {
        format: FORMAT,
        paper: "Raghu, Zhang, Kleinberg, Bengio: Transfusion, NeurIPS 2019, arXiv 1902.07208"
            .into(),
        version: version.into(),
        level: 1.0 - ERROR,
        is_reduced,
        findings: findings.collect(),
        studies: read.collect(),
    }
}

fn finding(claim: Claim, casting: &Casting, studies: &BTreeMap<String, FinishedStudy>) -> Finding {
    let casts = casting.of(claim);
    let mut asked: Vec<Asked> = Vec::new();
    if casts.is_empty() {
        asked.push(not_run(
            claim,
            "",
            "the table of claims names no study of it",
        ));
    }
    let mut there: Vec<(&Cast, &FinishedStudy)> = Vec::new();
    for cast in casts {
        match studies.get(&cast.study) {
            Some(study) => there.push((cast, study)),
            None => {
                let why = format!("the study `{}` is not there", cast.study);
                asked.push(not_run(claim, &cast.study, &why));
            }
        }
    }
    let each = |parts: fn(&Cast, &FinishedStudy) -> Vec<Asked>| -> Vec<Asked> {
        let of_study = there.iter().flat_map(|(cast, study)| {
            let found = parts(cast, study);
            match found.is_empty() {
                false => found,
                true => vec![not_run(
                    claim,
                    &study.name,
                    &format!(
                        "the study `{}` has no network with the starts that the claim takes",
                        study.name
                    ),
                )],
            }
        });
        of_study.collect()
    };
    asked.extend(match claim {
        Claim::C1 => each(c1::parts),
        Claim::C2 => each(c2::parts),
        Claim::C3 => c3::parts(&there),
        Claim::C4 => each(c4::parts),
        Claim::C5 => each(c5::parts),
        Claim::C6 => each(c6::parts),
        Claim::C7 => each(c7::parts),
        Claim::C8 => each(c8::parts),
        Claim::C9 => each(c9::parts),
        Claim::C10 => each(c10::parts),
    });
    let parts = corrected(asked);
    let mut names: Vec<String> = Vec::new();
    for cast in casts {
        if !names.contains(&cast.study) {
            names.push(cast.study.clone());
        }
    }
    Finding {
        claim,
        says: claim.says().into(),
        asks: claim.asks().into(),
        outcome: together(&parts),
        parts,
        studies: names,
    }
}

fn not_run(claim: Claim, study: &str, why: &str) -> Asked {
    Asked {
        what: claim.asks().trim_end_matches('.').into(),
        study: study.into(),
        rule: Rule::Above { margin: None },
        found: Err(Lack(why.into())),
    }
}
