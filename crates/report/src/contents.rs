//! The table of contents: links to the sections of a page, in groups.

/// Sections under one word.
pub struct Group {
    /// The word.
    pub name: &'static str,
    /// Its links, in the order of the page.
    pub links: Vec<Link>,
}

/// A link to a section.
pub struct Link {
    /// Anchor of the section.
    pub id: String,
    /// Its word.
    pub word: String,
}

/// Collects the links of a group.
pub struct Links(Vec<Link>);

impl Links {
    /// None yet.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// One more, where the page has the section.
    pub fn when(mut self, is_there: bool, id: &str, word: &str) -> Self {
        if is_there {
            self.0.push(Link {
                id: id.into(),
                word: word.into(),
            });
        }
        self
    }

    /// One more.
    pub fn and(self, id: &str, word: &str) -> Self {
        self.when(true, id, word)
    }

    /// The group; none without a link.
    pub fn under(self, name: &'static str) -> Option<Group> {
        (!self.0.is_empty()).then_some(Group {
            name,
            links: self.0,
        })
    }
}
