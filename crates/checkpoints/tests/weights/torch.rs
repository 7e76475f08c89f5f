//! PyTorch checkpoints, written by PyTorch 2.15 with this script:
//! ```python
//! import collections, torch
//!
//! row = torch.arange(6.0)                                   # 0 1 2 3 4 5
//! state = collections.OrderedDict()
//! state["module.f32"] = row.reshape(2, 3) - 2.5
//! state["module.f16"] = row.half() / 4
//! state["module.bf16"] = row.bfloat16() * 256
//! state["module.f64"] = row.double() / 3
//! state["module.turned"] = row.reshape(2, 3).t()             # strides 1, 3
//! state["module.part"] = row[3:5]                            # shares with `turned`
//! state["module.parameter"] = torch.nn.Parameter(torch.tensor(7.0))
//! state["module.empty"] = torch.zeros(0, 3)
//! state["module.bn.num_batches_tracked"] = torch.tensor(9)
//! state._metadata = collections.OrderedDict(version=1)       # written with BUILD
//! other = {"f32": torch.zeros(1)}
//! checkpoint = {"epoch": 3, "loss": 0.5, "size": row.shape, "model_ema": other, "model": state,
//!               "optimizer": {"state": {0: {"step": torch.tensor(1), "u": torch.zeros(2, dtype=torch.uint16)}}}}
//! torch.save(checkpoint, "zip.pt")
//! torch.save(state, "legacy.pt", _use_new_zipfile_serialization=False)
//! ```

use checkpoints::{Format, HostTensor, Weights};

use crate::{read, refusal};

pub(crate) const ZIP: &[u8] = include_bytes!("checkpoints/zip.pt");
pub(crate) const LEGACY: &[u8] = include_bytes!("checkpoints/legacy.pt");

/// Names are those of the file: what stands before them is found where they are given to a network.
fn expected() -> Weights {
    let row = |value: fn(f32) -> f32| (0..6).map(|i| value(i as f32)).collect::<Vec<f32>>();
    let tensor = |name: &str, shape: &[usize], values: Vec<f32>| {
        let shape = shape.to_vec();
        (name.to_string(), HostTensor { shape, values })
    };
    let thirds = (0..6).map(|i| (f64::from(i) / 3.0) as f32).collect();
    Weights {
        tensors: [
            tensor("module.f32", &[2, 3], row(|i| i - 2.5)),
            tensor("module.f16", &[6], row(|i| i / 4.0)),
            tensor("module.bf16", &[6], row(|i| i * 256.0)),
            tensor("module.f64", &[6], thirds),
            tensor("module.turned", &[3, 2], vec![0.0, 3.0, 1.0, 4.0, 2.0, 5.0]),
            tensor("module.part", &[2], vec![3.0, 4.0]),
            tensor("module.parameter", &[], vec![7.0]),
            tensor("module.empty", &[0, 3], vec![]),
        ]
        .into(),
    }
}

#[test]
fn both_containers_give_the_tensors_of_the_state_dict() {
    let zip = read(ZIP).unwrap();
    assert_eq!(zip.format, Format::TorchZip);
    assert_eq!(zip.weights, expected());
    assert!(zip.metadata.is_empty());
    let legacy = read(LEGACY).unwrap();
    assert_eq!(legacy.format, Format::TorchLegacy);
    assert_eq!(legacy.weights, expected());
}

#[test]
fn storages_are_checked_against_their_checksums() {
    let mut bytes = ZIP.to_vec();
    let value = 1.5f32.to_le_bytes();
    let place = bytes.windows(4).position(|w| w == value).unwrap();
    bytes[place] ^= 1;
    let refusal = refusal(&bytes);
    assert!(refusal.contains("checksum"), "{refusal}");
}

#[test]
fn other_formats_are_named_as_such() {
    for bytes in [&b"CDF\x01............"[..], b"", b"\x80\x02]."] {
        let refusal = refusal(bytes);
        assert!(refusal.contains("in no format that is read"), "{refusal}");
    }
    let refusal = refusal(b"PK\x03\x04 and nothing more");
    assert!(refusal.contains("not a whole PyTorch (zip)"), "{refusal}");
}
