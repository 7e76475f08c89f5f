//! Paths in commands that the user is told to give.

use std::path::Path;

/// The path as one word of a shell: as it is where that is one word, quoted where not, and as
/// `$'…'` where it holds bytes that a terminal would not show.
pub fn word(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./-+:@%,=".contains(byte);
    // A leading dash would be read as an option.
    let dashed = if bytes.first() == Some(&b'-') {
        "./"
    } else {
        ""
    };
    match path.to_str() {
        Some(text) if !bytes.is_empty() && bytes.iter().all(is_plain) => format!("{dashed}{text}"),
        Some(text) if terminal::one_line(text) == text => {
            format!("'{dashed}{}'", text.replace('\'', r"'\''"))
        }
        _ => {
            let bytes: String = bytes.iter().map(quoted_byte).collect();
            format!("$'{dashed}{bytes}'")
        }
    }
}

fn quoted_byte(byte: &u8) -> String {
    match byte {
        b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
        b' '..=b'~' => char::from(*byte).to_string(),
        byte => format!("\\x{byte:02x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word() {
        let word = |path: &str| word(Path::new(path));
        assert_eq!(word("studies/a-1"), "studies/a-1");
        assert_eq!(word("my study/it's"), r"'my study/it'\''s'");
        assert_eq!(word("$(reboot)"), "'$(reboot)'");
        assert_eq!(word("-rf"), "./-rf");
        assert_eq!(word("-r f"), "'./-r f'");
        assert_eq!(word("a\n\u{1b}'é"), r"$'a\x0a\x1b\'\xc3\xa9'");
        assert_eq!(word(""), "''");
    }
}
