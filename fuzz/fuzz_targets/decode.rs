//! cargo fuzz run decode
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(image) = images::decode::decode(bytes) {
        assert_eq!(
            images::Frame::new(8, 3).apply(&image).bytes() % (8 * 8 * 3),
            0
        );
    }
});
