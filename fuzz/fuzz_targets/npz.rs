//! cargo fuzz run npz
#![no_main]

use images::Task;
use images::npz::{NpzOptions, parse};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let options = NpzOptions {
        limit_bytes: 1 << 20,
        ..NpzOptions::new(Task::Multiclass)
    };
    if let Ok(dataset) = parse("fuzz", std::io::Cursor::new(bytes), &options) {
        assert!(dataset.check().is_empty());
    }
});
