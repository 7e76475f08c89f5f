//! Files made to harm: damage, circles, sizes that lie.

use hdf5_file::{File, Hdf5Error, Object};

use crate::{EARLIEST, LATEST, V110};

/// Reads all that can be reached within so many levels; what is refused is passed over.
fn read_all(bytes: &[u8]) -> usize {
    let mut values = 0;
    if let Ok(file) = File::open(bytes)
        && let Ok(root) = file.root()
    {
        let mut open = vec![(root, 0)];
        while let Some((object, depth)) = open.pop() {
            values += read_one(&object, &mut open, depth);
        }
    }
    values
}

fn read_one<'f, 'a>(
    object: &Object<'f, 'a>,
    open: &mut Vec<(Object<'f, 'a>, usize)>,
    depth: usize,
) -> usize {
    for name in ["names", "text", "texts", "bytes", "number"] {
        object.texts(name).ok();
    }
    if let (Ok(children), true) = (object.children(), depth < 4) {
        let opened = children
            .values()
            .filter_map(|child| object.open(*child).ok());
        open.extend(opened.map(|child| (child, depth + 1)));
    }
    let Ok(dataset) = object.dataset() else {
        return 0;
    };
    let Ok(values) = dataset.values() else {
        return 0;
    };
    assert_eq!(values.len() as u64, dataset.count());
    values.len()
}

/// Numbers that look random: the same ones every time.
struct Draws(u64);

impl Draws {
    fn next(&mut self, below: usize) -> usize {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

/// How many damaged files are read: `HDF5_DAMAGE` of them, where it is set.
fn many(usual: usize) -> usize {
    let stated = std::env::var("HDF5_DAMAGE").ok();
    stated.map_or(usual, |stated| stated.parse().expect("a number"))
}

#[test]
fn damage_never_panics() {
    for whole in [EARLIEST, V110, LATEST] {
        assert!(read_all(whole) > 120);
        let mut draws = Draws(0x9e37_79b9_7f4a_7c15);
        for _ in 0..many(1500) {
            let mut bytes = whole.to_vec();
            for _ in 0..=draws.next(4) {
                let place = draws.next(bytes.len());
                // Small numbers, the largest ones and single bits do most harm.
                bytes[place] = match draws.next(4) {
                    0 => 0xff,
                    1 => draws.next(4) as u8,
                    2 => bytes[place] ^ 1 << draws.next(8),
                    _ => draws.next(256) as u8,
                };
            }
            read_all(&bytes);
        }
    }
}

#[test]
fn every_truncation_is_an_error() {
    for whole in [EARLIEST, V110, LATEST] {
        for cut in 0..whole.len() {
            File::open(&whole[..cut]).expect_err("the file is cut short");
        }
        // Where the end is stated as what is left of it, too.
        let place = if whole[8] == 0 { 40 } else { 28 };
        for cut in (64..whole.len()).step_by(if std::env::var("HDF5_DAMAGE").is_ok() {
            1
        } else {
            41
        }) {
            let mut bytes = whole[..cut].to_vec();
            bytes[place..place + 8].copy_from_slice(&(cut as u64).to_le_bytes());
            read_all(&bytes);
        }
    }
}

/// The place of the only occurrence of some bytes.
fn place(bytes: &[u8], of: &[u8]) -> usize {
    let places = bytes.windows(of.len()).enumerate();
    let places: Vec<usize> = places
        .filter(|(_, window)| *window == of)
        .map(|(at, _)| at)
        .collect();
    let [place] = places[..] else {
        panic!("{of:?} is there at {places:?}");
    };
    place
}

fn refusal(bytes: &[u8], path: &str) -> Hdf5Error {
    let read = || {
        let file = File::open(bytes)?;
        let object = file.root()?.find(path)?.expect(path);
        object.dataset()?.values()
    };
    read().expect_err(path)
}

#[test]
fn announced_extents_cost_no_memory() {
    // The extents of `unwritten`, 3 × 11, and their bounds, which take no room in the file.
    let mut bytes = EARLIEST.to_vec();
    let extents = [3u64.to_le_bytes(), 11u64.to_le_bytes()].concat();
    let before = place(&bytes, &extents.repeat(2));
    let large = [(1u64 << 31).to_le_bytes(), 1u64.to_le_bytes()].concat();
    bytes[before..before + 16].copy_from_slice(&large);
    let error = refusal(&bytes, "unwritten");
    assert!(
        matches!(error, Hdf5Error::TooLarge { what: "data", .. }),
        "{error}"
    );
    let overflow = [(1u64 << 40).to_le_bytes(), (1u64 << 40).to_le_bytes()].concat();
    bytes[before..before + 16].copy_from_slice(&overflow);
    let error = refusal(&bytes, "unwritten");
    assert!(matches!(error, Hdf5Error::Damaged(_)), "{error}");
}

#[test]
fn circles_have_an_end() {
    // `group/root` is the root: the file has no end below it, and what is followed has one.
    let file = File::open(EARLIEST).unwrap();
    let mut path = String::new();
    let mut found = None;
    for _ in 0..100_000 {
        path.push_str("group/root/");
        if path.len() > 1 << 20 {
            found = file.root().unwrap().find(&path).err();
            break;
        }
    }
    let error = found.expect("a refusal");
    assert!(
        matches!(
            error,
            Hdf5Error::TooLarge {
                what: "structure",
                ..
            }
        ),
        "{error}"
    );
    // A header that is its own continuation.
    let mut bytes = LATEST.to_vec();
    let file = File::open(LATEST).unwrap();
    let root = file.root().unwrap().address() as usize;
    assert_eq!(&bytes[root..root + 4], b"OHDR");
    let place = (root..root + 400).find(|at| {
        // A continuation of 16 bytes.
        bytes[*at..*at + 3] == [0x10, 16, 0]
    });
    let at = place.expect("the root is continued") + 4 + 2 * usize::from(bytes[root + 5] & 4 != 0);
    let target = u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes")) as usize;
    let own = bytes[at - 4..at + 16].to_vec();
    bytes[target + 4..target + 24].copy_from_slice(&own);
    let file = File::open(&bytes).unwrap();
    assert!(file.root().is_err());
}
