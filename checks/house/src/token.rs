//! Rust source as tokens, without comments.

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    /// As written; raw identifiers without `r#`.
    pub(crate) text: &'a str,
    /// Line of its first character, from 1.
    pub(crate) line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or keyword.
    Word,
    /// One character, or `::`.
    Mark,
    /// A number, string, character or lifetime.
    Literal,
}

impl Token<'_> {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Literal && self.text == text
    }

    pub(crate) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

/// The tokens of `text`.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut reader = Reader {
        text,
        at: 0,
        line: 1,
    };
    let mut found = Vec::new();
    while let Some(token) = reader.next() {
        found.push(token);
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    /// Byte of the text.
    at: usize,
    line: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blanks();
        let (start, line) = (self.at, self.line);
        let first = self.rest().chars().next()?;
        let kind = if first == '_' || first.is_alphabetic() {
            self.word()
        } else if first.is_ascii_digit() {
            self.number();
            Kind::Literal
        } else if first == '"' {
            self.string();
            Kind::Literal
        } else if first == '\'' {
            self.quote();
            Kind::Literal
        } else {
            self.pass(if self.rest().starts_with("::") {
                2
            } else {
                first.len_utf8()
            });
            Kind::Mark
        };
        let text = &self.text[start..self.at];
        let text = if kind == Kind::Word {
            text.trim_start_matches("r#")
        } else {
            text
        };
        Some(Token { kind, text, line })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Goes on by `bytes`, counting lines.
    fn pass(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.text.len());
        self.line += self.text[self.at..end]
            .bytes()
            .filter(|b| *b == b'\n')
            .count();
        self.at = end;
    }

    fn pass_while(&mut self, holds: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.pass(rest.find(|c| !holds(c)).unwrap_or(rest.len()));
    }

    /// Goes on behind the next `end`, or to the end of the text.
    fn pass_behind(&mut self, end: &str) {
        let rest = self.rest();
        self.pass(rest.find(end).map_or(rest.len(), |at| at + end.len()));
    }

    fn skip_blanks(&mut self) {
        loop {
            self.pass_while(char::is_whitespace);
            if self.rest().starts_with("//") {
                self.pass_while(|c| c != '\n');
            } else if self.rest().starts_with("/*") {
                self.block_comment();
            } else {
                return;
            }
        }
    }

    /// Block comments nest.
    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.pass(2);
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.pass(2);
            } else {
                self.pass(rest.chars().next().map_or(0, char::len_utf8));
            }
            if depth == 0 || self.rest().is_empty() {
                return;
            }
        }
    }

    /// A word, or the literal whose prefix it is: `b"…"`, `r#"…"#`, `c"…"`, `b'…'`.
    fn word(&mut self) -> Kind {
        let start = self.at;
        self.pass_while(|c| c == '_' || c.is_alphanumeric());
        let (word, rest) = (&self.text[start..self.at], self.rest());
        let hashes = rest.bytes().take_while(|b| *b == b'#').count();
        match word {
            "r" | "br" | "cr" if rest[hashes..].starts_with('"') => {
                self.pass(hashes + 1);
                self.pass_behind(&format!("\"{}", "#".repeat(hashes)));
                Kind::Literal
            }
            "r" if hashes == 1 => {
                self.pass(1);
                self.pass_while(|c| c == '_' || c.is_alphanumeric());
                Kind::Word
            }
            "b" | "c" if rest.starts_with('"') => {
                self.string();
                Kind::Literal
            }
            "b" if rest.starts_with('\'') => {
                self.quote();
                Kind::Literal
            }
            _ => Kind::Word,
        }
    }

    /// `1`, `0x1f`, `1_000u32`, `1.5e3`; of `1..2` and `1.max(2)` only the `1`.
    fn number(&mut self) {
        self.pass_while(|c| c == '_' || c.is_ascii_alphanumeric());
        let mut next = self.rest().chars();
        if next.next() == Some('.') && next.next().is_some_and(|c| c.is_ascii_digit()) {
            self.pass(1);
            self.pass_while(|c| c == '_' || c.is_ascii_alphanumeric());
        }
    }

    fn string(&mut self) {
        self.pass(1);
        loop {
            self.pass_while(|c| c != '"' && c != '\\');
            if !self.rest().starts_with('\\') {
                self.pass(1);
                return;
            }
            self.pass_escape();
        }
    }

    /// The backslash and the character behind it.
    fn pass_escape(&mut self) {
        self.pass(1);
        self.pass(self.rest().chars().next().map_or(0, char::len_utf8));
    }

    /// A character or a lifetime.
    fn quote(&mut self) {
        self.pass(1);
        let mut next = self.rest().chars();
        let first = next.next();
        if first == Some('\\') {
            self.pass_escape();
            self.pass_behind("'");
        } else if next.next() == Some('\'') {
            self.pass_behind("'");
        } else {
            self.pass_while(|c| c == '_' || c.is_alphanumeric());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn comments_and_literals_hide_what_is_in_them() {
        let text = "a /* unsafe /* b */ */ // unsafe\n\"unsafe \\\" c\" r#\"unsafe \" d\"# 'e' '\\'' f::<'g>(1.5, 0..2) \
            b\"unsafe\" r#type\n'\"' h";
        let words: Vec<_> = tokens(text).into_iter().filter(|t| t.is_word()).collect();
        let found: Vec<_> = words.iter().map(|t| (t.text, t.line)).collect();
        assert_eq!(found, [("a", 1), ("f", 2), ("type", 2), ("h", 3)]);
    }
}
