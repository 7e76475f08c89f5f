//! What the methods cite.

/// A published work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its key in `references.bib`.
    pub key: &'static str,
    /// Type of its entry.
    pub kind: Kind,
    /// Names, as `Family, Given` with ` and ` between them.
    pub authors: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Journal, proceedings or publisher.
    pub place: &'static str,
    /// Year.
    pub year: u16,
    /// Volume, with the issue where there is one; may be empty.
    pub volume: &'static str,
    /// Pages, or the number of the article; may be empty.
    pub pages: &'static str,
    /// Its DOI or arXiv identifier; may be empty.
    pub id: &'static str,
}

/// Types of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In a journal.
    Article,
    /// In proceedings.
    Proceedings,
    /// A book; its place is the publisher.
    Book,
}

impl Reference {
    /// As a reference list prints it.
    pub fn text(&self) -> String {
        let names = self.names();
        let mut text = format!("{names}. {}. {} {}", self.title, self.place, self.year);
        if !self.volume.is_empty() {
            text.push_str(&format!(";{}", self.volume));
        }
        if !self.pages.is_empty() {
            text.push_str(&format!(":{}", self.pages));
        }
        text.push('.');
        match self.id {
            "" => {}
            id if id.starts_with("arXiv") => text.push_str(&format!(" {id}.")),
            doi => text.push_str(&format!(" doi:{doi}.")),
        }
        text
    }

    /// `DeLong ER, DeLong DM, Clarke-Pearson DL`, at most six names.
    fn names(&self) -> String {
        let name = |name: &str| match name.split_once(", ") {
            Some((family, given)) => {
                let initials = given
                    .split([' ', '-'])
                    .filter_map(|part| part.chars().next());
                format!("{family} {}", initials.collect::<String>())
            }
            None => name.to_owned(),
        };
        let all: Vec<String> = self.authors.split(" and ").map(name).collect();
        match all.len() {
            0..=6 => all.join(", "),
            _ => format!("{}, et al", all[..3].join(", ")),
        }
    }
}
