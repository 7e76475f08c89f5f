//! cargo fuzz run dicom
#![no_main]

use formats::dicom::{steps, tags};
use formats::{FrameChoice, Reading, Window, decode_with};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Most of the fuzzer's time shall go into data sets, not into finding their signature.
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    file.extend(bytes);
    let reading = Reading {
        frame: FrameChoice::All,
        ..Reading::default()
    };
    for bytes in [file.as_slice(), bytes] {
        let _ = tags(bytes);
        let _ = steps(bytes, 0, Window::File);
        let _ = decode_with(bytes, &reading);
    }
});
