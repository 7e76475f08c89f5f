//! cargo fuzz run pack
//!
//! The input is a header, a zero byte and an index.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if bytes.len() > 1 << 20 {
        return;
    }
    let mut halves = bytes.splitn(2, |byte| *byte == 0);
    let header = halves.next().unwrap_or_default();
    let index = halves.next().unwrap_or_default();
    if let Ok(index) = packs::Index::of_bytes(header, index, &[1 << 20, 7]) {
        assert!(index.len() <= bytes.len());
    }
});
