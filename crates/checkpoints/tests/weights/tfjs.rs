//! TensorFlow.js layers models.

use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use checkpoints::{Format, Weights, WeightsError, WeightsFile};
use proptest::prelude::*;

/// Two groups: three tensors that cross the border of two shards, and quantised ones.
const MODEL: &str = r#"{"format": "layers-model", "modelTopology": {"any": [1, null]}, "weightsManifest": [
  {"paths": ["a1.bin", "a2.bin"], "weights": [
    {"name": "conv1/kernel", "shape": [1, 1, 2, 2], "dtype": "float32"},
    {"name": "conv1/bias", "shape": [2], "dtype": "float32"},
    {"name": "scale", "shape": [], "dtype": "float32"}]},
  {"paths": ["b.bin"], "weights": [
    {"name": "byte", "shape": [2], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1}},
    {"name": "short", "shape": [2], "dtype": "float32", "quantization": {"dtype": "uint16", "scale": 2.0, "min": 1}},
    {"name": "half", "shape": [1], "dtype": "float32", "quantization": {"dtype": "float16"}}]}]}"#;

fn shards() -> [(&'static str, Vec<u8>); 3] {
    let first: Vec<u8> = (0..7).flat_map(|i| (i as f32).to_le_bytes()).collect();
    let second = vec![0, 255, 0, 0, 0xff, 0xff, 0x00, 0x3c];
    [
        ("a1.bin", first[..11].to_vec()),
        ("a2.bin", first[11..].to_vec()),
        ("b.bin", second),
    ]
}

fn parse(model: &str) -> std::result::Result<WeightsFile, WeightsError> {
    let shard = |name: &str, _: u64| -> Result<Vec<u8>> {
        let found = shards().into_iter().find(|(known, _)| *known == name);
        found
            .map(|(_, b)| b)
            .ok_or(Error::from(ErrorKind::NotFound))
    };
    Weights::from_tfjs(model.as_bytes(), Path::new("m/model.json"), shard)
}

fn refusal(from: &str, to: &str) -> String {
    assert!(MODEL.contains(from), "{from}");
    parse(&MODEL.replace(from, to))
        .expect_err("the model is not in order")
        .to_string()
}

#[test]
fn tensors_keep_their_names_and_layout() {
    let file = parse(MODEL).unwrap();
    assert_eq!(file.format, Format::TfjsLayers);
    let tensor = |name: &str| {
        let tensor = &file.weights.tensors[name];
        (&tensor.shape[..], &tensor.values[..])
    };
    assert_eq!(
        tensor("conv1/kernel"),
        (&[1, 1, 2, 2][..], &[0.0, 1.0, 2.0, 3.0][..])
    );
    assert_eq!(tensor("conv1/bias"), (&[2][..], &[4.0, 5.0][..]));
    assert_eq!(tensor("scale"), (&[][..], &[6.0][..]));
    assert_eq!(tensor("byte").1, [-1.0, 126.5]);
    assert_eq!(tensor("short").1, [1.0, 131_071.0]);
    assert_eq!(tensor("half").1, [1.0]);
    assert_eq!(file.weights.tensors.len(), 6);
}

#[test]
fn a_folder_and_its_model_json_are_the_same_model() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model.json");
    std::fs::write(&model, MODEL).unwrap();
    for (name, bytes) in shards() {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let expected = parse(MODEL).unwrap();
    assert_eq!(Weights::read(folder.path()).unwrap(), expected);
    assert_eq!(Weights::read(&model).unwrap(), expected);
    // cat model.json a1.bin a2.bin b.bin | sha256sum
    let mut joined = MODEL.as_bytes().to_vec();
    shards().iter().for_each(|(_, bytes)| joined.extend(bytes));
    use sha2::{Digest as _, Sha256};
    assert_eq!(expected.sha256, format!("{:x}", Sha256::digest(joined)));
    std::fs::remove_file(folder.path().join("a2.bin")).unwrap();
    let error = Weights::read(&model).unwrap_err().to_string();
    assert!(error.contains("a2.bin"), "{error}");
}

#[test]
fn hostile_manifests_are_refused() {
    for name in ["../a2.bin", "/etc/passwd", "c:a2", "x/y", r"x\\y", "..", ""] {
        let refusal = refusal("\"a2.bin\"", &format!("\"{name}\""));
        assert!(
            refusal.contains("plain files beside model.json"),
            "{refusal}"
        );
    }
    assert!(refusal("a2.bin", "a1.bin").contains("named twice"));
    assert!(refusal("conv1/bias", "conv1/kernel").contains("two tensors `conv1/kernel`"));
    assert!(refusal("layers-model", "graph-model").contains("expected format `layers-model`"));
    assert!(refusal("weightsManifest", "other").contains("no `weightsManifest`"));
    assert!(refusal("\"shape\": []", "\"shape\": [3]").contains("end 8 bytes before"));
    assert!(refusal("\"shape\": []", "\"shape\": [0]").contains("longer than"));
    assert!(refusal("\"shape\": []", "\"shape\": [2000000000]").contains("at most 4294967296"));
    assert!(refusal("\"shape\": []", "\"shape\": [900000000]").contains("bytes before"));
    let overflow = "\"shape\": [4294967296, 4294967296, 4]";
    assert!(refusal("\"shape\": []", overflow).contains("too large"));
    let integer = refusal("[], \"dtype\": \"float32\"", "[], \"dtype\": \"int32\"");
    assert!(
        integer.contains("tensor `scale`") && integer.contains("int32"),
        "{integer}"
    );
    assert!(refusal("uint16", "int4").contains("int4"));
}

proptest! {
    #[test]
    fn damage_never_panics(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 32u8..127), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut text = MODEL.as_bytes().to_vec();
        for (place, value) in flips {
            let place = place.index(text.len());
            text[place] = value;
        }
        if let Some(cut) = cut {
            text.truncate(cut.index(text.len()));
        }
        parse(std::str::from_utf8(&text).expect("ASCII")).ok();
    }
}
