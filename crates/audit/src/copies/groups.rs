//! Pictures that belong together, two or more at a time.

use crate::subject::Subject;
use images::Label;

/// Pictures that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// Their indices, ascending; at least two.
    pub(crate) members: Vec<u32>,
    /// Two pictures by which it hangs together, to be shown first; none where all are equal.
    pub(crate) links: Vec<[u32; 2]>,
}

/// The groups of `pictures` with equal keys, by their first picture.
pub(crate) fn equal<K: Ord>(pictures: &[u32], key: impl Fn(u32) -> K) -> Vec<Group> {
    let mut keyed: Vec<(K, u32)> = pictures.iter().map(|&p| (key(p), p)).collect();
    keyed.sort_unstable();
    let runs = keyed
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|run| run.len() > 1);
    let mut groups: Vec<Group> = runs
        .map(|run| Group {
            members: run.iter().map(|(_, picture)| *picture).collect(),
            links: Vec::new(),
        })
        .collect();
    groups.sort_unstable_by_key(|group| group.members[0]);
    groups
}

impl Group {
    /// Whether its pictures lie in two parts or more.
    pub(crate) fn spans_parts(&self, subject: &Subject) -> bool {
        let part = |&m: &u32| subject.pictures[m as usize].part;
        self.members
            .iter()
            .any(|m| part(m) != part(&self.members[0]))
    }

    /// Whether two of its pictures have labels that contradict; what is unknown contradicts
    /// nothing.
    pub(crate) fn labels_differ(&self, subject: &Subject) -> bool {
        let label = |m: &u32| &subject.pictures[*m as usize].label;
        let mut known: Vec<Option<bool>> = Vec::new();
        for member in &self.members {
            match (label(member), label(&self.members[0])) {
                (Label::Findings(findings), _) => {
                    known.resize(findings.len().max(known.len()), None);
                    for (known, finding) in known.iter_mut().zip(findings) {
                        match (*known, *finding) {
                            (Some(a), Some(b)) if a != b => return true,
                            (None, found) => *known = found,
                            _ => {}
                        }
                    }
                }
                (own, first) if own != first => return true,
                _ => {}
            }
        }
        false
    }

    /// Whether all its pictures are known to be of one patient.
    pub(crate) fn one_patient(&self, subject: &Subject) -> bool {
        let patient = |m: &u32| subject.pictures[*m as usize].patient.as_ref();
        let first = patient(&self.members[0]);
        first.is_some() && self.members.iter().all(|m| patient(m) == first)
    }

    /// Its pictures, two first that differ in `trait_of` and, where there are such, are linked.
    pub(crate) fn telling_first<K: PartialEq>(&self, trait_of: impl Fn(u32) -> K) -> Vec<u32> {
        let linked = self.links.iter().copied();
        let first = self.members[0];
        let any = self.members[1..].iter().map(|&other| [first, other]);
        let telling = linked
            .chain(any)
            .find(|[a, b]| trait_of(*a) != trait_of(*b));
        let [a, b] = telling
            .or_else(|| self.links.first().copied())
            .unwrap_or([first, self.members[1]]);
        let rest = self.members.iter().copied().filter(|&m| m != a && m != b);
        [a, b].into_iter().chain(rest).collect()
    }
}
