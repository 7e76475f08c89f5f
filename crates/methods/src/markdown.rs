//! The methods as Markdown.

use crate::sentence::Sentence;
use crate::text::Methods;

/// The whole text, headings of the second level, one paragraph each.
pub fn markdown(methods: &Methods) -> String {
    let paragraphs = methods.paragraphs.iter().map(|paragraph| {
        let sentences: Vec<String> = paragraph.sentences.iter().map(sentence).collect();
        format!("## {}\n\n{}\n", paragraph.title, sentences.join(" "))
    });
    format!("# Methods\n\n{}", paragraphs.collect::<Vec<_>>().join("\n"))
}

fn sentence(sentence: &Sentence) -> String {
    let text = escaped(&sentence.text);
    let keys: Vec<String> = sentence
        .cites
        .iter()
        .map(|work| format!("@{}", work.key))
        .collect();
    match keys.is_empty() {
        true => format!("{text}{}", sentence.stop()),
        false => format!("{text} [{}]{}", keys.join("; "), sentence.stop()),
    }
}

/// Words that stay words: nothing of them is taken for markup, a citation or a new paragraph.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for (place, c) in text.chars().enumerate() {
        match c {
            c if c.is_control() => safe.push(' '),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '@' | '$' | '~' | '^' => {
                safe.push('\\');
                safe.push(c);
            }
            '#' | '+' | '-' | '=' if place == 0 => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}
