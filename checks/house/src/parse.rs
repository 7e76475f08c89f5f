//! What a file declares, imports and names.

use std::collections::BTreeSet;

use crate::test_items::group_end;
use crate::token::Token;

/// A name bound by a `use`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import<'a> {
    /// From the first segment to the imported item.
    pub(crate) segments: Vec<&'a str>,
    /// What the importing module calls it; `None` for `*`.
    pub(crate) name: Option<&'a str>,
    /// A re-export, of any visibility.
    pub(crate) public: bool,
    pub(crate) line: usize,
}

/// A path in the body of a file: `a::b`, `crate::c::D::new`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path<'a> {
    pub(crate) segments: Vec<&'a str>,
    pub(crate) line: usize,
}

/// What stands in one module, without the modules inside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents<'a> {
    /// Modules in files of their own.
    pub(crate) declared: Vec<&'a str>,
    /// Modules written out here.
    pub(crate) inline: Vec<(&'a str, Contents<'a>)>,
    /// Items defined here.
    pub(crate) defined: BTreeSet<&'a str>,
    pub(crate) imports: Vec<Import<'a>>,
    pub(crate) paths: Vec<Path<'a>>,
    /// Words of the body: neither of imports nor of declarations, nor fields and methods.
    pub(crate) words: BTreeSet<&'a str>,
}

/// Reads the contents of a module.
pub(crate) fn contents<'a>(tokens: &[Token<'a>]) -> Contents<'a> {
    let mut found = Contents::default();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1);
        let next_is = |text: &str| next.is_some_and(|t| t.is(text));
        if token.is("(") || token.is("[") || token.is("{") {
            depth += 1;
        } else if token.is(")") || token.is("]") || token.is("}") {
            depth = depth.saturating_sub(1);
        } else if token.is("use") && !next_is("<") {
            let end = statement_end(tokens, at);
            let public = at > 0 && (tokens[at - 1].is("pub") || is_visibility(tokens, at - 1));
            let mut reader = Imports {
                tokens: &tokens[..end],
                at: at + 1,
                public,
                found: &mut found.imports,
            };
            reader.tree(&[]);
            at = end;
            continue;
        } else if token.is("mod") && next.is_some_and(Token::is_word) {
            let name = next.map_or("", |t| t.text);
            if tokens.get(at + 2).is_some_and(|t| t.is("{")) {
                let end = group_end(tokens, at + 2);
                found
                    .inline
                    .push((name, contents(&tokens[at + 3..end.max(at + 4) - 1])));
                at = end;
            } else {
                found.declared.push(name);
                at += 2;
            }
            continue;
        } else if token.is_word() && !(at > 0 && tokens[at - 1].is(".")) {
            if depth == 0 {
                found.defined.extend(definition(&tokens[at..]));
            }
            found.words.insert(token.text);
            if !(at > 0 && tokens[at - 1].is("::")) {
                found.paths.extend(path(&tokens[at..]));
            }
        }
        at += 1;
    }
    found
}

/// The name that is defined where `tokens` start.
fn definition<'a>(tokens: &[Token<'a>]) -> Option<&'a str> {
    let [keyword, second, rest @ ..] = tokens else {
        return None;
    };
    let name = match keyword.text {
        "fn" | "struct" | "enum" | "trait" | "type" | "const" | "union" => second,
        "static" if second.is("mut") => rest.first()?,
        "static" => second,
        "macro_rules" => rest.first()?,
        _ => return None,
    };
    let keywords = ["fn", "unsafe", "async", "extern"];
    (name.is_word() && !keywords.contains(&name.text)).then_some(name.text)
}

/// The path of two segments or more where `tokens` start.
fn path<'a>(tokens: &[Token<'a>]) -> Option<Path<'a>> {
    let mut segments = vec![tokens.first()?.text];
    for pair in tokens[1..].chunks(2) {
        match pair {
            [colons, word] if colons.is("::") && word.is_word() => segments.push(word.text),
            _ => break,
        }
    }
    (segments.len() > 1).then_some(Path {
        segments,
        line: tokens[0].line,
    })
}

/// Whether the token at `at` closes a `pub(…)`.
fn is_visibility(tokens: &[Token], at: usize) -> bool {
    let open = tokens[..at].iter().rposition(|t| t.is("("));
    tokens[at].is(")") && open.is_some_and(|open| open > 0 && tokens[open - 1].is("pub"))
}

fn statement_end(tokens: &[Token], at: usize) -> usize {
    tokens[at..]
        .iter()
        .position(|t| t.is(";"))
        .map_or(tokens.len(), |length| at + length)
}

/// Reads the tree of one `use`.
struct Imports<'a, 't> {
    tokens: &'t [Token<'a>],
    at: usize,
    public: bool,
    found: &'t mut Vec<Import<'a>>,
}

impl<'a> Imports<'a, '_> {
    fn tree(&mut self, before: &[&'a str]) {
        let mut segments = before.to_vec();
        let mut line = 0;
        while let Some(token) = self.tokens.get(self.at).copied() {
            self.at += 1;
            if token.is("{") {
                while self.tokens.get(self.at).is_some_and(|t| !t.is("}")) {
                    self.tree(&segments);
                }
                self.at += 1;
                self.pass_comma();
                return;
            } else if token.is("*") {
                self.found.push(Import {
                    segments,
                    name: None,
                    public: self.public,
                    line: token.line,
                });
                self.pass_comma();
                return;
            } else if token.is("as") {
                let name = self.tokens.get(self.at).map(|t| t.text);
                self.at += 1;
                self.leaf(segments, name, line);
                return;
            } else if token.is(",") || token.is("}") {
                self.at -= 1;
                break;
            } else if token.is_word() {
                segments.push(token.text);
                line = token.line;
            }
        }
        self.leaf(segments, None, line);
    }

    fn leaf(&mut self, mut segments: Vec<&'a str>, name: Option<&'a str>, line: usize) {
        if segments.len() > 1 && segments.last() == Some(&"self") {
            segments.pop();
        }
        let name = name.or(segments.last().copied());
        if name.is_some() {
            self.found.push(Import {
                segments,
                name,
                public: self.public,
                line,
            });
        }
        self.pass_comma();
    }

    fn pass_comma(&mut self) {
        if self.tokens.get(self.at).is_some_and(|t| t.is(",")) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::contents;
    use crate::token::tokens;

    #[test]
    fn use_trees_are_taken_apart() {
        let text = "pub(crate) use crate::a::{self, b::{C, D as E}, f::*};\nuse g;";
        let found = contents(&tokens(text)).imports;
        let found: Vec<_> = found
            .iter()
            .map(|i| (i.segments.join("::"), i.name, i.public, i.line))
            .collect();
        let expected = [
            ("crate::a", Some("a"), true, 1),
            ("crate::a::b::C", Some("C"), true, 1),
            ("crate::a::b::D", Some("E"), true, 1),
            ("crate::a::f", None, true, 1),
            ("g", Some("g"), false, 2),
        ];
        assert_eq!(
            found,
            expected.map(|(path, name, public, line)| (path.to_string(), name, public, line))
        );
    }

    #[test]
    fn definitions_paths_and_modules_are_told_apart() {
        let text = "mod a;\npub const fn b() -> c::D { e::f::<G>() }\nimpl b { fn h(&self) { self.i::<j::K>() } }\n\
            mod l { struct M; }\nconst _: () = ();\nstatic mut N: u8 = 1;";
        let found = contents(&tokens(text));
        assert_eq!(found.declared, ["a"]);
        assert_eq!(found.inline[0].0, "l");
        assert!(found.inline[0].1.defined.contains("M"));
        assert_eq!(
            found.defined.iter().copied().collect::<Vec<_>>(),
            ["N", "_", "b"]
        );
        let paths: Vec<_> = found.paths.iter().map(|p| p.segments.join("::")).collect();
        assert_eq!(paths, ["c::D", "e::f", "j::K"]);
        assert!(!found.words.contains("i"));
    }
}
