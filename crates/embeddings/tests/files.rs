//! Files as numpy writes them, and files that lie.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Cursor, Write};
use std::path::Path;

use embeddings::{Asked, parse};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let mut file = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    file.extend(format!("{header:117}\n").bytes());
    file.extend(data);
    file
}

fn npz(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in members {
        let options = SimpleFileOptions::default();
        archive.start_file(format!("{name}.npy"), options).unwrap();
        archive.write_all(data).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn singles(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

#[test]
fn layers_of_an_archive_are_its_matrices_with_a_row_a_name() {
    let ids = ("ids", npy("|S1", "(2,)", b"ab"));
    let archive = npz(&[
        ("labels", npy("|u1", "(2,)", &[0, 1])),
        (
            "late",
            npy("<f4", "(2, 2)", &singles(&[1.0, 2.0, 3.0, 4.0])),
        ),
        ids.clone(),
        ("early", npy("<f4", "(2, 1)", &singles(&[5.0, 6.0]))),
    ]);
    let read = |asked| parse(Path::new("f.npz"), &archive, &asked);
    let file = read(Asked::default()).unwrap();
    let names: Vec<&str> = file.layers.iter().map(|layer| &*layer.name).collect();
    assert_eq!(
        (names, file.ids),
        (vec!["late", "early"], vec!["a".into(), "b".into()])
    );
    let only = |layer: &str| Asked {
        layers: Some(vec![layer.into()]),
        ..Asked::default()
    };
    assert_eq!(read(only("early")).unwrap().layers[0].values, [5.0, 6.0]);
    for (layer, said) in [("labels", "[2, features]"), ("none", "an array `none`")] {
        let error = read(only(layer)).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }

    let refuse = |members: &[(&str, Vec<u8>)]| {
        let error = parse(Path::new("f.npz"), &npz(members), &Asked::default());
        error.expect_err("refused").to_string()
    };
    let layer = ("x", npy("<f4", "(2, 1)", &singles(&[5.0, 6.0])));
    assert!(refuse(std::slice::from_ref(&layer)).contains("`ids`"));
    assert!(refuse(std::slice::from_ref(&ids)).contains("[2, features]"));
    assert!(
        refuse(&[("ids", npy("|O", "(2,)", b"cos\nsystem")), layer.clone()]).contains("dtype=str")
    );
    assert!(refuse(&[("ids", npy("|S1", "(2,)", b"aa")), layer]).contains("\"a\" twice"));
    let holes = npy("<f4", "(2, 1)", &singles(&[5.0, f32::NAN]));
    assert!(refuse(&[ids.clone(), ("x", holes)]).contains("NaN for \"b\""));
    let liar = npy("<f4", "(2, 1000000000000)", &[]);
    assert!(refuse(&[ids, ("x", liar)]).contains("bytes"));
}

#[test]
fn bytes_of_any_kind_are_refused_without_a_panic() {
    let archive = npz(&[
        ("ids", npy("|S1", "(2,)", b"ab")),
        ("x", npy("<f4", "(2, 1)", &singles(&[5.0, 6.0]))),
    ]);
    for length in 0..archive.len() {
        assert!(parse(Path::new("f"), &archive[..length], &Asked::default()).is_err());
    }
    let mut changed = archive.clone();
    for (place, right) in archive.iter().enumerate() {
        changed[place] ^= 0x5a;
        let _ = parse(Path::new("f"), &changed, &Asked::default());
        changed[place] = *right;
    }
}
