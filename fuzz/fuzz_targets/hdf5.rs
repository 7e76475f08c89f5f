//! cargo fuzz run hdf5
#![no_main]

use hdf5_file::{File, Hdf5Error};

// Everything within four levels of the root, then the same bytes as weights of Keras.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    read(bytes).ok();
    if let Ok(file) = networks::Weights::from_bytes(bytes, "fuzz.h5".as_ref()) {
        for tensor in file.weights.tensors.values() {
            assert_eq!(tensor.values.len(), tensor.shape.iter().product::<usize>());
        }
    }
});

fn read(bytes: &[u8]) -> Result<(), Hdf5Error> {
    let file = File::open(bytes)?;
    let mut open = vec![(file.root()?, 0)];
    while let Some((object, depth)) = open.pop() {
        object.texts("weight_names").ok();
        if let (Ok(children), true) = (object.children(), depth < 4) {
            let opened = children.values().filter_map(|child| object.open(*child).ok());
            open.extend(opened.map(|child| (child, depth + 1)));
        }
        if let Ok(dataset) = object.dataset()
            && let Ok(values) = dataset.values()
        {
            assert_eq!(values.len() as u64, dataset.count());
        }
    }
    Ok(())
}
