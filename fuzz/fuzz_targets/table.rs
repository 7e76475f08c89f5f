//! cargo fuzz run table
#![no_main]

use images::Task;
use sources::table::{TableOptions, parse};
use sources::{Meaning, Origin, Policy, Rows, SplitBy};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let task = match choice % 3 {
        0 => Task::Multiclass,
        1 => Task::Ordinal,
        _ => Task::Multilabel,
    };
    let mut options = TableOptions::new(".".into(), task);
    options.labels = vec!["l".into()];
    if choice & 4 != 0 {
        options.labels.push("m".into());
    }
    if choice & 8 != 0 {
        options.separator = Some("|".into());
    }
    if choice & 16 != 0 {
        options.blank = Some(Policy::All(Meaning::Missing));
        options.uncertain = Some(Policy::All(Meaning::Skip));
        options.rows = Rows::Majority;
    }
    if choice & 32 != 0 {
        options.patient = Some(Origin::Column("p".into()));
        options.split = Some(SplitBy::Column("s".into()));
    }
    parse("fuzz", bytes, &options).ok();
});
