//! Sets that would take a comparison of all with all, or endless lists.

use audit::{Audit, EXAMPLES, EXCLUSIONS, Kind, Likeness, Relation, Traits};
use images::{Image, Label};

use super::made::{image, of_kind, shown, subject};

const MANY: usize = 100_000;

fn audit_of(traits: impl Fn(usize) -> Traits) -> Audit {
    let base = shown("", &image(1, 8, 8));
    let pictures = (0..MANY).map(|index| {
        let mut picture = base.clone();
        picture.id = format!("{index}");
        picture.traits = Some(traits(index));
        picture.part = index % 2;
        picture.label = Label::Class(index / 2 % 2);
        picture
    });
    Audit::of(&subject(pictures.collect())).unwrap()
}

fn count(audit: &Audit, likeness: Likeness) -> Option<(usize, usize)> {
    let relation = Relation::AcrossParts;
    let found = of_kind(audit, |k| *k == Kind::Copies { likeness, relation });
    found.first().map(|f| (f.pictures, f.groups))
}

#[test]
fn a_hundred_thousand_identical_pictures_are_one_group() {
    let same = Traits::of(b"x", &image(1, 30, 30));
    let audit = audit_of(|_| same.clone());
    assert_eq!(count(&audit, Likeness::Bytes), Some((MANY, 1)));
    let lists = audit.findings.iter().all(|f| {
        f.examples.len() <= EXAMPLES
            && f.exclude.len() <= EXCLUSIONS
            && f.examples.iter().all(|e| e.members.len() <= 6)
    });
    assert!(lists);
}

#[test]
fn a_hundred_thousand_black_pictures_are_no_near_duplicates() {
    let black = Traits::of(b"", &Image::from_u8(9, 9, 1, vec![0; 81]));
    let audit = audit_of(|index| Traits {
        file: audit::Digest::of_bytes(&index.to_le_bytes()),
        pixels: audit::Digest::of_bytes(&index.to_le_bytes()),
        ..black.clone()
    });
    assert_eq!(of_kind(&audit, |k| *k == Kind::Blank)[0].pictures, MANY);
    assert!(of_kind(&audit, |k| matches!(k, Kind::Copies { .. })).is_empty());
}

#[test]
fn a_hundred_thousand_equal_looks_are_one_group_of_near_duplicates() {
    let one = Traits::of(b"", &image(1, 30, 30));
    let audit = audit_of(|index| Traits {
        file: audit::Digest::of_bytes(&index.to_le_bytes()),
        pixels: audit::Digest::of_bytes(&index.to_le_bytes()),
        ..one.clone()
    });
    assert_eq!(count(&audit, Likeness::Near), Some((MANY, 1)));
}

#[test]
fn a_hundred_thousand_equal_hashes_of_different_looks_end() {
    // The lowest frequency outweighs all, so that hashes nearly collide; what is fine differs.
    let looks: Vec<Traits> = (0..64)
        .map(|seed| Traits::of(b"", &image(seed, 26, 26)))
        .collect();
    let audit = audit_of(|index| Traits {
        file: audit::Digest::of_bytes(&index.to_le_bytes()),
        pixels: audit::Digest::of_bytes(&index.to_le_bytes()),
        ..looks[index % 64].clone()
    });
    let (pictures, groups) = count(&audit, Likeness::Near).unwrap_or_default();
    assert!(groups <= 64 && pictures <= MANY);
}
