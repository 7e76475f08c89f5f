//! Names of files as tables and file systems write them, brought to one spelling.

use unicode_normalization::UnicodeNormalization as _;

use crate::ending;

/// A written path with `/` between folders: backslashes turned, `./`, drives and leading `/` gone.
/// `None` if it climbs (`..`) or names nothing.
pub(crate) fn cleaned(written: &str) -> Option<String> {
    let slashed = written.trim().replace('\\', "/");
    let without_drive = match slashed.split_once(":/") {
        Some((drive, rest)) if drive.len() == 1 || drive == "file" => rest,
        _ => &slashed,
    };
    let parts: Vec<&str> = without_drive
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let inside = !parts.is_empty() && parts.iter().all(|part| *part != "..");
    inside.then(|| parts.join("/"))
}

/// The same for every spelling of a name: composed letters (NFC), lower case.
pub(crate) fn folded(name: &str) -> String {
    let is_plain = name
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    match is_plain {
        true => name.to_owned(),
        false => name.nfc().collect::<String>().to_lowercase(),
    }
}

/// Two names that are one but for letter case, spaces, the way letters are composed, or zeros before
/// a number.
pub(crate) fn one_in_two_spellings<'n>(
    names: impl IntoIterator<Item = &'n str>,
) -> Option<[&'n str; 2]> {
    let mut seen = std::collections::BTreeMap::new();
    for name in names {
        let words: Vec<String> = folded(name).split_whitespace().map(str::to_owned).collect();
        let word = words.join(" ");
        let word = match word.parse::<u64>() {
            Ok(number) => number.to_string(),
            Err(_) => word,
        };
        if let Some(earlier) = seen.insert(word, name)
            && earlier != name
        {
            return Some([earlier, name]);
        }
    }
    None
}

/// The last part of a path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

/// A path without the ending of a picture; other dots stay, as in `1.2.840.113`.
pub(crate) fn stem(path: &str) -> &str {
    match ending::of(path) {
        Some(ending) if ending::is_picture(ending) => &path[..path.len() - ending.len() - 1],
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_file_meet() {
        for written in [
            r"a\b\c.png",
            "./a/b/c.png",
            "/a/b/c.png",
            r"C:\a\b\c.png",
            "a//b/./c.png",
        ] {
            assert_eq!(cleaned(written).as_deref(), Some("a/b/c.png"), "{written}");
        }
        for written in ["", "  ", "..", "a/../b", r"..\b", "/"] {
            assert_eq!(cleaned(written), None, "{written}");
        }
        assert_eq!(folded("O\u{308}dem.PNG"), folded("\u{d6}dem.png"));
        assert_eq!(stem("a/1.2.840.113.dcm"), "a/1.2.840.113");
        assert_eq!(stem("a/1.2.840.113"), "a/1.2.840.113");
    }
}
