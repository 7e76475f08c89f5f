//! Files made to harm: code, announced sizes, damage.

use checkpoints::{HostTensor, Weights, WeightsError};
use proptest::prelude::*;

use crate::torch::{LEGACY, ZIP};
use crate::{read, refusal};

/// A legacy checkpoint whose object is this pickle, with `rest` behind it.
fn legacy(object: &[u8], rest: &[u8]) -> Vec<u8> {
    let magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
    let protocol = b"\x80\x02M\xe9\x03.";
    let system = b"\x80\x02}U\x0dlittle_endian\x88s.";
    [&magic[..], protocol, system, b"\x80\x02", object, rest].concat()
}

/// A checkpoint `{"w": tensor}` over a storage of four float32, 0 to 3; offset, shape and strides
/// are given as pickles.
fn tensor(offset: &[u8], shape: &[u8], stride: &[u8]) -> Vec<u8> {
    let object = [
        &b"}U\x01wctorch._utils\n_rebuild_tensor\n((U\x07storagectorch\nFloatStorage\n"[..],
        b"U\x010U\x03cpuK\x04tQ",
        offset,
        shape,
        stride,
        b"tRs.",
    ];
    let mut rest = b"\x80\x02]U\x010a.\x04\0\0\0\0\0\0\0".to_vec();
    rest.extend((0..4).flat_map(|i| (i as f32).to_le_bytes()));
    legacy(&object.concat(), &rest)
}

/// The same checkpoint with a whole tensor and more entries, given as keys, values and SETITEM.
fn tensor_and(entries: &[u8]) -> Vec<u8> {
    let whole = tensor(b"K\0", b"K\x04\x85", b"K\x01\x85");
    let place = whole
        .windows(4)
        .position(|w| w == b"tRs.")
        .expect("its end")
        + 3;
    [&whole[..place], entries, &whole[place..]].concat()
}

#[test]
fn code_is_never_run_and_named() {
    let cases: [(&[u8], &str); 10] = [
        // GLOBAL and REDUCE
        (b"cos\nsystem\nU\x02id\x85R.", "`os.system`"),
        (b"c__builtin__\neval\nU\x011\x85R.", "`__builtin__.eval`"),
        // STACK_GLOBAL
        (
            b"\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.",
            "`builtins.eval`",
        ),
        (b"\x8c\x02os\x8c\x06system\x93.", "`os.system`"),
        // INST, OBJ, NEWOBJ
        (b"(U\x02idios\nsystem\n.", "`os.system`"),
        (b"(cos\nsystem\nU\x02ido.", "`os.system`"),
        (
            b"csubprocess\nPopen\nU\x02id\x85\x81.",
            "`subprocess.Popen`",
        ),
        // BUILD, which would call __setstate__
        (b"cevil\nState\n)R}U\x04codeU\x02idsb.", "`evil.State`"),
        // Functions beside the allowed ones
        (b"ctorch\nload\nU\x01x\x85R.", "`torch.load`"),
        (
            b"ctorch._utils\n_import_dotted_name\n.",
            "`torch._utils._import_dotted_name`",
        ),
    ];
    for (object, name) in cases {
        let error = read(&legacy(object, b"\x80\x02].")).unwrap_err();
        assert!(matches!(error, WeightsError::Code { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains(&format!("an object of {name}")), "{text}");
        assert!(text.contains("nothing was run"), "{text}");
        assert!(text.contains("model.state_dict()"), "{text}");
        // Beside tensors it is passed over, and named.
        let beside = object.strip_suffix(b".").expect("its end");
        let beside = [&b"U\x05other"[..], beside, b"s"].concat();
        let file = tensor_and(&beside);
        let read = read(&file).expect("tensors beside it");
        assert_eq!(read.weights.tensors.len(), 1);
        let told = read.skipped.join("; ");
        assert!(
            told.contains(name) && told.contains("neither made nor run"),
            "{told}"
        );
    }
    // A tensor that only such code could make is none that may be missed.
    let quantised = b"U\x05otherctorch._utils\n_rebuild_qtensor\nK\x01\x85Rs";
    let refused = refusal(&tensor_and(quantised));
    assert!(
        refused.contains("`torch._utils._rebuild_qtensor`"),
        "{refused}"
    );
    // Allowed names are no way to call anything else.
    for object in [
        &b"ctorch\nFloatStorage\nK\x01\x85R."[..],
        b"ctorch\nfloat32\n)R.",
        b"ccollections\nOrderedDict\n)\x81.",
        b"\x82\x01.",
        b"U\x01xQ.",
        b"]}U\x04codeU\x02idsb.",
        b"ctorch\nFloatStorage\n}b.",
    ] {
        let error = read(&legacy(object, b"")).unwrap_err();
        assert!(matches!(error, WeightsError::Damaged { .. }), "{error}");
    }
}

#[test]
fn announced_lengths_cost_no_memory() {
    let ten = (10u64 << 30).to_le_bytes();
    for opcode in [0x8d, 0x8e, 0x96] {
        let object = [&[opcode][..], &ten, b"abc."].concat();
        assert!(refusal(&legacy(&object, b"")).contains("10737418240 bytes announced"));
    }
    for opcode in *b"XBT\x8b" {
        let object = [&[opcode][..], &[0xff; 4], b"abc."].concat();
        assert!(refusal(&legacy(&object, b"")).contains("4294967295 bytes announced"));
    }
    // A storage of 10 GiB, and a header of safetensors as long.
    let mut bytes = LEGACY.to_vec();
    let place = bytes.len() - 24 - 8;
    assert_eq!(bytes[place..place + 8], 6u64.to_le_bytes());
    bytes[place..place + 8].copy_from_slice(&ten);
    assert!(refusal(&bytes).contains("10737418240"));
    refusal(&[&ten[..], b"{"].concat());
}

#[test]
fn endless_pickles_are_cut_short() {
    let many = |item: &[u8]| refusal(&legacy(&item.repeat(1 << 22), b"."));
    assert!(many(b"N").contains("on the stack"));
    assert!(many(b"(").contains("open groups"));
    assert!(many(b"N0").contains("steps"));
    // A dict inside a dict inside a dict: no recursion anywhere.
    let nest = [
        &b"}U\x05model".repeat(100_000)[..],
        b"N",
        &b"s".repeat(100_000),
    ]
    .concat();
    assert!(refusal(&legacy(&[&nest[..], b"."].concat(), b"\x80\x02].")).contains("no state dict"));
    // One that holds itself.
    let own = b"}q\0U\x05modelh\0s.";
    assert!(refusal(&legacy(own, b"\x80\x02].")).contains("no state dict"));
}

#[test]
fn views_stay_inside_their_storages() {
    let shaped = |offset: u8, shape: [u8; 2], stride: [u8; 2]| {
        let pair = |[a, b]: [u8; 2]| [b'K', a, b'K', b, 0x86];
        tensor(&[b'K', offset], &pair(shape), &pair(stride))
    };
    let turned = &read(&shaped(0, [2, 2], [1, 2])).unwrap().weights.tensors["w"];
    assert_eq!(
        *turned,
        HostTensor {
            shape: vec![2, 2],
            values: vec![0.0, 2.0, 1.0, 3.0]
        }
    );
    for (offset, shape, stride) in [
        (1, [2, 2], [2, 1]),
        (0, [2, 3], [2, 1]),
        (0, [5, 1], [0, 0]),
        (0, [255, 255], [0, 0]),
        (4, [1, 1], [1, 1]),
    ] {
        let refusal = refusal(&shaped(offset, shape, stride));
        assert!(
            refusal.contains("`w`") && refusal.contains("outside its storage"),
            "{refusal}"
        );
    }
    // 2⁶² × 4 elements, whose count overflows; and a stride below 0.
    let large = b"\x8a\x08\0\0\0\0\0\0\0\x40";
    let overflow = [&large[..], b"K\x04\x86"].concat();
    assert!(refusal(&tensor(b"K\0", &overflow, b"K\0K\0\x86")).contains("outside its storage"));
    let negative = b"J\xff\xff\xff\xff\x85";
    assert!(refusal(&tensor(b"K\0", b"K\x02\x85", negative)).contains("at least 0"));
}

#[test]
fn sharing_does_not_multiply_memory() {
    let one = b"ctorch._utils\n_rebuild_tensor\nq\0((U\x07storagectorch\nFloatStorage\n\
                U\x010U\x03cpuK\x04tQq\x01K\0K\x04\x85K\x01\x85tR";
    let mut object = [&b"}U\x05firstname"[..8], &one[..], b"s"].concat();
    object[1..3].copy_from_slice(b"U\x05");
    for i in 0..20u8 {
        object.extend([b'U', 1, b'a' + i]);
        object.extend(b"h\0(h\x01K\0K\x04\x85K\x01\x85tRs");
    }
    object.push(b'.');
    let rest = [&b"\x80\x02]U\x010a.\x04\0\0\0\0\0\0\0"[..], &[0; 16]].concat();
    let refusal = refusal(&legacy(&object, &rest));
    assert!(
        refusal.contains("hold 84 numbers but their storages only 4"),
        "{refusal}"
    );
}

#[test]
fn names_are_unique_and_types_are_told() {
    let integer = b"}U\x01wctorch._utils\n_rebuild_tensor\n((U\x07storagectorch\nLongStorage\n\
                    U\x010U\x03cpuK\x01tQK\0))tRs.";
    let rest = [&b"\x80\x02]U\x010a.\x01\0\0\0\0\0\0\0"[..], &[0; 8]].concat();
    assert!(refusal(&legacy(integer, &rest)).contains("tensor `w` in file.pt has type int64"));
    let both = tensor(b"K\0", b"K\x04\x85", b"K\x01\x85");
    let place = both.windows(3).position(|w| w == b"tRs").unwrap();
    let entry = &both[both.windows(3).position(|w| w == b"U\x01w").unwrap()..place + 3];
    let twice = [&both[..place + 3], entry, &both[place + 3..]].concat();
    assert!(refusal(&twice).contains("two tensors `w`"));
}

#[test]
fn every_truncation_is_an_error() {
    for whole in [ZIP, LEGACY, &safetensors()] {
        for cut in 0..whole.len() {
            refusal(&whole[..cut]);
        }
    }
}

fn safetensors() -> Vec<u8> {
    read(LEGACY).expect("in order").weights.to_bytes(None)
}

proptest! {
    /// Damage gives an error or other numbers, never a panic.
    #[test]
    fn damage_never_panics(
        which in 0usize..3,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = [ZIP.to_vec(), LEGACY.to_vec(), safetensors()][which].clone();
        for (place, value) in flips {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(file) = read(&bytes) {
            for tensor in file.weights.tensors.values() {
                prop_assert_eq!(tensor.values.len(), tensor.shape.iter().product::<usize>());
            }
        }
    }

    /// Pickles of random opcodes, weighted towards those that a checkpoint has.
    #[test]
    fn random_pickles_never_panic(opcodes in prop::collection::vec(opcode(), 0..60)) {
        let object = opcodes.concat();
        read(&legacy(&object, b".\x80\x02]U\x010a.")).ok();
    }
}

fn opcode() -> impl Strategy<Value = Vec<u8>> {
    let fixed: Vec<&[u8]> = vec![
        b"(",
        b"0",
        b"1",
        b"2",
        b"N",
        b"\x88",
        b"K\x01",
        b"J\xff\xff\xff\xff",
        b"U\x010",
        b"]",
        b")",
        b"t",
        b"\x85",
        b"\x86",
        b"a",
        b"e",
        b"}",
        b"s",
        b"u",
        b"d",
        b"l",
        b"q\0",
        b"q\x01",
        b"h\0",
        b"h\x01",
        b"\x94",
        b"R",
        b"b",
        b"Q",
        b".",
        b"ccollections\nOrderedDict\n",
        b"ctorch._utils\n_rebuild_tensor_v2\n",
        b"ctorch\nFloatStorage\n",
        b"ctorch\nSize\n",
        b"(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x04tQ",
        b"K\0K\x02\x85K\x01\x85",
    ];
    prop_oneof![
        8 => prop::sample::select(fixed).prop_map(<[u8]>::to_vec),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ]
}

/// A zip whose members were compressed by someone else, and one that unpacks to too much.
#[test]
fn compressed_archives_are_read_within_bounds() {
    use std::io::Write as _;
    let written = |pickle: &[u8], storage: &[u8]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated);
        for (name, bytes) in [("a/data.pkl", pickle), ("a/data/0", storage)] {
            zip.start_file(name, options).expect("memory takes it");
            zip.write_all(bytes).expect("memory takes it");
        }
        zip.finish().expect("memory takes it").into_inner()
    };
    let pickle = |count: u32| {
        let mut pickle = b"\x80\x02}U\x01wctorch._utils\n_rebuild_tensor\n((U\x07storage\
                           ctorch\nFloatStorage\nU\x010U\x03cpu"
            .to_vec();
        let count = [&b"J"[..], &count.to_le_bytes()].concat();
        pickle.extend([&count[..], b"tQK\0", &count, b"\x85K\x01\x85tRs."].concat());
        pickle
    };
    let small = read(&written(&pickle(2), &[0; 8])).unwrap();
    assert_eq!(small.weights.tensors["w"].values, [0.0, 0.0]);
    let bomb = written(&pickle(4 << 20), &vec![0; 16 << 20]);
    assert!(bomb.len() < 32 << 10);
    assert!(refusal(&bomb).contains("expected at most"));
    // One that declares less than it holds.
    let mut liar = written(&pickle(2), &[0; 8]);
    let central = liar.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    liar[central + 24..central + 28].copy_from_slice(&4u32.to_le_bytes());
    refusal(&liar);
}

#[test]
fn empty_weights_are_not_made_up() {
    assert!(refusal(&legacy(b"}U\x05epochK\x03s.", b"\x80\x02].")).contains("`epoch` (an int)"));
    assert!(read(&Weights::default().to_bytes(None)).is_ok());
}
