//! Sentences that say where they come from.

use crate::reference::Reference;

/// A sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The words.
    pub text: String,
    /// Works that it cites, at its end.
    pub cites: Vec<Reference>,
    /// What it is made from: JSON pointers into `results.json`, or `timing.json` of the runs.
    pub from: Vec<&'static str>,
}

impl Sentence {
    /// A sentence made from one place.
    pub fn new(from: &'static str, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            cites: Vec::new(),
            from: vec![from],
        }
    }

    /// The same, made from another place too.
    pub fn and(mut self, from: &'static str) -> Self {
        self.from.push(from);
        self
    }

    /// The same with what it cites.
    pub fn citing(mut self, works: impl IntoIterator<Item = Reference>) -> Self {
        for work in works {
            if !self.cites.contains(&work) {
                self.cites.push(work);
            }
        }
        self
    }

    /// What ends it: nothing where the words end in a stop of their own.
    pub fn stop(&self) -> &'static str {
        match self.text.ends_with(['.', '!', '?']) {
            true => "",
            false => ".",
        }
    }
}

/// Sentences under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// The heading.
    pub title: &'static str,
    /// At least one.
    pub sentences: Vec<Sentence>,
}

/// `a, b and c`; of more than `most` it says how many are left.
pub fn list(words: &[String], most: usize) -> String {
    let shown = &words[..words.len().min(most)];
    match (shown, words.len() - shown.len()) {
        ([], _) => String::new(),
        ([one], 0) => one.clone(),
        ([all @ .., last], 0) => format!("{} and {last}", all.join(", ")),
        (shown, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `1 picture`, `1,080 pictures`.
pub fn counted(count: usize, one: &str) -> String {
    let plural = match count {
        1 => "",
        _ => "s",
    };
    format!("{} {one}{plural}", numbers::count(count as u64))
}

/// A number as a study writes it: few digits, small ones by their power of ten.
pub fn plain(value: f64) -> String {
    match value.abs() {
        size if size > 0.0 && !(1e-3..1e7).contains(&size) => {
            format!("{value:e}").replace('-', "−")
        }
        _ => value.to_string().replace('-', "−"),
    }
}
