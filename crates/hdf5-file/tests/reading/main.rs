//! Reading HDF5 files, whole, damaged and hostile. `files/make.py` wrote them.

mod hostile;

use hdf5_file::{File, Hdf5Error, Object};

const EARLIEST: &[u8] = include_bytes!("files/earliest.h5");
const V110: &[u8] = include_bytes!("files/v110.h5");
const LATEST: &[u8] = include_bytes!("files/latest.h5");

fn row() -> Vec<f32> {
    (0..30).map(|i| i as f32 - 2.5).collect()
}

fn values(root: &Object, path: &str) -> Result<(Vec<u64>, Vec<f32>), Hdf5Error> {
    let object = root.find(path)?.expect(path);
    let dataset = object.dataset()?;
    Ok((dataset.shape().to_vec(), dataset.values()?))
}

#[test]
fn arrays_of_every_form_have_their_values() {
    for (file, paths) in [
        (
            EARLIEST,
            &[
                "f32",
                "big",
                "chunks",
                "packed",
                "checked",
                "again",
                "group/root/f32",
                "links/f32",
            ][..],
        ),
        (V110, &["f32", "alone", "table", "plain table"]),
        (LATEST, &["f32", "alone", "table", "plain table"]),
    ] {
        let file = File::open(file).unwrap();
        let root = file.root().unwrap();
        for path in paths {
            assert_eq!(values(&root, path), Ok((vec![5, 6], row())), "{path}");
        }
        let first = row()[..6].to_vec();
        assert_eq!(values(&root, "group/inner/f32"), Ok((vec![6], first)));
    }
    let file = File::open(EARLIEST).unwrap();
    let root = file.root().unwrap();
    let of = |path: &str| values(&root, path).expect(path).1;
    assert_eq!(of("f16"), row());
    let thirds: Vec<f32> = row().iter().map(|x| (f64::from(*x) / 3.0) as f32).collect();
    assert_eq!(of("f64"), thirds);
    assert_eq!(of("big64"), thirds);
    assert_eq!(values(&root, "scalar"), Ok((vec![], vec![7.0])));
    assert_eq!(values(&root, "none"), Ok((vec![0, 3], vec![])));
    let cube: Vec<f32> = (0..60).map(|i| i as f32).collect();
    assert_eq!(values(&root, "cube"), Ok((vec![3, 4, 5], cube)));
    assert_eq!(of("unwritten"), [1.5; 33]);
    let mut partly = [-1.0; 16];
    [8, 9, 12, 13].into_iter().for_each(|i| partly[i] = 9.0);
    assert_eq!(of("partly"), partly);
    assert_eq!(of("brain"), [-640.0, -384.0, -128.0, 128.0, 384.0, 640.0]);
}

#[test]
fn groups_tell_their_members_and_their_texts() {
    let file = File::open(EARLIEST).unwrap();
    let root = file.root().unwrap();
    let many = root.find("many").unwrap().expect("a group");
    let children = many.children().unwrap();
    assert_eq!(children.len(), 40);
    for (number, (name, child)) in children.iter().enumerate() {
        assert_eq!(*name, format!("{number:02}"));
        let dataset = many.open(*child).unwrap();
        assert_eq!(dataset.dataset().unwrap().values(), Ok(vec![number as f32]));
    }
    // Links by a path are no members.
    let names = root.children().unwrap();
    assert!(!names.contains_key("soft"));
    let links = root.find("links").unwrap().expect("a group");
    let links: Vec<String> = links.children().unwrap().into_keys().collect();
    assert_eq!(links, ["f32"]);
    assert!(root.find("group/nothing").unwrap().is_none());
    assert!(root.find("f32/nothing").unwrap().is_none());
    for file in [EARLIEST, V110, LATEST] {
        let file = File::open(file).unwrap();
        let group = file
            .root()
            .unwrap()
            .find("group")
            .unwrap()
            .expect("a group");
        assert!(group.is_group());
        let texts = |name: &str| group.texts(name).unwrap();
        let owned = |texts: &[&str]| Some(texts.iter().map(|text| text.to_string()).collect());
        assert_eq!(texts("names"), owned(&["conv1", "bn_conv1", ""]));
        assert_eq!(texts("text"), owned(&["of any length ä"]));
        assert_eq!(texts("absent"), None);
    }
    let group = root.find("group").unwrap().expect("a group");
    assert_eq!(group.texts("texts").unwrap().unwrap(), ["one", "", "three"]);
    assert_eq!(group.texts("bytes").unwrap().unwrap(), ["fixed"]);
    assert_eq!(group.texts("empty").unwrap().unwrap(), [""; 0]);
    assert_eq!(group.texts("number").unwrap(), None);
    let inside = group.find("root").unwrap().expect("a group");
    assert_eq!(inside.address(), root.address());
}

#[test]
fn what_is_not_read_is_told() {
    let refused = |file: &[u8], path: &str| {
        let file = File::open(file).unwrap();
        let refused = values(&file.root().unwrap(), path);
        refused.expect_err(path).to_string()
    };
    let lzf = refused(EARLIEST, "lzf");
    assert!(
        lzf.contains("filter 32000 (LZF)") && lzf.contains("write the file again"),
        "{lzf}"
    );
    let whole = refused(EARLIEST, "whole numbers");
    assert!(whole.contains("whole numbers of 8 bytes"), "{whole}");
    assert!(refused(EARLIEST, "group").contains("without a type"));
    assert!(refused(LATEST, "growing").contains("can grow"));
    assert!(refused(LATEST, "many/1").contains("libver \"latest\""));
    // A download that stopped.
    let cut = File::open(&EARLIEST[..EARLIEST.len() - 1]).unwrap_err();
    assert!(cut.to_string().contains("the file ends after"), "{cut}");
}
