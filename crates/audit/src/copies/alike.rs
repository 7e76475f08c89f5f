//! Pictures that look alike, found without comparing all with all.

use super::forest::Forest;
use super::groups::Group;
use super::standard::Standard;
use crate::subject::Subject;
use crate::traits::{BANDS, Look, bands, distance};

/// Pictures that come after one in the order of a band and are compared with it. So the work is
/// at most bands × neighbours comparisons a picture, also where a hostile set fills one bucket.
const NEIGHBOURS: usize = 32;
/// Bits of the hash, out of 256, in which copies differ at most: a picture cut by 2 % on each side
/// differs in up to 65.
const MOST_BITS: u32 = 80;

/// Pictures of the same pixels that are looked at for a pair that tells.
const SHOWN: usize = 8;

/// Likeness from which pictures are moved to fit each other: one cut by 2 % on each side is
/// above it.
const WORTH_ALIGNING: f32 = 0.75;
/// Times that a picture is fitted to others, for a bounded time on a hostile set.
const ALIGNMENTS: u8 = 32;

/// Groups of pictures that look alike, each by its first picture.
pub(crate) struct Alike {
    /// Copies.
    pub(crate) near: Vec<Group>,
    /// Pairs that are perhaps copies, and are in no group of copies together.
    pub(crate) perhaps: Vec<Group>,
    /// Mirror images that are in no group of copies together.
    pub(crate) mirrored: Vec<Group>,
    /// What was asked of them; none where no two pictures can be compared.
    pub(crate) standard: Option<Standard>,
}

impl Alike {
    /// Among the `decoded` pictures, those of a group of `equal` pixels being one.
    pub(crate) fn among(subject: &Subject, decoded: &[u32], equal: &[Group]) -> Self {
        let faces = Faces::of(subject, decoded, equal);
        if faces.looks.len() < 2 {
            return Self {
                near: Vec::new(),
                perhaps: Vec::new(),
                mirrored: Vec::new(),
                standard: None,
            };
        }
        let standard = Standard::of(&faces.looks);
        let mut search = Search::new(&faces.looks, standard);
        for band in 0..BANDS {
            search.compare_in(band);
        }
        let Search {
            mut near,
            mut perhaps,
            mut mirrored,
            ..
        } = search;
        let mut apart = |forest: &mut Forest| {
            forest.links.retain(|[a, b]| !near.joined(*a, *b));
            std::mem::take(&mut forest.links)
        };
        let (perhaps, mirrored) = (apart(&mut perhaps), apart(&mut mirrored));
        Self {
            near: faces.groups(&near.links),
            perhaps: faces.groups(&perhaps),
            mirrored: faces.groups(&mirrored),
            standard: Some(standard),
        }
    }
}

/// Pictures of distinct pixels that can be compared.
struct Faces<'a> {
    looks: Vec<&'a Look>,
    /// The pictures that have these pixels.
    pictures: Vec<Vec<u32>>,
}

impl<'a> Faces<'a> {
    fn of(subject: &'a Subject, decoded: &[u32], equal: &[Group]) -> Self {
        let mut stands_for: Vec<Option<Vec<u32>>> = vec![None; subject.pictures.len()];
        for picture in decoded {
            stands_for[*picture as usize] = Some(vec![*picture]);
        }
        for group in equal {
            for member in &group.members {
                stands_for[*member as usize] = None;
            }
            stands_for[group.members[0] as usize] = Some(group.members.clone());
        }
        let (mut looks, mut pictures) = (Vec::new(), Vec::new());
        for (picture, group) in stands_for.into_iter().enumerate() {
            let traits = subject.pictures[picture].traits.as_ref();
            if let (Some(group), Some(look)) = (group, traits.and_then(|t| t.look.as_ref())) {
                looks.push(look);
                pictures.push(group);
            }
        }
        Self { looks, pictures }
    }

    /// Pairs of pictures that have the faces of a link: a few, so that one of them may be in two
    /// parts.
    fn pairs(&self, [a, b]: [u32; 2]) -> impl Iterator<Item = [u32; 2]> {
        let (a, b) = (&self.pictures[a as usize], &self.pictures[b as usize]);
        let onward = b.iter().take(SHOWN).map(|&other| [a[0], other]);
        let back = a.iter().take(SHOWN).skip(1).map(|&other| [other, b[0]]);
        onward.chain(back)
    }

    /// What hangs together by `links` between faces, as groups of pictures.
    fn groups(&self, links: &[[u32; 2]]) -> Vec<Group> {
        let mut forest = Forest::new(self.looks.len());
        for &[a, b] in links {
            forest.join(a, b);
        }
        let mut linked: Vec<u32> = links.iter().flatten().copied().collect();
        linked.sort_unstable();
        linked.dedup();
        let mut by_root: Vec<(u32, u32)> =
            linked.into_iter().map(|f| (forest.root(f), f)).collect();
        by_root.sort_unstable();
        let mut links_by_root: Vec<(u32, [u32; 2])> = links
            .iter()
            .map(|&link| (forest.root(link[0]), link))
            .collect();
        links_by_root.sort_unstable();
        let links_of = links_by_root.chunk_by(|a, b| a.0 == b.0);
        let faces_of = by_root.chunk_by(|a, b| a.0 == b.0);
        let group = |(faces, links): (&[(u32, u32)], &[(u32, [u32; 2])])| {
            let pictures = faces
                .iter()
                .flat_map(|(_, face)| &self.pictures[*face as usize]);
            let mut members: Vec<u32> = pictures.copied().collect();
            members.sort_unstable();
            let links = links.iter().flat_map(|(_, link)| self.pairs(*link));
            Group {
                members,
                links: links.collect(),
            }
        };
        let mut groups: Vec<Group> = faces_of.zip(links_of).map(group).collect();
        groups.sort_unstable_by_key(|group| group.members[0]);
        groups
    }
}

struct Search<'a> {
    looks: &'a [&'a Look],
    standard: Standard,
    near: Forest,
    perhaps: Forest,
    mirrored: Forest,
    /// How often each was moved to fit another.
    alignments: Vec<u8>,
}

/// One picture, or its mirror image, in one band.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// The bits of the band, then those of the three bands after it: neighbours within a bucket
    /// that is too full to compare all are the likeliest.
    key: u64,
    face: u32,
    mirrored: bool,
}

impl<'a> Search<'a> {
    fn new(looks: &'a [&'a Look], standard: Standard) -> Self {
        let forest = || Forest::new(looks.len());
        Self {
            looks,
            standard,
            near: forest(),
            perhaps: forest(),
            mirrored: forest(),
            alignments: vec![0; looks.len()],
        }
    }

    /// Compares pictures with equal bits in one band.
    fn compare_in(&mut self, band: usize) {
        let mut entries = Vec::with_capacity(2 * self.looks.len());
        for (face, look) in self.looks.iter().enumerate() {
            for (mirrored, hash) in [(false, look.hash()), (true, look.mirrored_hash())] {
                let bands = bands(&hash);
                let key = (0..4).fold(0, |key, next| {
                    key << 16 | u64::from(bands[(band + next) % BANDS])
                });
                entries.push(Entry {
                    key,
                    face: face as u32,
                    mirrored,
                });
            }
        }
        entries.sort_unstable();
        for (at, first) in entries.iter().enumerate() {
            let bucket = entries[at + 1..]
                .iter()
                .take(NEIGHBOURS)
                .take_while(|other| other.key >> 48 == first.key >> 48);
            for second in bucket {
                self.compare(first, second);
            }
        }
    }

    fn compare(&mut self, first: &Entry, second: &Entry) {
        let (a, b) = (first.face, second.face);
        // Two mirror images are as alike as the pictures, which are compared themselves.
        if a == b || (first.mirrored && second.mirrored) || self.near.joined(a, b) {
            return;
        }
        let (one, two) = (self.looks[a as usize], self.looks[b as usize]);
        if first.mirrored != second.mirrored {
            let close = distance(&one.hash(), &two.mirrored_hash()) <= MOST_BITS;
            if close
                && !self.mirrored.joined(a, b)
                && one.mirror_likeness(two) >= self.standard.mirrored
            {
                self.mirrored.join(a, b);
            }
            return;
        }
        if distance(&one.hash(), &two.hash()) > MOST_BITS {
            return;
        }
        let mut likeness = one.likeness(two);
        if likeness >= WORTH_ALIGNING
            && likeness < self.standard.certain
            && self.alignments[a as usize] < ALIGNMENTS
        {
            self.alignments[a as usize] += 1;
            likeness = likeness.max(one.aligned_likeness(two));
        }
        if likeness >= self.standard.certain {
            self.near.join(a, b);
        } else if likeness >= self.standard.perhaps {
            self.perhaps.join(a, b);
        }
    }
}
