//! cargo fuzz run tfjs
#![no_main]

// The input is the text of `model.json` and, behind a zero byte, the bytes of every shard.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let split = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let (text, rest) = bytes.split_at(split);
    let shard = rest.get(1..).unwrap_or_default();
    let open = |_: &str, _: u64| Ok(shard.to_vec());
    if let Ok(file) = networks::Weights::from_tfjs(text, "model.json".as_ref(), open) {
        for tensor in file.weights.tensors.values() {
            assert_eq!(tensor.values.len(), tensor.shape.iter().product::<usize>());
        }
    }
});
