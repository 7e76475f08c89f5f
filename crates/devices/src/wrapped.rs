//! Names with their texts, as wide as a terminal.

/// Columns of a terminal.
const WIDTH: usize = 80;
/// Columns of the names, with what separates them from the texts.
const INDENT: usize = 10;

/// Names with their texts, one below the other.
#[derive(Default)]
pub(crate) struct Lines {
    text: String,
}

impl Lines {
    /// Adds a name and its text, broken between words where it is too long, and within what is too
    /// long by itself.
    pub(crate) fn add(&mut self, name: &str, words: &str) {
        let room = WIDTH - INDENT;
        let mut lines = vec![String::new()];
        for word in words.split_whitespace() {
            let mut rest: Vec<char> = word.chars().collect();
            while !rest.is_empty() {
                let more = rest.len().min(room);
                let piece: String = rest.drain(..more).collect();
                let last = lines.len() - 1;
                match lines[last].chars().count() {
                    0 => lines[last] = piece,
                    used if used + 1 + more <= room => {
                        lines[last].push(' ');
                        lines[last].push_str(&piece);
                    }
                    _ => lines.push(piece),
                }
            }
        }
        for (place, line) in lines.iter().enumerate() {
            let name = if place == 0 { name } else { "" };
            if !self.text.is_empty() {
                self.text.push('\n');
            }
            self.text.push_str(&format!("{name:<INDENT$}{line}"));
        }
    }

    /// All lines, without the last line's end.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}
