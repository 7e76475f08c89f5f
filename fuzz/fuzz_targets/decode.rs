//! cargo fuzz run decode
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(image) = images::decode::decode(bytes) {
        let frame = images::Frame::new(8, image.channels.max(3));
        if frame.takes(image.channels) {
            let samples = frame.apply(&image).samples.len();
            assert_eq!(samples, frame.samples());
        }
    }
});
