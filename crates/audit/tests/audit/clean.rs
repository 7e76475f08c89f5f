//! Nothing is said of sets in which nothing is wrong; the same is said whatever the order.

use audit::{Audit, Subject};
use images::Label;
use proptest::prelude::*;

use super::made::{picture, subject};

fn clean(seed: u64, count: usize) -> Subject {
    let pictures = (0..count as u64).map(|index| {
        let mut picture = picture(format!("{index}"), seed * 10_000 + index);
        picture.label = Label::Class(index as usize % 2);
        picture.part = index as usize / 2 % 2;
        picture
    });
    subject(pictures.collect())
}

#[test]
fn clean_sets_have_no_findings() {
    for seed in 1..6 {
        let audit = Audit::of(&clean(seed, 200)).unwrap();
        assert!(audit.findings.is_empty(), "{}", audit.text());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Copies planted anywhere are found in full, and counts do not depend on the order.
    #[test]
    fn planted_copies_are_counted_to_the_last(
        copies in prop::collection::vec((0u64..40, 0usize..2, 0usize..2), 1..30),
        turn in 0usize..60,
    ) {
        let mut subject = clean(9, 40);
        for (index, &(seed, class, part)) in copies.iter().enumerate() {
            let mut copy = picture(format!("copy {index}"), 90_000 + seed);
            (copy.label, copy.part) = (Label::Class(class), part);
            subject.pictures.push(copy);
        }
        let told = |subject: &Subject| -> Vec<_> {
            let audit = Audit::of(subject).unwrap();
            let copies = audit.findings.into_iter();
            copies.map(|f| (f.kind, f.severity, f.pictures, f.groups)).collect()
        };
        let before = told(&subject);
        let mut distinct: Vec<u64> = copies.iter().map(|copy| copy.0).collect();
        distinct.sort_unstable();
        distinct.dedup();
        // Every group is across parts, or has labels that differ, or neither.
        let groups: usize = before.iter().filter(|f| matches!(f.0, audit::Kind::Copies { .. })).map(|f| f.3).sum();
        prop_assert!(groups >= distinct.len() && groups <= 2 * distinct.len());
        let turn = turn % subject.pictures.len();
        subject.pictures.rotate_left(turn);
        let copies_of = |told: Vec<(audit::Kind, audit::Severity, usize, usize)>| -> Vec<_> {
            told.into_iter().filter(|f| matches!(f.0, audit::Kind::Copies { .. })).collect()
        };
        prop_assert_eq!(copies_of(before), copies_of(told(&subject)));
    }
}
