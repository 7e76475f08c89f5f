//! Which part of a file is compiled only for tests.

use crate::token::{Token, tokens};

/// A file as the program sees it, without items under `#[cfg(test)]` and `#[test]`.
pub(crate) struct Shipped<'a> {
    pub(crate) tokens: Vec<Token<'a>>,
    /// Lines that are not a test's, comments and empty lines among them.
    pub(crate) lines: usize,
}

/// Sets the tests of a file apart.
pub(crate) fn shipped(text: &str) -> Shipped<'_> {
    let all = tokens(text);
    let mut shipped = Shipped {
        tokens: Vec::with_capacity(all.len()),
        lines: text.lines().count(),
    };
    let mut at = 0;
    while at < all.len() {
        let inner = all[at].is("#") && all.get(at + 1).is_some_and(|t| t.is("!"));
        if inner && is_test(&all[at + 2..]) {
            let tests = shipped.lines + 1 - all[at].line;
            shipped.lines = shipped.lines.saturating_sub(tests);
            break;
        }
        // All attributes of one item.
        let (start, mut tests) = (at, false);
        while !inner && all[at..].first().is_some_and(|t| t.is("#")) {
            tests |= is_test(&all[at + 1..]);
            at = group_end(&all, at + 1);
        }
        if tests {
            at = item_end(&all, at);
            let last = all[at.min(all.len()) - 1].line;
            shipped.lines = shipped.lines.saturating_sub(last + 1 - all[start].line);
        } else {
            at = at.max(start + 1);
            shipped.tokens.extend(&all[start..at.min(all.len())]);
        }
    }
    shipped
}

/// Whether the attribute `[…]` holds for tests only.
fn is_test(tokens: &[Token]) -> bool {
    match tokens {
        [open, name, close, ..] if open.is("[") && name.is("test") && close.is("]") => true,
        [open, name, ..] if open.is("[") && name.is("cfg") => !possible(tokens, 3).0,
        _ => false,
    }
}

/// Whether the condition at `at` can hold outside tests, whether it can fail there, and where it ends.
fn possible(tokens: &[Token], at: usize) -> (bool, bool, usize) {
    let Some(name) = tokens.get(at) else {
        return (true, true, at);
    };
    if !tokens.get(at + 1).is_some_and(|t| t.is("(")) {
        let end = tokens[at..].iter().position(|t| t.is(",") || t.is(")"));
        let end = end.map_or(tokens.len(), |length| at + length);
        return (!name.is("test"), true, end);
    }
    let mut parts = Vec::new();
    let mut next = at + 2;
    while tokens.get(next).is_some_and(|t| !t.is(")")) {
        let (holds, fails, end) = possible(tokens, next);
        parts.push((holds, fails));
        next = if tokens.get(end).is_some_and(|t| t.is(",")) {
            end + 1
        } else {
            end
        };
    }
    let (holds, fails) = match name.text {
        "all" => (parts.iter().all(|p| p.0), parts.iter().any(|p| p.1)),
        "any" => (parts.iter().any(|p| p.0), parts.iter().all(|p| p.1)),
        "not" => parts.first().map_or((true, true), |p| (p.1, p.0)),
        _ => (true, true),
    };
    (holds, fails, next + 1)
}

/// Index behind the group that opens at `at`.
pub(crate) fn group_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        if token.is("(") || token.is("[") || token.is("{") {
            depth += 1;
        } else if token.is(")") || token.is("]") || token.is("}") {
            depth -= 1;
            if depth <= 0 {
                return index + 1;
            }
        }
    }
    tokens.len()
}

/// Index behind the item, field, arm or statement that starts at `at`.
fn item_end(tokens: &[Token], at: usize) -> usize {
    let mut first = at;
    if tokens.get(first).is_some_and(|t| t.is("pub")) {
        first += 1;
        if tokens.get(first).is_some_and(|t| t.is("(")) {
            first = group_end(tokens, first);
        }
    }
    let word = tokens.get(first).map_or("", |t| t.text);
    let next = tokens.get(first + 1).map_or("", |t| t.text);
    let to_semicolon = match word {
        "use" | "static" | "type" | "let" => true,
        "const" => !matches!(next, "fn" | "unsafe" | "async" | "extern"),
        _ => false,
    };
    let words = [
        "fn", "struct", "enum", "union", "trait", "impl", "mod", "unsafe", "async", "extern",
    ];
    let is_item = to_semicolon
        || word == "const"
        || word == "macro_rules"
        || (words.contains(&word) && next != ":");
    let mut index = first;
    while index < tokens.len() {
        let token = &tokens[index];
        if token.is(";") || (!is_item && token.is(",")) {
            return index + 1;
        }
        if token.is(")") || token.is("]") || token.is("}") {
            return index;
        }
        let braces = token.is("{");
        if braces || token.is("(") || token.is("[") {
            index = group_end(tokens, index);
            if braces && !to_semicolon {
                return index;
            }
        } else {
            index += 1;
        }
    }
    index
}

#[cfg(test)]
mod tests {
    use super::shipped;

    #[test]
    fn tests_are_left_out_and_nothing_else() {
        let text = "use a::b;\n#[cfg(test)]\nuse c::d;\n#[derive(Debug)]\n#[cfg(test)]\nstruct E {\n    f: u8,\n}\n\
            #[cfg(any(test, feature = \"invented\"))]\nmod g;\n#[cfg(all(unix, test))]\nmod h {\n    fn i() {}\n}\n\
            #[cfg(not(test))]\nfn j<K, L>() {}\n#[test]\nfn m<N, O>() {}\nfn p() {}\n";
        let found = shipped(text);
        let words = found
            .tokens
            .iter()
            .filter(|t| t.is_word() && t.text.len() == 1);
        assert_eq!(words.map(|t| t.text).collect::<String>(), "abgjKLp");
        assert_eq!(found.lines, 6);
    }
}
