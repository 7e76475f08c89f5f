//! Pixels that reach pretrained weights otherwise than in their training are told by the weights.

mod fixture;

use fixture::{Folder, study};

fn planned(normalise: &str) -> String {
    let folder = Folder::new();
    let data = r#"task = "ordinal""#;
    let text = study(&[(data, &format!("{data}\nnormalise = \"{normalise}\""))]);
    assert!(text.contains("normalise"), "{text}");
    folder.write("study.toml", text);
    folder.run(&["plan", "study.toml"]).with(0).stderr
}

#[test]
fn a_scaling_that_the_first_batch_norm_contradicts_is_told_with_numbers() {
    let told = planned("weights");
    assert!(!told.contains("doubtful"), "{told}");
    let told = planned("none");
    let parts = [
        "the scaling of `cbr-tiny` is doubtful",
        "training pictures are",
        "as ImageNet's mean and standard deviation",
        "transfusion weights convert",
    ];
    for part in parts {
        assert!(told.contains(part), "expected {part:?} in {told}");
    }
}
