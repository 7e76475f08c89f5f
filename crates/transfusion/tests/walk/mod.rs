//! A page of the guide, and how its commands are run.

mod places;

use std::path::Path;
use std::process::Command;

use super::fixture::{Ended, Folder, PROGRAM, finish};

/// Something that a reader does, in the order of the page.
enum Act {
    Write { name: String, text: String },
    Run(Typed),
}

/// A command as it is typed.
struct Typed {
    /// Line of the page, from 1.
    line: usize,
    text: String,
    code: i32,
    /// Added to `transfusion run` and `transfusion plan`.
    shorter: String,
}

/// What a page has a reader do.
pub struct Page {
    name: String,
    text: String,
    acts: Vec<Act>,
}

impl Page {
    pub fn read(name: &str, text: &str) -> Self {
        let mut acts = Vec::new();
        // The comment before a block, and the block that is open.
        let (mut note, mut block) = (String::new(), None::<(String, usize, String)>);
        for (number, line) in text.lines().enumerate() {
            match &mut block {
                None => match line.strip_prefix("```") {
                    Some(language) => block = Some((language.into(), number + 2, String::new())),
                    None if line.is_empty() => {}
                    None => note = line.into(),
                },
                Some((language, first, inside)) if line.starts_with("```") => {
                    match language.as_str() {
                        "sh" => acts.extend(commands(inside, *first, &note).map(Act::Run)),
                        "toml" => acts.extend(marked(&note, "file").map(|name| Act::Write {
                            name: name.into(),
                            text: inside.clone(),
                        })),
                        _ => {}
                    }
                    (note, block) = (String::new(), None);
                }
                Some((_, _, inside)) => *inside += &format!("{line}\n"),
            }
        }
        assert!(block.is_none(), "{name}.md has a block without an end");
        Self {
            name: name.into(),
            text: text.into(),
            acts,
        }
    }
}

/// What `<!-- KIND: … -->` says.
fn marked<'a>(note: &'a str, kind: &str) -> Option<&'a str> {
    let inner = note.trim().strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    inner.strip_prefix(kind)?.strip_prefix(": ")
}

fn commands(block: &str, first: usize, note: &str) -> impl Iterator<Item = Typed> {
    let shorter = marked(note, "test").unwrap_or_default();
    let mut typed = Vec::new();
    let mut lines = block.lines().enumerate();
    while let Some((place, line)) = lines.next() {
        let mut text = line.to_string();
        while let Some(begun) = text.strip_suffix('\\') {
            let (_, next) = lines.next().expect("a line after a backslash");
            text = format!("{begun}{next}");
        }
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        let (command, remark) = text.split_once(" #").unwrap_or((&text, ""));
        let code = remark.split_once("ends with ").map_or(0, |(_, code)| {
            let digits: String = code.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().expect("an exit code")
        });
        typed.push(Typed {
            line: first + place,
            text: command.trim().into(),
            code,
            shorter: shorter.into(),
        });
    }
    typed.into_iter()
}

/// Does in `folder` what the page says; passed over, with a printed line, where the machine lacks
/// its pictures.
#[track_caller]
pub fn take(folder: &Folder, page: &Page) {
    if !places::lay(folder, &page.text) {
        println!("skipped: {}.md", page.name);
        return;
    }
    for act in &page.acts {
        match act {
            Act::Write { name, text } => {
                folder.write(name, text);
            }
            Act::Run(typed) => {
                let ended = run(folder, typed);
                assert!(
                    ended.code == Some(typed.code),
                    "{}.md, line {}: `{}` ended with {}, not {}\n{}\n{}",
                    page.name,
                    typed.line,
                    typed.text,
                    ended
                        .code
                        .map_or("a signal".into(), |code| code.to_string()),
                    typed.code,
                    ended.stdout,
                    ended.stderr
                );
            }
        }
    }
}

fn run(folder: &Folder, typed: &Typed) -> Ended {
    if let Some(name) = typed.text.strip_prefix("transfusion data fetch ") {
        // The archive is laid already: a test asks no network.
        return folder
            .run(&["data", "list"])
            .prints(&[&format!(" {name} ")]);
    }
    let words = typed.text.split(' ').map(|word| present_run(folder, word));
    let mut text = words.collect::<Vec<_>>().join(" ");
    for command in ["transfusion run ", "transfusion plan "] {
        if let Some(rest) = text.strip_prefix(command) {
            text = format!("{command}{rest} {}", typed.shorter);
            break;
        }
    }
    let beside = Path::new(PROGRAM).parent().expect("a folder").display();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &text])
        .env("PATH", format!("{beside}:{path}"));
    finish(folder.prepare(shell).spawn().expect("a shell"))
}

/// The run that a word names, or else the first of its study.
fn present_run(folder: &Folder, word: &str) -> String {
    let Some((study, _)) = word.split_once("/runs/") else {
        return word.into();
    };
    if folder.path(word).exists() {
        return word.into();
    }
    let runs = folder.path(&format!("{study}/runs")).read_dir();
    let names = runs
        .expect("runs")
        .map(|run| run.expect("a run").file_name());
    let first = names.min().expect("a run");
    format!("{study}/runs/{}", first.display())
}
