//! The study and what it cites as BibTeX.

use record::results::Results;

use crate::reference::{Kind, Reference};

/// Most characters of the words in the key of the study.
const KEY: usize = 40;

/// The entry of the study, then those of `references`.
pub fn bibliography(results: &Results, references: &[Reference]) -> String {
    let cited = references.iter().map(entry);
    let entries: Vec<String> = [own_entry(results)].into_iter().chain(cited).collect();
    entries.join("\n")
}

/// The entry by which the study itself is cited.
pub fn own_entry(results: &Results) -> String {
    let reporting = &results.reporting;
    let authors = reporting.authors.as_ref().map(|names| {
        let names = names
            .split(';')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.collect::<Vec<_>>().join(" and ")
    });
    let note = format!(
        "Transfusion study, plan SHA-256 {}, data SHA-256 {}",
        results.reproduction.plan_sha256, results.data.sha256
    );
    let made = format!("transfusion {}", results.version);
    fields(
        "misc",
        &own_key(&results.title),
        &[
            ("author", authors.as_deref().unwrap_or("")),
            ("title", &results.title),
            ("year", reporting.year.as_deref().unwrap_or("")),
            ("doi", reporting.doi.as_deref().unwrap_or("")),
            ("howpublished", &made),
            ("note", &note),
        ],
    )
}

fn own_key(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mut key = words.join("-");
    key.truncate(KEY);
    match key.trim_end_matches('-') {
        "" => "study".to_owned(),
        key => format!("study-{key}"),
    }
}

fn entry(work: &Reference) -> String {
    let year = work.year.to_string();
    let (kind, place) = match work.kind {
        Kind::Article => ("article", "journal"),
        Kind::Proceedings => ("inproceedings", "booktitle"),
        Kind::Book => ("book", "publisher"),
    };
    let (volume, issue) = match work.volume.split_once('(') {
        Some((volume, issue)) => (volume, issue.trim_end_matches(')')),
        None => (work.volume, ""),
    };
    let (doi, eprint) = match work.id.strip_prefix("arXiv:") {
        Some(number) => ("", number),
        None => (work.id, ""),
    };
    let archive = match eprint {
        "" => "",
        _ => "arXiv",
    };
    let pages = work.pages.replace('-', "--");
    fields(
        kind,
        work.key,
        &[
            ("author", work.authors),
            ("title", work.title),
            (place, work.place),
            ("year", &year),
            ("volume", volume),
            ("number", issue),
            ("pages", &pages),
            ("doi", doi),
            ("eprint", eprint),
            ("archiveprefix", archive),
        ],
    )
}

fn fields(kind: &str, key: &str, fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().filter(|(_, value)| !value.is_empty());
    let lines = fields.map(|(name, value)| match *name {
        "doi" => format!("  doi = {{{}}},\n", identifier(value)),
        // A second pair of braces keeps the letters as they are.
        "title" => format!("  title = {{{{{}}}}},\n", escaped(value)),
        name => format!("  {name} = {{{}}},\n", escaped(value)),
    });
    format!("@{kind}{{{key},\n{}}}\n", lines.collect::<String>())
}

/// Words that end no field and are no command. Braces are counted by BibTeX even where a backslash
/// stands before them, so they are spelled.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => safe.push(' '),
            '{' => safe.push_str("\\textbraceleft "),
            '}' => safe.push_str("\\textbraceright "),
            '\\' => safe.push_str("\\textbackslash "),
            '~' => safe.push_str("\\textasciitilde "),
            '^' => safe.push_str("\\textasciicircum "),
            '%' | '#' | '&' | '_' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}

/// An identifier as it is, but for what ends a field.
fn identifier(text: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_graphic() && !"{}\\%".contains(*c);
    text.chars().filter(is_plain).collect()
}
