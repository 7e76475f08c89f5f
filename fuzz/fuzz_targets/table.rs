//! cargo fuzz run table
#![no_main]

use images::Task;
use images::table::{TableOptions, Uncertain, parse};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let task = if bytes.len() % 2 == 0 {
        Task::Multiclass
    } else {
        Task::Multilabel
    };
    let options = TableOptions {
        root: ".".into(),
        task,
        image: "i".into(),
        labels: vec!["l".into()],
        patient: Some("p".into()),
        split: Some("s".into()),
        uncertain: Uncertain::Missing,
        class_names: None,
    };
    parse("fuzz", bytes, &options).ok();
});
