//! Features of other programs, as archives and as tables.
#![no_main]

use std::path::Path;

use embeddings::{Asked, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(found) = parse(Path::new("fuzzed"), bytes, &Asked::default()) {
        let names: Vec<&str> = found.ids.iter().map(String::as_str).collect();
        let rows = found.rows(&names).expect("its own names");
        for layer in &found.layers {
            assert_eq!(layer.of(&rows), layer.values);
        }
    }
});
