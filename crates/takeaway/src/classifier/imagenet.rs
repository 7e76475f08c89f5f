//! Names of the 1000 classes of ImageNet-1k (ILSVRC 2012), in the order of published networks.

/// One name a line, as torchvision prints them (BSD-3-Clause, © Soumith Chintala 2016).
const NAMES: &str = include_str!("imagenet-1k.txt");

/// The names by index; `classes` other than 1000 get their number as name.
pub(super) fn class_names(classes: usize) -> Vec<String> {
    let names: Vec<String> = NAMES.lines().map(str::to_string).collect();
    match names.len() == classes {
        true => names,
        false => (0..classes).map(|index| index.to_string()).collect(),
    }
}
