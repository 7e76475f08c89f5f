//! Text from outside in Markdown: it says what it says, and is no link, picture, table or HTML.

use std::fmt::{Result, Write};

use terminal::one_line;

/// Escapes what a template puts in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Markdown;

impl askama::filters::Escaper for Markdown {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> Result {
        let text = one_line(text);
        for (at, c) in text.char_indices() {
            match c {
                '<' => dest.write_str("&lt;")?,
                '>' => dest.write_str("&gt;")?,
                '&' => dest.write_str("&amp;")?,
                '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' => {
                    dest.write_char('\\')?;
                    dest.write_char(c)?;
                }
                // No bare address becomes a link.
                ':' if text[at..].starts_with("://") => dest.write_str("&#58;")?,
                c => dest.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use askama::filters::Escaper as _;

    use super::*;

    #[test]
    fn nothing_is_obeyed() {
        let mut card = String::new();
        let hostile = "a|b<img src=x> [x](http://x)\n# `c` \u{1b}*d*";
        Markdown.write_escaped_str(&mut card, hostile).unwrap();
        assert_eq!(
            card,
            "a\\|b&lt;img src=x&gt; \\[x\\](http&#58;//x)\\\\u{a}\\# \\`c\\` \\\\u{1b}\\*d\\*"
        );
    }
}
