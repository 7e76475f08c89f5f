//! What a terminal is shown: text from outside made harmless, and messages that cannot kill.
//!
//! Titles, class names, file names and messages of servers may hold anything. A terminal obeys
//! control characters, and bidirectional ones let it show another order than the one that is
//! there. So every line of the program passes through here as it is written; what is told to a
//! terminal on purpose (bars and their colours) is written by the libraries that draw it.

use std::borrow::Cow;
use std::fmt::{Arguments, Write as _};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

/// The text with everything that a terminal would obey written out, such as `\u{1b}`. Line feeds
/// and tabulators stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    written_out(text, |c| is_obeyed(c) && !matches!(c, '\n' | '\t'))
}

/// As [`visible`], for a text that belongs on one line: line feeds and tabulators are written out
/// too, so that no name can pretend to be a line or a column of ours.
pub fn one_line(text: &str) -> Cow<'_, str> {
    written_out(text, is_obeyed)
}

/// JSON, which means the same, with everything that a terminal would obey as `\u001b`. Outside
/// texts JSON has only line feeds and spaces, and in them serde writes out the control characters of ASCII.
pub fn visible_json(json: &str) -> Cow<'_, str> {
    let is_hidden = |c: char| is_obeyed(c) && c != '\n';
    if !json.contains(is_hidden) {
        return json.into();
    }
    let mut safe = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match is_hidden(c) {
            true => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| write!(safe, "\\u{unit:04x}").unwrap_or_default()),
            false => safe.push(c),
        }
    }
    safe.into()
}

/// Whether only warnings and errors are told.
static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on only warnings and errors are told on stderr.
pub fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether only warnings and errors are told.
pub fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// A line on stderr, unless it is to be quiet. Whether anybody can read it changes nothing: the work
/// goes on.
pub fn say(line: Arguments) {
    if !is_quiet() {
        warn(line);
    }
}

/// As [`say`], for warnings and errors: told also where it is to be quiet.
pub fn warn(line: Arguments) {
    let line = format!("{}\n", visible(&line.to_string()));
    std::io::stderr().lock().write_all(line.as_bytes()).ok();
}

fn written_out(text: &str, is_hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_hidden) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_hidden(c) {
            true => safe.extend(c.escape_unicode()),
            false => safe.push(c),
        }
    }
    safe.into()
}

/// Controls, marks that change the direction of text, separators of lines, what has no width, and
/// tags.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_written_out() {
        let hostile = "a\u{1b}[2Jb\rc\u{202e}d\u{9b}e\ttwo\nthree é 漢 👩\u{200d}⚕";
        assert_eq!(
            visible(hostile),
            "a\\u{1b}[2Jb\\u{d}c\\u{202e}d\\u{9b}e\ttwo\nthree é 漢 👩\u{200d}⚕"
        );
        assert_eq!(one_line("a\n\tb"), "a\\u{a}\\u{9}b");
        assert!(matches!(visible("plain – text"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_means_the_same() {
        let value = serde_json::json!({ "a\u{202e}": "\u{1b}[2J\u{7f}\u{9b}\u{e0041}\n" });
        let json = serde_json::to_string_pretty(&value).unwrap();
        let safe = visible_json(&json);
        assert!(
            !safe.contains(|c: char| is_obeyed(c) && c != '\n'),
            "{safe}"
        );
        let read: serde_json::Value = serde_json::from_str(&safe).unwrap();
        assert_eq!(read, value);
    }
}
