//! The sections of mistakes and of saliency.

use record::results::{Results, SaliencyMethod};

use super::invented::{illustrations, results};
use crate::{Illustrations, MapPicture, html};

fn page(results: &Results, pictures: &Illustrations) -> String {
    html(results, &[], pictures, &[]).unwrap()
}

#[test]
fn mistakes_have_their_numbers_with_and_without_pictures() {
    let mut study = results("eye");
    let with = page(&study, &illustrations("eye"));
    let picture = "alt=\"Picture eye, a false negative\"";
    let numbers = ["1,200 of 3,000", "0.042", "0.010 to 0.200", "3 of 4"];
    assert!(with.contains(picture));
    assert!(numbers.iter().all(|number| with.contains(number)));
    assert!(with.contains("None that most networks have wrong."));

    let undrawn = page(&study, &Illustrations::default());
    assert!(!undrawn.contains(picture) && undrawn.contains("not in this copy"));
    study.report.pictures = false;
    study.saliency = None;
    let without = page(&study, &Illustrations::default());
    assert!(!without.contains(picture) && without.contains("as the study wishes"));
    assert!(numbers.iter().all(|number| without.contains(number)));
    assert!(!without.contains("id=\"saliency\""));
}

#[test]
fn maps_that_do_not_depend_on_what_was_learnt_are_warned_of() {
    let mut pictures = illustrations("eye");
    pictures.gallery.maps = vec![MapPicture {
        method: SaliencyMethod::Occlusion,
        case: 0,
        learnt: vec![4],
        anew: vec![5],
    }];
    let page = page(&results("eye"), &pictures);
    let section = page.split("id=\"saliency\"").nth(1).unwrap();
    assert!(section.contains("<p class=\"reading\">Grad-CAM. The maps depend on what was learnt: mean rank correlation 0.05"));
    assert!(section.contains("<p class=\"warning\">Occlusion. These maps look much the same"));
    assert!(section.contains("drawn anew, correlation 0.90"));
    assert!(section.contains("False negative"));
}
