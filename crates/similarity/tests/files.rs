//! Activations in files of anyone: the numbers that others wrote, in any layout, and files meant to
//! break a reader.
//!
//! The files in `golden` are from NumPy 2.4.6, PyTorch 2.14.1 and safetensors 0.8.0:
//! ```python
//! i, c, h, w = np.ogrid[:2, :2, :2, :4]
//! maps = (100 * i + 50 * c + 10 * h + w).astype("<f4")
//! arrays = {
//!     "half": maps.astype("<f2"), "big": maps.astype(">f8"), "byte": maps.astype("|u1"),
//!     "long": maps.astype("<i8"), "fortran": np.asfortranarray(maps),
//!     "nhwc": np.ascontiguousarray(maps.transpose(0, 2, 3, 1)),
//!     "nhwc-fortran": np.asfortranarray(maps.transpose(0, 2, 3, 1)),
//! }
//! np.savez("maps.npz", **arrays)
//! np.savez_compressed("deflated.npz", **arrays)
//! np.save("fortran.npy", arrays["fortran"])
//! torch_maps = torch.from_numpy(maps)
//! save_file({"layer10.bf16": torch_maps.bfloat16(), "layer2.f16": torch_maps.half(),
//!            "layer2.f64": torch_maps.double(), "layer1.i32": torch_maps.int()}, "maps.safetensors")
//! ```

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::ops::Range;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use similarity::files::{ArraySet, Axes, FileError, Layer};
use similarity::{Activations as _, MapShape, Values};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn layer(set: &ArraySet, name: &str, axes: Axes) -> Layer {
    let array = set.entry(name).and_then(|entry| entry.open());
    Layer::new(array.expect("an array"), axes).expect("a layer")
}

fn read(layer: &Layer, range: Range<usize>) -> Values {
    let mut values = Values::Single(Vec::new());
    layer.read(range, &mut values).expect("values");
    values
}

fn doubles(values: &Values) -> Vec<f64> {
    match values {
        Values::Single(values) => values.iter().copied().map(f64::from).collect(),
        Values::Double(values) => values.clone(),
    }
}

/// The golden maps of the images of `range`, `[images, height, width, channels]`.
fn expected(range: Range<usize>) -> Vec<f64> {
    let mut values = Vec::new();
    for image in range {
        for place in 0..8 {
            for channel in 0..2 {
                values.push((100 * image + 50 * channel + 10 * (place / 4) + place % 4) as f64);
            }
        }
    }
    values
}

#[test]
fn numbers_are_those_that_numpy_and_torch_wrote() {
    let shape = MapShape {
        images: 2,
        height: 2,
        width: 4,
        channels: 2,
    };
    for file in [
        "maps.npz",
        "deflated.npz",
        "fortran.npy",
        "maps.safetensors",
    ] {
        let set = ArraySet::open(&golden(file)).unwrap();
        for entry in set.entries() {
            let axes = match entry.name.starts_with("nhwc") {
                true => Axes::Nhwc,
                false => Axes::Nchw,
            };
            let layer = layer(&set, &entry.name, axes);
            assert_eq!(layer.shape(), shape, "{}", entry.place());
            for range in [0..2, 1..2, 0..1, 1..1] {
                let values = read(&layer, range.clone());
                assert_eq!(doubles(&values), expected(range), "{}", entry.place());
                let is_double = matches!(values, Values::Double(_));
                let is_wide = ["big", "long", "layer2.f64", "layer1.i32"].contains(&&*entry.name);
                assert_eq!(is_double, is_wide, "{}", entry.place());
            }
        }
    }
    let names = |file| {
        let set = ArraySet::open(&golden(file)).unwrap();
        let names = set.entries().iter().map(|entry| entry.name.clone());
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        names("maps.npz"),
        "half big byte long fortran nhwc nhwc-fortran"
    );
    assert_eq!(
        names("maps.safetensors"),
        "layer1.i32 layer2.f16 layer2.f64 layer10.bf16"
    );
    assert_eq!(names("fortran.npy"), "fortran");
}

fn npy(descr: &str, is_fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let order = if is_fortran { "True" } else { "False" };
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// The bytes of an array of `shape` whose value at each index `value` says, in either order.
fn stored(shape: &[usize], is_fortran: bool, value: impl Fn(&[usize]) -> f32) -> Vec<u8> {
    let count: usize = shape.iter().product();
    let mut data = vec![0; 4 * count];
    for place in 0..count {
        let mut index = vec![0; shape.len()];
        let mut rest = place;
        for turn in 0..shape.len() {
            let axis = if is_fortran {
                turn
            } else {
                shape.len() - 1 - turn
            };
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        data[4 * place..4 * place + 4].copy_from_slice(&value(&index).to_le_bytes());
    }
    let extents: Vec<String> = shape.iter().map(usize::to_string).collect();
    npy(
        "<f4",
        is_fortran,
        &format!("({},)", extents.join(", ")),
        &data,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the layout, the same activations are read, whole or by stretches of images, and
    /// stretches of features together are all features, in one order.
    #[test]
    fn every_layout_reads_the_same(
        (n, h, w, c) in prop_oneof![
            (1usize..9, 1usize..6, 1usize..6, 1usize..40),
            (30usize..70, Just(1), Just(1), 1usize..200),
            (1usize..4, Just(1), Just(1), 4000usize..9000),
        ],
        cut in 0.0f64..1.0,
    ) {
        let shape = MapShape { images: n, height: h, width: w, channels: c };
        let value = |i: usize, y: usize, x: usize, k: usize| (((i * h + y) * w + x) * c + k) as f32;
        let everything: Vec<f64> = (0..n * h * w * c).map(|place| place as f64).collect();
        let middle = (cut * n as f64) as usize;
        for axes in Axes::ALL {
            if (h > 1 && axes == Axes::Ntc) || (h * w > 1 && axes.count() == 2) {
                continue;
            }
            for is_fortran in [false, true] {
                let bytes = match axes {
                    Axes::Nchw => stored(&[n, c, h, w], is_fortran, |i| value(i[0], i[2], i[3], i[1])),
                    Axes::Nhwc => stored(&[n, h, w, c], is_fortran, |i| value(i[0], i[1], i[2], i[3])),
                    Axes::Ntc => stored(&[n, w, c], is_fortran, |i| value(i[0], 0, i[1], i[2])),
                    Axes::Nc => stored(&[n, c], is_fortran, |i| value(i[0], 0, 0, i[1])),
                    Axes::Cn => stored(&[c, n], is_fortran, |i| value(i[1], 0, 0, i[0])),
                };
                let set = ArraySet::from_bytes("x", bytes).unwrap();
                let layer = layer(&set, "x", axes);
                prop_assert_eq!(layer.shape(), shape);
                let mut found = doubles(&read(&layer, 0..middle));
                found.extend(doubles(&read(&layer, middle..n)));
                prop_assert_eq!(&found, &everything, "{} {}", axes, is_fortran);

                let features = shape.features();
                let edge = (cut * features as f64) as usize;
                let mut rows = vec![Vec::new(); n];
                let mut values = Values::Double(Vec::new());
                for range in [0..edge, edge..features] {
                    layer.read_features(0..n, range.clone(), &mut values).unwrap();
                    let values = doubles(&values);
                    prop_assert_eq!(values.len(), n * range.len());
                    for (row, part) in rows.iter_mut().zip(values.chunks(range.len().max(1))) {
                        row.extend_from_slice(part);
                    }
                }
                let order: Vec<f64> = rows[0].clone();
                for (image, row) in rows.iter().enumerate() {
                    let shifted: Vec<f64> = order.iter().map(|v| v + (image * features) as f64).collect();
                    prop_assert_eq!(row, &shifted);
                }
                let mut sorted = order;
                sorted.sort_by(f64::total_cmp);
                prop_assert_eq!(sorted.as_slice(), &everything[..features]);
            }
        }
    }
}

fn error(bytes: Vec<u8>) -> String {
    let opened = ArraySet::from_bytes("x", bytes).and_then(|set| set.entries()[0].open());
    opened.expect_err("a refused file").to_string()
}

fn zip(method: zip::CompressionMethod, members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn safetensors(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

#[test]
fn files_that_lie_are_refused_with_what_was_expected_and_found() {
    let deflated = zip::CompressionMethod::Deflated;
    let good = || npy("<f4", false, "(2, 2)", &[0; 16]);
    let huge = "(4294967296, 4294967296, 4)";
    let tensor = |shape: &str, end: usize| {
        format!(r#"{{"t":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{end}]}}}}"#)
    };
    let cases = [
        (vec![], "found an empty file"),
        (b"\x80\x02}q\x00".to_vec(), "starts with the bytes [80, 02"),
        (
            npy("<f4", false, "(2, 2)", &[0; 15]),
            "expected 16 bytes of elements for float32 [2, 2], found 15 bytes",
        ),
        (npy("<f4", false, "(2, 2)", &[0; 17]), "found 17 bytes"),
        (
            npy("<f4", false, huge, &[]),
            "expected a shape within the address space",
        ),
        (npy("|O", false, "(2, 2)", &[0; 16]), "found `|O`"),
        (npy("<c8", false, "(2, 2)", &[0; 32]), "found `<c8`"),
        (
            npy("<f4", false, "(-2, 2)", &[]),
            "expected a shape such as (2, 3)",
        ),
        (good()[..40].to_vec(), "expected a .npy header"),
        (zip(deflated, &[]), "x holds no arrays"),
        (
            zip(deflated, &[("data.pkl", vec![0; 9])]),
            "x holds no arrays",
        ),
        (
            zip(deflated, &[("a.npy", good()[..40].to_vec())]),
            "x, a: expected a .npy header",
        ),
        (
            zip(
                deflated,
                &[("a.npy", npy("<f4", false, "(2, 2)", &[0; 15]))],
            ),
            "x, a: expected 16 bytes of elements",
        ),
        (
            zip(deflated, &[("a.npy", npy("<f4", false, huge, &[0; 15]))]),
            "x, a: expected at most",
        ),
        (
            zip(
                zip::CompressionMethod::Stored,
                &[("a.npy", npy("<f4", false, huge, &[]))],
            ),
            "x, a: expected a shape",
        ),
        (
            zip(deflated, &[("a.npy", good())])[..90].to_vec(),
            "expected a whole .npz archive",
        ),
        (
            safetensors(&tensor("[2,2]", 16), &[0; 12]),
            "12 bytes of data; the file is cut off",
        ),
        (
            safetensors(&tensor("[2,2]", 12), &[0; 12]),
            "expected a .safetensors header",
        ),
        (
            safetensors(&tensor("[4294967296,4294967296,4]", 16), &[0; 16]),
            "expected a .safetensors header",
        ),
        (
            safetensors("{\"t\":", &[]),
            "expected a .safetensors header",
        ),
        (
            safetensors(
                r#"{"t":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}"#,
                &[0; 4],
            ),
            "x holds only t (F8_E4M3)",
        ),
        (
            [u64::MAX.to_le_bytes().as_slice(), b"{}"].concat(),
            "expected a header of at most",
        ),
    ];
    for (bytes, expected) in cases {
        let error = error(bytes);
        assert!(error.contains(expected), "`{expected}` is not in: {error}");
    }
    let set = ArraySet::from_bytes("x", zip(deflated, &[("a.npy", good())])).unwrap();
    let error = set.entry("b").expect_err("no such array");
    assert!(matches!(error, FileError::UnknownArray { ref names, .. } if names == &["a"]));
    assert_eq!(error.to_string(), "x has no array `b`; its arrays are a");
}

/// A member whose central directory declares fewer bytes than it inflates to.
#[test]
fn a_member_that_inflates_to_more_than_it_declares_is_refused() {
    let member = npy("<f4", false, "(2, 2)", &[0; 16]);
    let declared = (member.len() as u32).to_le_bytes();
    let mut bomb = member.clone();
    bomb.resize(1 << 20, 0);
    let found = (bomb.len() as u32).to_le_bytes();
    let mut archive = zip(zip::CompressionMethod::Deflated, &[("a.npy", bomb)]);
    while let Some(place) = archive.windows(4).position(|bytes| bytes == found) {
        archive[place..place + 4].copy_from_slice(&declared);
    }
    let error = error(archive);
    assert!(error.contains("x, a: expected"), "{error}");
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    std::fs::write(&path, npy("<f4", false, "(4, 1000)", &[0; 16_000])).unwrap();
    let set = ArraySet::open(&path).unwrap();
    let layer = layer(&set, "x", Axes::Nc);
    read(&layer, 0..4);
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(9_000).unwrap();
    let mut values = Values::Single(Vec::new());
    let error = layer.read(0..4, &mut values).expect_err("a shortened file");
    assert!(
        error.to_string().contains("x.npy: the file was shortened"),
        "{error}"
    );
    let error = layer
        .read(3..5, &mut values)
        .expect_err("images beyond the end");
    assert!(error.to_string().contains("images 3..5"), "{error}");
}

#[test]
fn a_folder_is_a_list_of_layers_in_natural_order() {
    let folder = tempfile::tempdir().unwrap();
    let one = |data: u8| npy("|u1", false, "(1, 2)", &[data; 2]);
    for (name, bytes) in [
        ("layer10.npy", one(10)),
        ("layer2.npy", one(2)),
        ("notes.txt", b"not an array".to_vec()),
        (
            "head.npz",
            zip(zip::CompressionMethod::Stored, &[("arr_0.npy", one(3))]),
        ),
        (
            "two.npz",
            zip(
                zip::CompressionMethod::Stored,
                &[("b.npy", one(4)), ("a.npy", one(5))],
            ),
        ),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let set = ArraySet::open(folder.path()).unwrap();
    let names: Vec<&str> = set
        .entries()
        .iter()
        .map(|entry| entry.name.as_str())
        .collect();
    assert_eq!(names, ["head", "layer2", "layer10", "two/b", "two/a"]);
    let layer = layer(&set, "two/a", Axes::Nc);
    assert_eq!(doubles(&read(&layer, 0..1)), [5.0, 5.0]);
    std::fs::write(folder.path().join("broken.npy"), b"junk").unwrap();
    let error = ArraySet::open(folder.path()).expect_err("a broken file");
    assert!(
        error
            .to_string()
            .contains("broken.npy: expected a .npy, .npz"),
        "{error}"
    );
}

/// Archives often hold names of images beside the activations.
#[test]
fn texts_beside_arrays_are_left_out_and_told() {
    let names = npy("<U3", false, "(2,)", &[0; 24]);
    let array = npy("<f4", false, "(2, 2)", &[0; 16]);
    let stored = zip::CompressionMethod::Stored;
    let both = [("names.npy", names.clone()), ("x.npy", array)];
    let set = ArraySet::from_bytes("a", zip(stored, &both)).unwrap();
    assert_eq!(set.unread(), ["names (`<U3`)"]);
    assert!(set.entry("x").unwrap().open().is_ok());
    assert!(set.entry("names").is_err());
    let alone = zip(stored, &[("names.npy", names)]);
    assert!(error(alone).contains("only names (`<U3`)"));
}
