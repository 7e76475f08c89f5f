//! cargo fuzz run activations
#![no_main]

use similarity::files::{ArraySet, Axes, Layer};
use similarity::{Activations as _, Values};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(set) = ArraySet::from_bytes("fuzz", bytes.to_vec()) else {
        return;
    };
    for entry in set.entries() {
        let Ok(array) = entry.open() else { continue };
        for axes in Axes::ALL {
            let Ok(layer) = Layer::new(array.clone(), axes) else {
                continue;
            };
            let shape = layer.shape();
            let mut values = Values::Single(Vec::new());
            layer.read(0..shape.images, &mut values).expect("memory does not shrink");
            let found = match values {
                Values::Single(values) => values.len(),
                Values::Double(values) => values.len(),
            };
            assert_eq!(found, shape.images * shape.features());
        }
    }
});
