//! The walls of this repository.

use std::path::Path;

use house::{House, offences};

#[test]
fn every_wall_stands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let house = House::read(&root).expect("the source of every crate can be read");
    assert!(house.rooms().len() > 10, "the crates are under crates/");
    let found: Vec<_> = offences(&house).iter().map(ToString::to_string).collect();
    assert!(
        found.is_empty(),
        "{} offences:\n{}",
        found.len(),
        found.join("\n")
    );
}
