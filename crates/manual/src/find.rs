//! From a dotted key to its place in the table.

use crate::key::Key;
use crate::key::Shape;
use crate::tables::STUDY;

/// What a dotted key leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found {
    /// A key, with the page of the nearest key above that has one.
    Key(&'static Key, &'static str),
    /// A name of one's own in a table of such: the key above, and what the name may have.
    Own(&'static Key, &'static Shape, &'static str),
}

/// What `names`, from the file's top, lead to; else how many of them do, and the keys there.
pub(crate) fn find(names: &[&str]) -> Result<Found, (usize, Vec<&'static Key>)> {
    let mut here: Vec<&'static Key> = STUDY.iter().collect();
    let mut own: Option<(&'static Key, &'static Shape)> = None;
    let mut found = None;
    let mut page = "";
    for (depth, name) in names.iter().enumerate() {
        if let Some((key, shape)) = own.take() {
            found = Some(Found::Own(key, shape, page));
            (here, own) = below(key, shape);
            continue;
        }
        let Some(key) = here.iter().find(|key| key.name == *name).copied() else {
            return Err((depth, here));
        };
        page = if key.page.is_empty() { page } else { key.page };
        found = Some(Found::Key(key, page));
        (here, own) = below(key, &key.shape);
    }
    found.ok_or((0, here))
}

/// The keys that a value may have, or what a name of its own may.
fn below(
    key: &'static Key,
    shape: &'static Shape,
) -> (Vec<&'static Key>, Option<(&'static Key, &'static Shape)>) {
    match shape {
        Shape::Table(keys) => (keys.iter().collect(), None),
        Shape::Map(of) => (Vec::new(), Some((key, of))),
        Shape::List(of, _) => below(key, of),
        Shape::OneOf(all) => {
            let (mut keys, mut own) = (Vec::new(), None);
            for one in *all {
                let (more, named) = below(key, one);
                keys.extend(more);
                own = own.or(named);
            }
            (keys, own)
        }
        Shape::Tuple(_)
        | Shape::Text(_)
        | Shape::Like(..)
        | Shape::Whole(_)
        | Shape::Number(_)
        | Shape::Flag
        | Shape::Words(_) => (Vec::new(), None),
    }
}
