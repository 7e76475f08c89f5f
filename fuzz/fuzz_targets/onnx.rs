//! cargo fuzz run onnx
#![no_main]

use networks::onnx::read_metadata;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(found) = read_metadata(bytes) {
        let texts = found.properties.iter().flat_map(|(key, text)| [key, text]);
        let names = found.inputs.iter().chain(&found.outputs).map(|v| &v.name);
        let held: usize = texts.chain(names).map(String::len).sum();
        assert!(held <= bytes.len());
    }
});
