//! The walls of the house: what the source of every crate must satisfy and the compiler does not check.
//!
//! Crates stand on those below them ([`ROOMS`]), no two files of a crate import each other in a
//! circle, files and crates stay small, and a few things are allowed in few places.
//! The source is read as tokens, never compiled.
//!
//! ```
//! use house::{House, offences};
//!
//! let house = House::of([
//!     ("crates/streams/Cargo.toml", "[package]\nname = \"streams\"\n"),
//!     ("crates/streams/src/lib.rs", "use study::StudyPlan;\n"),
//! ]);
//! let found = offences(&house);
//! assert_eq!(found.len(), 1);
//! assert_eq!((found[0].file.as_str(), found[0].line), ("crates/streams/src/lib.rs", 1));
//! ```

mod arrows;
mod circles;
mod confined;
mod house;
mod manifest;
mod modules;
mod names;
mod offence;
mod parse;
mod rooms;
mod sizes;
mod test_items;
mod token;

pub use house::{House, Room};
pub use offence::Offence;
pub use rooms::ROOMS;
pub use sizes::{CRATE_LINES, FILE_LINES};

/// Everything in `house` that breaks a wall, by crate and kind; empty when all is well.
pub fn offences(house: &House) -> Vec<Offence> {
    let mut found = Vec::new();
    for room in house.rooms() {
        found.extend(arrows::upward(&room));
        found.extend(circles::circles(&room));
        found.extend(sizes::too_long(&room));
        found.extend(confined::outside(&room));
    }
    found
}
