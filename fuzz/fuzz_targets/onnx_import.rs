//! cargo fuzz run onnx_import
#![no_main]

use onnx_import::{BlockPatterns, import};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(found) = import(bytes, "mine", &BlockPatterns::default()) {
        let numbers: usize = found.weights.tensors.values().map(|t| t.values.len()).sum();
        assert!(numbers <= 4 * bytes.len() + (1 << 21));
    }
});
