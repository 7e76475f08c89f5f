//! One key of the file, and what may be written for it: a table is a shape made of keys.

use std::fmt;

use study::{BOUNDS, Bound, Counted};

use crate::words::Words;

/// A key, as its table has it.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it means: a phrase without full stop.
    pub about: &'static str,
    /// What may be written.
    pub shape: Shape,
    /// What holds without it.
    pub without: Without,
    /// Values that can be written, in TOML. Where it is a table or a list of such, all of its keys
    /// occur in one of them.
    pub examples: &'static [&'static str],
    /// Where it is documented, below `docs`; empty where its table is.
    pub page: &'static str,
}

/// What holds where a key is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// It has to be written.
    Required,
    /// The same as this value, in TOML.
    Value(&'static str),
    /// What these words say.
    Words(&'static str),
}

/// A key that may be left out: then it is as `value` says.
pub(crate) const fn valued(
    name: &'static str,
    about: &'static str,
    shape: Shape,
    value: &'static str,
    examples: &'static [&'static str],
) -> Key {
    Key {
        name,
        about,
        shape,
        without: Without::Value(value),
        examples,
        page: "",
    }
}

/// A key that may be left out: then it is as `words` say.
pub(crate) const fn optional(
    name: &'static str,
    about: &'static str,
    shape: Shape,
    words: &'static str,
    examples: &'static [&'static str],
) -> Key {
    Key {
        without: Without::Words(words),
        ..valued(name, about, shape, "", examples)
    }
}

/// A key that has to be there.
pub(crate) const fn required(
    name: &'static str,
    about: &'static str,
    shape: Shape,
    examples: &'static [&'static str],
) -> Key {
    Key {
        without: Without::Required,
        ..valued(name, about, shape, "", examples)
    }
}

impl Key {
    /// The same, documented there.
    pub(crate) const fn at(self, page: &'static str) -> Self {
        Self { page, ..self }
    }
}

/// What may be written. Bounds are named as [`BOUNDS`] names them; `""` is none.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text.
    Text(&'static str),
    /// A text that a regular expression matches, and how it looks.
    Like(&'static str, &'static str),
    /// A whole number of 0 or more.
    Whole(&'static str),
    /// A number.
    Number(&'static str),
    /// True or false.
    Flag,
    /// One of some words.
    Words(Words),
    /// A list of such, with a bound of its entries.
    List(&'static Self, &'static str),
    /// A list of exactly these.
    Tuple(&'static [Self]),
    /// A table with names of one's own, each with such a value.
    Map(&'static Self),
    /// A table with these keys.
    Table(&'static [Key]),
    /// One of these.
    OneOf(&'static [Self]),
}

/// A list of texts.
pub(crate) const STRINGS: Shape = Shape::List(&Shape::Text(""), "");

/// A step on the way from the file to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Into the value of a key.
    Key(&'static str),
    /// Into the value of a name of one's own.
    Own,
    /// Into an entry of a list, from 0.
    Entry(usize),
}

impl Shape {
    /// The bound of a key.
    pub(crate) fn bound(key: &str) -> Option<&'static Bound> {
        BOUNDS.iter().find(|bound| bound.key == key)
    }

    /// Every table that it can hold with none between, and the way there.
    fn tables(&self, way: &[Place], found: &mut Vec<(Vec<Place>, &'static [Key])>) {
        let step = |place| [way, &[place]].concat();
        match self {
            Self::Table(keys) => found.push((way.to_vec(), *keys)),
            Self::List(of, _) => of.tables(&step(Place::Entry(0)), found),
            Self::Map(of) => of.tables(&step(Place::Own), found),
            Self::Tuple(all) => {
                for (number, one) in all.iter().enumerate() {
                    one.tables(&step(Place::Entry(number)), found);
                }
            }
            Self::OneOf(all) => all.iter().for_each(|one| one.tables(way, found)),
            Self::Text(_)
            | Self::Like(..)
            | Self::Whole(_)
            | Self::Number(_)
            | Self::Flag
            | Self::Words(_) => {}
        }
    }
}

/// Every table below these keys, and the way there, outer ones first; the keys themselves are the
/// first.
pub fn tables(keys: &'static [Key]) -> Vec<(Vec<Place>, &'static [Key])> {
    let mut found = vec![(Vec::new(), keys)];
    let mut next = 0;
    while next < found.len() {
        let (way, keys) = found[next].clone();
        for key in keys {
            let way = [&way[..], &[Place::Key(key.name)]].concat();
            key.shape.tables(&way, &mut found);
        }
        next += 1;
    }
    found
}

/// In words: `a number above 0, at most 1000000`, `one of a, b`, `a list of …`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter, all: &[Self], between: &str| {
            for (number, one) in all.iter().enumerate() {
                let before = if number == 0 { "" } else { between };
                write!(f, "{before}{one}")?;
            }
            Ok(())
        };
        match self {
            Self::Text(key) => match Self::bound(key) {
                Some(bound) => write!(f, "a text of {bound}"),
                None => f.write_str("a text"),
            },
            Self::Like(_, looks) => f.write_str(looks),
            Self::Whole(key) | Self::Number(key) => match (Self::bound(key), self) {
                (Some(bound), Self::Whole(_)) if !bound.unit.is_empty() => {
                    write!(f, "a whole number, {bound}")
                }
                (Some(bound), _) => write!(f, "{bound}"),
                (None, Self::Whole(_)) => f.write_str("a whole number of 0 or more"),
                (None, _) => f.write_str("a number"),
            },
            Self::Flag => f.write_str("true or false"),
            Self::Words(words) => {
                let words: Vec<String> = words.list().iter().map(|w| format!("\"{w}\"")).collect();
                f.write_str(&words.join(", "))
            }
            Self::List(of, key) => {
                let many = Self::bound(key).filter(|bound| bound.counted == Counted::Entries);
                match many {
                    Some(bound) => write!(f, "a list ({bound}) of: {of}"),
                    None => write!(f, "a list of: {of}"),
                }
            }
            Self::Tuple(all) => {
                f.write_str("[")?;
                joined(f, all, ", ")?;
                f.write_str("]")
            }
            Self::Map(of) => write!(f, "a table of names, each with: {of}"),
            Self::Table(keys) => {
                let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
                write!(f, "a table with {}", names.join(", "))
            }
            Self::OneOf(all) => joined(f, all, "; or "),
        }
    }
}
