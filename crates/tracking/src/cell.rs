//! One value of a table.

/// One value of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// A text.
    Text(String),
    /// A count, a number of a step, a seed. Seeds above 2⁶³ wrap around.
    Integer(i64),
    /// A measured number.
    Number(f64),
    /// Nothing is known, or nothing applies.
    Empty,
}

impl Cell {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn count(count: u64) -> Self {
        Self::Integer(count as i64)
    }

    pub(crate) fn maybe(number: Option<f64>) -> Self {
        number
            .filter(|n| n.is_finite())
            .map_or(Self::Empty, Self::Number)
    }
}

/// As CSV and parameters show it; numbers so that reading gives the same double.
impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(count) => write!(f, "{count}"),
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Empty => Ok(()),
        }
    }
}

/// A text of at most `most` letters that every tool and file system takes as a name: what is no
/// letter or digit of ASCII, space or one of `._-=+,` becomes `_`.
pub(crate) fn plain(text: &str, most: usize) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " ._-=+,".contains(c);
    let of = |c: char| if is_plain(c) { c } else { '_' };
    let plain: String = text.chars().take(most).map(of).collect();
    let plain = plain.trim();
    match plain.starts_with('.') || plain.is_empty() {
        true => format!("_{plain}"),
        false => plain.into(),
    }
}
