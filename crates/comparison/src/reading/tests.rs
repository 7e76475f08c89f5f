//! Intervals decide, and nothing else does.

use crate::invented::{analysis, missing, over};
use initialisation::InitKind;
use record::results::ArmAnalysis;
use similarity::Measure;

use super::*;

fn agreements(analysis: &Analysis, model: &str) -> Vec<(u8, Agreement)> {
    let readings = readings(analysis).into_iter();
    let of_model = readings.filter(|reading| reading.setting.starts_with(model));
    of_model.map(|r| (r.figure, r.agrees)).collect()
}

fn agreement(analysis: &Analysis, model: &str, figure: u8) -> Option<Agreement> {
    let mut found = agreements(analysis, model).into_iter();
    found.find(|(number, _)| *number == figure).map(|f| f.1)
}

/// The pretrained arm of the first setting.
fn transfer(analysis: &mut Analysis) -> &mut ArmAnalysis {
    &mut analysis.settings[0].arms[1]
}

#[test]
fn findings_like_the_papers_agree() {
    use Agreement::{Agrees, Disagrees};
    let analysis = analysis("");
    let of = |model| agreements(&analysis, model);
    assert_eq!(
        of("resnet50"),
        [(2, Agrees), (3, Agrees), (4, Agrees), (5, Agrees)]
    );
    // The same numbers of a small network: its channels should not persist.
    assert_eq!(
        of("cbr-small"),
        [(2, Agrees), (3, Agrees), (4, Disagrees), (5, Agrees)]
    );
    let first = &analysis.readings[0];
    assert_eq!(first.setting, "resnet50, all 1080 training images");
    assert_eq!(
        first.sentence,
        "In the top two blocks, mean-cca is 0.500 between two networks trained from random and \
         0.450 between one from transfer and one from random: the two from random are more alike, \
         by +0.050 (+0.030 to +0.070)"
    );
    assert!(
        first
            .clause()
            .starts_with("This agrees with the paper, which found that two")
    );
}

#[test]
fn figure_2_is_decided_by_its_interval() {
    for (value, half, expected) in [
        (0.05, 0.02, Agreement::Agrees),
        (-0.05, 0.02, Agreement::Disagrees),
        (0.05, 0.06, Agreement::CannotTell),
        (0.05, f64::NAN, Agreement::CannotTell),
        (f64::NAN, 0.1, Agreement::CannotTell),
    ] {
        let mut analysis = analysis("");
        let against = transfer(&mut analysis).against_baseline.as_mut().unwrap();
        against.baseline_closer[0] = Some(over(value, half));
        assert_eq!(agreement(&analysis, "resnet50", 2), Some(expected));
    }
}

#[test]
fn figure_3_asks_for_both_halves_of_the_finding() {
    let mut flat = analysis("");
    for block in &mut transfer(&mut flat).blocks {
        block.beyond_baseline[0] = Some(over(0.1, 0.02));
    }
    assert_eq!(agreement(&flat, "resnet50", 3), Some(Agreement::CannotTell));

    let mut on_top = analysis("");
    transfer(&mut on_top).blocks[3].beyond_baseline[0] = Some(over(0.5, 0.02));
    assert_eq!(
        agreement(&on_top, "resnet50", 3),
        Some(Agreement::Disagrees)
    );

    let mut upside_down = analysis("");
    transfer(&mut upside_down).blocks.reverse();
    assert_eq!(
        agreement(&upside_down, "resnet50", 3),
        Some(Agreement::Disagrees)
    );

    let mut gap = analysis("");
    transfer(&mut gap).blocks[1].beyond_baseline[0] = None;
    assert_eq!(agreement(&gap, "resnet50", 3), Some(Agreement::CannotTell));
}

#[test]
fn distances_are_read_the_other_way() {
    for distance in [Measure::AngularProcrustes, Measure::CkaPrime] {
        let mut analysis = analysis("");
        analysis.how.measures[0] = distance;
        let found = agreement(&analysis, "resnet50", 3);
        assert_eq!(found, Some(Agreement::Disagrees), "{distance}");
    }
}

#[test]
fn figures_4_and_5_expect_different_things_of_different_networks() {
    let mut analysis = analysis("");
    for setting in &mut analysis.settings {
        let arm = &mut setting.arms[1];
        let channels = arm.against_baseline.as_mut().unwrap().blocks[0]
            .channels
            .as_mut();
        channels.unwrap().r_squared = over(0.2, 0.1);
        let filters = arm.filters.as_mut().unwrap();
        filters.correlation = Some(over(0.6, 0.1));
        filters.gabor_after = Some(over(0.65, 0.02));
    }
    for (model, figure, expected) in [
        ("resnet50", 4, Agreement::Disagrees),
        ("resnet50", 5, Agreement::Disagrees),
        ("cbr-small", 4, Agreement::Agrees),
        ("cbr-small", 5, Agreement::CannotTell),
    ] {
        assert_eq!(
            agreement(&analysis, model, figure),
            Some(expected),
            "{model} {figure}"
        );
    }
    analysis.settings[0].model = "convnext".into();
    assert_eq!(
        agreement(&analysis, "convnext", 4),
        Some(Agreement::CannotTell)
    );
}

#[test]
fn the_paper_says_nothing_of_other_starts() {
    let mut analysis = analysis("");
    transfer(&mut analysis).kind = InitKind::MeanVar;
    let found = agreements(&analysis, "resnet50");
    assert_eq!(found.len(), 4);
    assert!(found.iter().all(|f| f.1 == Agreement::CannotTell));
}

#[test]
fn without_numbers_nothing_is_said() {
    let mut analysis = analysis("");
    let arm = transfer(&mut analysis);
    arm.filters = None;
    for block in &mut arm.blocks {
        block.before_after[0] = missing(Measure::MeanCca);
    }
    arm.against_baseline.as_mut().unwrap().baseline_closer[0] = None;
    assert_eq!(
        agreements(&analysis, "resnet50"),
        [(2, Agreement::CannotTell), (4, Agreement::Agrees)]
    );
    transfer(&mut analysis).against_baseline = None;
    assert_eq!(agreements(&analysis, "resnet50"), []);
    analysis.settings[0].arms.truncate(1);
    assert_eq!(agreements(&analysis, "resnet50"), []);
}

#[test]
fn readings_survive_json() {
    let readings = analysis("").readings;
    let json = serde_json::to_string(&readings).unwrap();
    assert!(json.contains("\"agrees\":\"agrees\""));
    assert_eq!(
        serde_json::from_str::<Vec<Reading>>(&json).unwrap(),
        readings
    );
    assert_eq!(
        serde_json::to_string(&Agreement::CannotTell).unwrap(),
        "\"cannot tell\""
    );
}
