//! cargo fuzz run card
#![no_main]

use std::collections::BTreeMap;

// The input is the JSON header of a safetensors file and, behind a zero byte, its tensors.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let split = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let (header, rest) = bytes.split_at(split);
    let length = (header.len() as u64).to_le_bytes();
    let tensors = rest.get(1..).unwrap_or_default();
    let file = [&length[..], header, tensors].concat();
    if let Ok(file) = networks::Weights::from_bytes(&file, "fuzz".as_ref()) {
        file.card();
    }
    // The card alone, which a file rarely hits upon.
    if let Ok(card) = std::str::from_utf8(header) {
        let metadata = BTreeMap::from([(networks::Card::KEY.to_string(), card.to_string())]);
        let empty = networks::Weights::default().to_bytes(None);
        let mut file = networks::Weights::from_bytes(&empty, "fuzz".as_ref()).expect("it was written");
        file.metadata = metadata;
        file.card();
    }
});
