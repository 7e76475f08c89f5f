//! Identity by content: what a result depends on, in a digest.
//!
//! A result is reused wherever its identity is the same, and nowhere else: it covers data, split,
//! weights, specification, [`FORMAT`] and [`NUMERICS`], and neither names, nor
//! the place in a plan, nor the program's version.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Format of `plan.json` and of every record beside it; any other is refused.
pub const FORMAT: u32 = 4;

/// Numerics of the program: raised whenever the same specification gives other numbers, so that
/// results of the one are never taken for results of the other.
pub const NUMERICS: u32 = 3;

/// Hexadecimal digits of an identity in names of files: 48 bits, one collision in ten million
/// among the 10⁴ jobs of a large study.
const DIGITS: usize = 12;

/// The first twelve hexadecimal digits of the SHA-256 of `content` as canonical JSON.
pub(crate) fn identity<T: Serialize>(content: &T) -> String {
    #[derive(Serialize)]
    struct Basis<'a, T> {
        format: u32,
        numerics: u32,
        content: &'a T,
    }
    let basis = Basis {
        format: FORMAT,
        numerics: NUMERICS,
        content,
    };
    let mut hash = format!("{:x}", Sha256::digest(durable::canonical_json(&basis)));
    hash.truncate(DIGITS);
    hash
}
