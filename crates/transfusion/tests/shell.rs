//! What the program is in a shell: completions, pages, colours, silence, keys set from outside.

mod fixture;

use std::process::Command;

use fixture::{Ended, Folder, PROGRAM, STUDY, finish, study};
use serde_json::{Value, json};

/// The names of all commands that the help of `command` lists.
fn commands(folder: &Folder, command: &[&str]) -> Vec<String> {
    let help = folder.run(&[command, &["--help"]].concat()).with(0).stdout;
    let Some((_, listed)) = help.split_once("Commands:\n") else {
        return Vec::new();
    };
    let listed = listed.lines().take_while(|line| !line.trim().is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn completions_and_pages_have_every_command() {
    let folder = Folder::new();
    let all = commands(&folder, &[]);
    assert!(all.len() > 25 && all.contains(&"run".into()), "{all:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = folder.run(&["completions", shell]).with(0).stdout;
        for command in &all {
            assert!(script.contains(command.as_str()), "{shell}: {command}");
        }
        assert!(
            script.contains("--color") || script.contains("-l color"),
            "{shell}"
        );
    }
    folder.run(&["man", "pages"]).with(0);
    for command in &all {
        for inner in
            std::iter::once(None).chain(commands(&folder, &[command.as_str()]).iter().map(Some))
        {
            let name = match inner {
                None => format!("transfusion-{command}.1"),
                Some(inner) => format!("transfusion-{command}-{inner}.1"),
            };
            let page = String::from_utf8(folder.read(&format!("pages/{name}"))).expect("UTF-8");
            assert!(page.contains(".SH SYNOPSIS"), "{name}");
        }
    }
    let page = folder.run(&["man"]).with(0).stdout;
    assert_eq!(page.as_bytes(), folder.read("pages/transfusion.1"));
    assert!(
        !folder
            .path("pages/transfusion-check-store-partner.1")
            .exists()
    );
}

/// Bash itself completes from its script.
#[test]
#[cfg(target_os = "linux")]
fn bash_completes() {
    let folder = Folder::new();
    let script = folder.run(&["completions", "bash"]).with(0).stdout;
    folder.write("transfusion.bash", script);
    let complete = |words: &str, at: usize| {
        let line = format!(
            ". ./transfusion.bash; COMP_WORDS=({words}); COMP_CWORD={at}; _transfusion transfusion \"${{COMP_WORDS[{at}]}}\" \"${{COMP_WORDS[{at}-1]}}\"; echo \"${{COMPREPLY[*]}}\""
        );
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", &line]);
        finish(folder.prepare(bash).spawn().expect("bash"))
            .with(0)
            .stdout
    };
    assert_eq!(complete("transfusion expl", 1).trim(), "explain");
    assert_eq!(complete("transfusion run --ret", 2).trim(), "--retry");
    assert_eq!(complete("transfusion weights fe", 2).trim(), "fetch");
    assert_eq!(complete("transfusion plan --color ne", 3).trim(), "never");
}

fn with_environment(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = folder.command(arguments);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    finish(command.spawn().expect("the program starts"))
}

#[test]
fn colours_are_as_asked_for() {
    let folder = Folder::new();
    for (arguments, variables, are_there) in [
        (&["--help"][..], &[][..], false),
        (&["--help", "--color", "always"], &[], true),
        (
            &["--color=always", "run", "--help"],
            &[("NO_COLOR", "1")],
            true,
        ),
        (&["--help"], &[("CLICOLOR_FORCE", "1")], true),
        (
            &["--help"],
            &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
            false,
        ),
        (
            &["--help", "--color=never"],
            &[("CLICOLOR_FORCE", "1")],
            false,
        ),
        // Mistakes, too.
        (&["trian", "--color=always"], &[], true),
        (
            &["trian", "--color=never"],
            &[("CLICOLOR_FORCE", "1")],
            false,
        ),
    ] {
        let ended = with_environment(&folder, arguments, variables);
        let text = format!("{}{}", ended.stdout, ended.stderr);
        assert_eq!(
            text.contains('\u{1b}'),
            are_there,
            "{arguments:?} {variables:?}: {text}"
        );
    }
    folder.refuses_command(&["models", "--color", "purple"], &["purple"]);
}

/// Only warnings and errors on stderr; results stay.
#[test]
fn quiet_is_quiet() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    let loud = folder
        .run(&["run", "study.toml", "--out", "loud", "--jobs", "1"])
        .with(0);
    let quiet = folder
        .run(&["-q", "run", "study.toml", "--out", "quiet", "--jobs", "1"])
        .with(0);
    let lines = |text: &str| {
        text.lines()
            .filter(|line| line.starts_with("warning: "))
            .count()
    };
    assert!(lines(&quiet.stderr) > 0 && loud.stderr.lines().count() > lines(&loud.stderr));
    assert_eq!(
        quiet.stderr.lines().count(),
        lines(&quiet.stderr),
        "{}",
        quiet.stderr
    );
    assert_eq!(lines(&quiet.stderr), lines(&loud.stderr));
    let tables = |text: &str| {
        text.lines()
            .filter(|line| line.contains("cbr-tiny"))
            .count()
    };
    assert_eq!(tables(&quiet.stdout), tables(&loud.stdout));
    folder.write_wild_weights("quiet");
    let failed = folder
        .run(&["run", "study.toml", "--out", "bad", "--quiet"])
        .with(1);
    failed.says(&["failed: "]);
    folder
        .run(&["status", "none", "--quiet"])
        .with(2)
        .says(&["error: "]);
}

#[test]
fn keys_set_from_outside() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    let run = |more: &[&str]| {
        folder.run(&[&["run", "study.toml", "--out", "out", "--jobs", "1"], more].concat())
    };
    // The plan of a study with keys set is that of a file with these keys.
    let set = [
        "--set",
        "train.max_steps=4",
        "--set",
        "grid.init=[\"random\"]",
        "--set",
        "title=Set",
    ];
    let planned = folder
        .run(&[&["plan", "study.toml", "--json"][..], &set].concat())
        .with(0)
        .json();
    let changed = study(&[
        ("max_steps = 12", "max_steps = 4"),
        ("init = [\"random\", \"transfer\"]", "init = [\"random\"]"),
        ("title = \"Small\"", "title = \"Set\""),
    ]);
    folder.write("changed.toml", &changed);
    let by_file = folder
        .run(&["plan", "changed.toml", "--json"])
        .with(0)
        .json();
    let ids = |rows: &Value| -> Vec<Value> {
        rows.as_array()
            .expect("rows")
            .iter()
            .map(|row| row["id"].clone())
            .collect()
    };
    assert_eq!((ids(&planned), ids(&planned).len()), (ids(&by_file), 1));
    run(&set).with(0);
    assert_eq!(folder.runs("out").len(), 1);
    // What ran is what the directory keeps, comments and all.
    assert_eq!(folder.read("out/study.toml"), changed.as_bytes());
    let again = folder.run(&["run", "out", "--json"]).with(0);
    assert!(again.stdout.contains("\"to_do\":0"), "{}", again.stdout);
    // The directory goes on from its own text, and another key is another plan.
    folder
        .run(&["run", "out", "--set", "grid.seeds=2", "--jobs", "1"])
        .with(0);
    let kept = String::from_utf8(folder.read("out/study.toml")).expect("UTF-8");
    assert_eq!(kept, changed.replace("seeds = 1", "seeds = 2"));
    assert_eq!(folder.runs("out").len(), 2);
    // The file itself knows nothing of it.
    assert_eq!(folder.read("study.toml"), STUDY.as_bytes());

    for (set, parts) in [
        (
            "train.lrr=1",
            &["no key `train.lrr`", "did you mean `train.lr`?"][..],
        ),
        ("train.lr", &["expected KEY=VALUE"]),
        (
            "train.lr=fast",
            &["study.toml --set train.lr=fast", "expected a number"],
        ),
        ("train.lr=-1", &["`train.lr`: expected a number above 0"]),
        ("grid.modl=x", &["`grid` has model, init"]),
    ] {
        folder.refuses_command(&["plan", "study.toml", "--set", set], parts);
    }
    folder.write("broken.toml", "title = ");
    folder.refuses_command(
        &["plan", "broken.toml", "--set", "title=x"],
        &["broken.toml"],
    );
}

#[test]
fn keys_are_explained() {
    let folder = Folder::new();
    folder.run(&["explain", "train.lr"]).with(0).prints(&[
        "learning rate after warm-up",
        "a number above 0",
        "default   1e-3",
        "lr = 3e-4",
        "docs/study.md#train",
    ]);
    let told = folder
        .run(&["explain", "data.task", "--json"])
        .with(0)
        .json();
    assert_eq!(
        told["values"],
        json!(["multiclass", "multilabel", "ordinal"])
    );
    assert_eq!(
        [&told["required"], &told["key"]],
        [&json!(false), &json!("data.task")]
    );
    folder
        .run(&["explain"])
        .with(0)
        .prints(&["train", "cluster"]);
    folder.refuses_command(&["explain", "train.lrr"], &["did you mean `train.lr`?"]);
    let schema = folder.run(&["schema"]).with(0).json();
    assert_eq!(schema["required"], json!(["title", "data", "grid"]));
}

/// Every command with `--json` prints JSON and nothing else.
#[test]
fn results_for_programs() {
    let folder = Folder::new();
    folder.write(
        "study.toml",
        study(&[("init = [\"random\", \"transfer\"]", "init = [\"random\"]")]),
    );
    folder
        .run(&["run", "study.toml", "--out", "out", "--jobs", "1"])
        .with(0);
    let told = |arguments: &[&str]| folder.run(&[arguments, &["--json"]].concat()).json();
    assert!(told(&["data", "recipes"])[0]["name"].is_string());
    assert!(told(&["data", "recipes", "nih14"])["text"].is_string());
    assert_eq!(
        told(&["prune", "out"]),
        json!({ "removed": true, "records": [] })
    );
    assert_eq!(
        told(&["cancel", "out"]),
        json!({ "asked_to_stop": 0, "taken_back": [] })
    );
    assert_eq!(
        told(&["repair", "out"]),
        json!({ "redone": 0, "findings": 0, "left": [] })
    );
    assert_eq!(told(&["verify", "out"])["findings"], json!([]));
    let logs = told(&["logs", "out", "0"]);
    assert_eq!(
        [&logs["number"], &logs["is_done"], &logs["task"]],
        [&json!(0), &json!(true), &Value::Null]
    );
    let packed = told(&["pack", "study.toml", "--to", "packed"]);
    assert_eq!(packed["unreadable"], json!([]));
    std::fs::write(folder.path("out/study.toml"), "damaged").expect("a file");
    assert_eq!(told(&["repair", "out"])["left"], json!([]));
    let mistaken = Command::new(PROGRAM)
        .args(["explain", "nothing", "--json"])
        .output();
    assert!(mistaken.expect("the program").stdout.is_empty());
}

#[test]
fn a_new_study_names_its_schema_for_editors() {
    let folder = Folder::new();
    folder.run(&["new", "plain"]).with(0);
    let plain = String::from_utf8(folder.read("plain/study.toml")).expect("UTF-8");
    assert!(!plain.contains("#:schema") && !folder.path("plain/study.schema.json").exists());

    let named = format!("#:schema ./study.schema.json\n{plain}");
    folder.run(&["new", "asked", "--schema"]).with(0);
    assert_eq!(folder.read("asked/study.toml"), named.as_bytes());
    let printed = folder.run(&["schema"]).with(0).json();
    assert_eq!(folder.json("asked/study.schema.json"), printed);

    // As `transfusion schema > beside/study.schema.json` leaves it.
    folder.write("beside/study.schema.json", printed.to_string());
    folder.run(&["new", "beside"]).with(0);
    assert_eq!(folder.read("beside/study.toml"), named.as_bytes());
    assert_eq!(folder.json("beside/study.schema.json"), printed);
}
