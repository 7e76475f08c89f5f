//! Files of Keras; `keras/make.py` wrote them.

use std::path::Path;

use checkpoints::{Format, HostTensor, Weights};

use crate::read;

const ARCHIVE: &[u8] = include_bytes!("keras/model.keras");
const NAMELESS: &[u8] = include_bytes!("keras/nameless.keras");
const WHOLE: &[u8] = include_bytes!("keras/model.h5");
const WEIGHTS: &[u8] = include_bytes!("keras/model.weights.h5");
const OLD: &[u8] = include_bytes!("keras/old.h5");

fn tensor((number, (name, shape)): (usize, (&str, &[usize]))) -> (String, HostTensor) {
    let count = shape.iter().product::<usize>();
    let values = (0..count).map(|i| (100 * number + i) as f32).collect();
    let shape = shape.to_vec();
    (name.into(), HostTensor { shape, values })
}

/// In the order of the script, which is that of the numbers.
fn expected() -> Weights {
    let tensors: [(&str, &[usize]); 11] = [
        ("conv1_conv/kernel", &[1, 2, 2, 3]),
        ("conv1_bn/gamma", &[3]),
        ("conv1_bn/moving_mean", &[3]),
        ("conv1_bn/moving_variance", &[3]),
        ("inner_bn/beta", &[3]),
        ("inner_bn/moving_mean", &[3]),
        ("inner_bn/moving_variance", &[3]),
        ("inner_conv/kernel", &[1, 1, 3, 2]),
        ("inner_conv/bias", &[2]),
        ("predictions/kernel", &[2, 2]),
        ("predictions/bias", &[2]),
    ];
    Weights {
        tensors: tensors.into_iter().enumerate().map(tensor).collect(),
    }
}

#[test]
fn every_form_gives_the_same_tensors() {
    for (bytes, format) in [
        (ARCHIVE, Format::KerasArchive),
        (NAMELESS, Format::KerasArchive),
        (WHOLE, Format::KerasH5),
    ] {
        let file = read(bytes).unwrap();
        assert_eq!(file.format, format);
        assert_eq!(file.weights, expected());
        assert!(file.skipped.is_empty(), "{:?}", file.skipped);
    }
    // Without a description nobody knows what a norm of three variables lacks.
    let mut expected = expected();
    for (layer, variables) in [
        ("conv1_bn", ["gamma", "moving_mean", "moving_variance"]),
        ("inner_bn", ["beta", "moving_mean", "moving_variance"]),
    ] {
        for (number, variable) in variables.into_iter().enumerate() {
            let tensor = expected.tensors.remove(&format!("{layer}/{variable}"));
            expected
                .tensors
                .insert(format!("{layer}/{number}"), tensor.expect("a tensor"));
        }
    }
    assert_eq!(read(WEIGHTS).unwrap().weights, expected);
}

#[test]
fn old_names_are_those_of_today() {
    let file = read(OLD).unwrap();
    let found: Vec<(&str, &[f32])> = (file.weights.tensors.iter())
        .map(|(name, tensor)| (name.as_str(), &tensor.values[..]))
        .collect();
    assert_eq!(
        found,
        [
            ("bn_conv1/gamma", &[1.0, 2.0, 3.0][..]),
            ("bn_conv1/moving_variance", &[4.0, 5.0, 6.0]),
            ("conv1_conv/kernel", &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
        ]
    );
}

#[test]
fn damage_is_an_error_and_names_the_format() {
    let refusal = |bytes: &[u8]| {
        let path = Path::new("model.h5");
        let error = Weights::from_bytes(bytes, path).unwrap_err();
        error.to_string()
    };
    for cut in [9, 100, WHOLE.len() / 2, WHOLE.len() - 1] {
        let refusal = refusal(&WHOLE[..cut]);
        assert!(
            refusal.contains("not a whole Keras (HDF5) file"),
            "{refusal}"
        );
    }
    let cut = refusal(&ARCHIVE[..ARCHIVE.len() / 2]);
    assert!(cut.contains("not a whole Keras (.keras) file"), "{cut}");
    // A layer that is named and not there.
    let mut bytes = OLD.to_vec();
    let place = bytes
        .windows(8)
        .position(|w| w == b"bn_conv1")
        .expect("its name");
    bytes[place] = b'x';
    let lost = refusal(&bytes);
    assert!(lost.contains("is named, but"), "{lost}");
    // Damage anywhere gives an error or other numbers.
    for whole in [WHOLE, WEIGHTS, OLD, ARCHIVE] {
        for place in (0..whole.len()).step_by(31) {
            let mut bytes = whole.to_vec();
            bytes[place] = !bytes[place];
            if let Ok(file) = read(&bytes) {
                for tensor in file.weights.tensors.values() {
                    assert_eq!(tensor.values.len(), tensor.shape.iter().product::<usize>());
                }
            }
        }
    }
}
