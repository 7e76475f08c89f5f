//! One key of the file.

use crate::shape::Shape;

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
