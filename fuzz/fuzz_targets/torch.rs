//! cargo fuzz run torch
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = networks::Weights::from_bytes(bytes, "fuzz".as_ref()) {
        for tensor in file.weights.tensors.values() {
            assert_eq!(tensor.values.len(), tensor.shape.iter().product::<usize>());
        }
    }
});
