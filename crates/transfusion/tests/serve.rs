//! Pages of studies while they run: what they tell, to whom, and what holds when a file system, a
//! connection or a name is not as one would like.
#![cfg(target_os = "linux")]

mod fixture;
mod served;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use fixture::{Folder, STUDY, finish, study};
use serde_json::Value;
use served::{Events, Served, until};

#[test]
fn a_finished_study_is_shown_with_its_report_and_its_pictures() {
    let folder = Folder::new();
    let title = "<script>alert(1)</script> \\\"quoted\\\" \\u202eback";
    folder.write("study.toml", study(&[("Small", title)]));
    folder
        .run(&["run", "study.toml", "--out", "deep/er/out"])
        .with(0);
    let before = folder.files();
    let served = Served::start(&folder, &[]);

    let found = served.study("deep/er/out", |study| study["state"] == "done");
    assert_eq!(found["counts"], serde_json::json!({ "done": 2 }));
    assert_eq!(
        found["title"],
        "<script>alert(1)</script> \"quoted\" \u{202e}back"
    );
    let list = served.get("/");
    assert!(
        list.text().contains("&#60;script&#62;alert(1)"),
        "{}",
        list.text()
    );
    let page = served.get(&format!("/study/{}", found["key"].as_str().expect("a key")));
    for page in [&list, &page] {
        assert!(!page.text().contains("<script>alert"));
        let policy = "content-security-policy: default-src 'none'; script-src 'self';";
        for header in [
            policy,
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
        ] {
            assert!(page.head.contains(header), "{}", page.head);
        }
        assert!(!page.head.contains("access-control"), "{}", page.head);
    }

    let api = served.api("deep/er/out");
    let jobs = served
        .get(&format!("{api}/jobs?state=done&order=auc&find=TRANSFER"))
        .json();
    assert_eq!(
        (&jobs["matching"], &jobs["jobs"][0]["number"]),
        (&1.into(), &1.into())
    );
    let detail = served.get(&format!("{api}/job/1")).json();
    let run = &folder.runs("deep/er/out")[1];
    let log = std::fs::read_to_string(run.join("metrics.jsonl")).expect("a log");
    let log: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(detail["evaluations"], Value::Array(log));

    let test = folder.json("deep/er/out/results.json")["data"]["partitions"][2]["images"].clone();
    let wrong = served
        .get(&format!("{api}/predictions?job=1&right=false&count=3"))
        .json();
    let right = served
        .get(&format!("{api}/predictions?job=1&right=true&order=unsure"))
        .json();
    assert_eq!(wrong["total"], test);
    let matching = |page: &Value| page["matching"].as_u64().expect("a count");
    assert_eq!(Some(matching(&wrong) + matching(&right)), test.as_u64());
    let sure = right["rows"].as_array().expect("rows").iter();
    let sure: Vec<f64> = sure
        .map(|row| row["confidence"].as_f64().expect("one"))
        .collect();
    assert!(sure.is_sorted() && !sure.is_empty(), "{sure:?}");
    let picture = served.get(&format!("{api}/picture?job=1&row=0"));
    assert!(
        picture.status == 200 && picture.head.contains("image/png"),
        "{}",
        picture.text()
    );
    image::load_from_memory(&picture.body).expect("a picture");

    until(|| (served.get(&format!("{api}/report")).json()["is_current"] == true).then_some(()));
    let report = served.get(&format!(
        "/study/{}/report",
        found["key"].as_str().expect("a key")
    ));
    assert_eq!(report.body, folder.read("deep/er/out/report.html"));
    assert!(
        report.head.contains("sandbox allow-scripts"),
        "{}",
        report.head
    );

    drop(served);
    assert_eq!(folder.files(), before, "looking on changes nothing");
}

#[test]
fn events_go_on_where_a_connection_broke() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    folder
        .run(&["run", "study.toml", "--out", "out", "--job", "0"])
        .with(0);
    let other = folder.json("out/plan.json")["runs"][1]["id"].clone();
    let log = format!("out/runs/{}/metrics.jsonl", other.as_str().expect("an id"));
    let first = std::fs::read_to_string(folder.runs("out")[0].join("metrics.jsonl"));
    let first = first.expect("a log");
    let lines: Vec<&str> = first.split_inclusive('\n').collect();

    let served = Served::start(&folder, &[]);
    let path = format!("{}/events", served.api("out"));
    let events = |served: &Served, last: &str| Events::of(served, &path, last);
    let mut reader = events(&served, "");
    let (_, begin) = reader.next("changes");
    assert_eq!(
        begin["summary"]["counts"],
        serde_json::json!({ "done": 1, "to-do": 1 })
    );
    folder.write(&log, lines[0]);
    let (id, job) = reader.of_job(1);
    assert_eq!((&job["state"], &job["step"]), (&"begun".into(), &0.into()));
    drop(reader);

    // The last line is torn, as a reader may see it.
    folder.write(&log, format!("{}{}", lines[..3].concat(), &lines[3][..9]));
    let (_, job) = events(&served, &id).of_job(1);
    let last: Value = serde_json::from_str(lines[2]).expect("JSON");
    assert_eq!(job["step"], last["step"]);

    // Another server begins anew, and says so to who was here before.
    drop(served);
    let served = Served::start(&folder, &[]);
    served.api("out");
    let (_, anew) = events(&served, &id).next("changes");
    assert_eq!(anew["is_anew"], true);
}

#[test]
fn strangers_are_refused() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    folder
        .run(&["run", "study.toml", "--out", "out", "--job", "0"])
        .with(0);
    folder.write("secret.txt", "secret");
    let served = Served::start(&folder, &[]);
    let api = served.api("out");

    // A page from elsewhere whose name points here.
    for host in [
        "Host: evil.example",
        "Host: 10.0.0.1:80",
        "Host: localhost.evil.example",
    ] {
        assert_eq!(
            served.ask("GET", "/api/studies", &[host]).status,
            421,
            "{host}"
        );
    }
    assert_eq!(
        served
            .ask("GET", "/api/studies", &["Host: localhost:9"])
            .status,
        200
    );
    // Nothing but keys and numbers names anything.
    for path in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/study/..%2f..",
        "/api/study/..%2fout/jobs",
        "/api/study/out",
        "/api/study//etc/passwd",
        "/secret.txt",
    ] {
        let answer = served.get(path);
        assert!(
            answer.status == 404 && !answer.text().contains("secret"),
            "{path}"
        );
    }
    for path in [
        "/job/..%2f0",
        "/job/-1",
        "/jobs?from=x",
        "/jobs?state=x",
        "/predictions?job=0&row=-1&right=x",
    ] {
        assert_eq!(served.get(&format!("{api}{path}")).status, 400, "{path}");
    }
    assert_eq!(served.get(&format!("{api}/job/99")).status, 404);
    for action in ["stop", "resume"] {
        let answer = served.ask("POST", &format!("{api}/{action}"), &[]);
        assert!(answer.status == 403 && answer.text().contains("--allow-stop"));
        assert_eq!(served.get(&format!("{api}/{action}")).status, 405);
    }
    drop(served);

    // Where other machines reach it there is a token, in the address that is printed.
    let served = Served::start(&folder, &["--listen", "0.0.0.0"]);
    let token = served.url.split_once("?token=").expect("a token").1;
    assert_eq!(token.len(), 32);
    for path in [
        "/",
        "/api/studies",
        "/assets/live.css",
        "/?token=",
        "/?token=0123456789abcdef0123456789abcdef",
    ] {
        assert_eq!(served.get(path).status, 401, "{path}");
    }
    let welcome = served.get(&format!("/?token={token}"));
    let cookie = welcome.head.split("set-cookie: ").nth(1).expect("a cookie");
    let cookie = cookie.lines().next().expect("a line");
    assert!(
        cookie.contains("httponly") && cookie.contains("samesite=strict"),
        "{cookie}"
    );
    assert!(!welcome.text().contains(token));
    let cookie = format!(
        "Cookie: x=y; {}",
        cookie.split(';').next().expect("a value")
    );
    assert_eq!(served.ask("GET", "/api/studies", &[&cookie]).status, 200);
    assert_eq!(
        served
            .ask("GET", "/api/studies", &[&cookie[..cookie.len() - 1]])
            .status,
        401
    );
    drop(served);
    folder
        .run(&["serve", ".", "--port", "0", "--token=short"])
        .with(2)
        .says(&["at least 16"]);
    folder
        .run(&["serve", "none"])
        .with(2)
        .says(&["none: expected a folder"]);
}

/// A study that is in the middle of its training, and its process.
fn training(folder: &Folder, arguments: &[&str]) -> Child {
    folder.write(
        "study.toml",
        study(&[("max_steps = 12", "max_steps = 1000000")]),
    );
    let mut all = vec!["run", "study.toml", "--out", "out", "--jobs", "1"];
    all.extend(arguments);
    folder.start(&all)
}

#[test]
fn a_study_is_stopped_and_resumed_by_its_own_page_alone() {
    let folder = Folder::new();
    let first = training(&folder, &[]);
    let served = Served::start(&folder, &["--allow-stop"]);
    let running = served.study("out", |study| study["counts"]["running"] == 1);
    let api = served.api("out");
    let page = served
        .get(&format!(
            "/study/{}",
            running["key"].as_str().expect("a key")
        ))
        .text();
    let key = page
        .split("data-key=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let key = format!("X-Transfusion-Key: {}", key.expect("a key"));
    let job = until(|| {
        let jobs = served.get(&format!("{api}/jobs?state=running")).json();
        let job = &jobs["jobs"][0];
        job["work"]["seconds_left"].is_number().then(|| job.clone())
    });
    assert!(job["work"]["memory_mib"].as_f64() > Some(1.0), "{job}");
    assert_eq!(job["work"]["process"], first.id());

    let stop = format!("{api}/stop");
    assert_eq!(served.ask("POST", &stop, &[]).status, 403);
    let foreign = served.ask("POST", &stop, &[&key, "Origin: http://evil.example"]);
    assert_eq!(foreign.status, 403);
    assert_eq!(
        served.ask("POST", &format!("{api}/resume"), &[&key]).status,
        409
    );
    assert_eq!(served.ask("POST", &stop, &[&key]).status, 202);
    finish(first).with(75).says(&["stopping after this step"]);
    served.study("out", |study| study["state"] == "paused");

    let resume = format!("{api}/resume");
    assert_eq!(served.ask("POST", &resume, &[]).status, 403);
    assert_eq!(served.ask("POST", &resume, &[&key]).status, 202);
    served.study("out", |study| study["state"] == "running");
    assert_eq!(served.ask("POST", &stop, &[&key]).status, 202);
    let ended = until(|| {
        let resumed = served.get(&format!("{api}/resumed")).json();
        (resumed["is_running"] == false).then_some(resumed)
    });
    assert_eq!(ended["code"], 75, "{ended}");
    assert!(
        ended["lines"].to_string().contains("goes on after step"),
        "{ended}"
    );
}

#[test]
fn a_run_serves_itself_and_nothing_ends_it_for_that() {
    let folder = Folder::new();
    let mut run = training(&folder, &["--serve", "--port", "0"]);
    let mut said = BufReader::new(run.stderr.take().expect("a pipe")).lines();
    let url = said.by_ref().find_map(|line| {
        let line = line.expect("a line");
        line.strip_prefix("pages: http://").map(str::to_string)
    });
    let served = Served {
        place: url.expect("an address").trim_end_matches('/').into(),
        url: String::new(),
        child: run,
    };
    served.study("out", |study| study["state"] == "running");
    drop(served);

    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    folder.write("study.toml", STUDY);
    folder
        .run(&["run", "study.toml", "--out", "other", "--port", &port])
        .with(0)
        .says(&["no pages are served (cannot listen on", "the study goes on"]);
    let left = folder.path("other/live");
    assert!(
        !left.exists(),
        "what is there only while a study runs is gone"
    );
}

/// A pipe that nobody writes to is a file system that does not answer.
#[test]
fn a_file_system_that_does_not_answer_holds_up_no_other() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    for out in ["good", "hung"] {
        folder
            .run(&["run", "study.toml", "--out", out, "--job", "0"])
            .with(0);
    }
    let made = Command::new("mkfifo")
        .arg(folder.path("hung/claims/x.claim"))
        .status();
    assert!(made.expect("mkfifo").success());
    let served = Served::start(&folder, &[]);
    let hung = served.study("hung", |study| study["silent_for"].as_u64() >= Some(5));
    let good = served.study("good", |study| study["is_read"] == true);
    assert_eq!(good["silent_for"], Value::Null);
    assert_eq!(
        served.get(&format!("{}/job/0", served.api("good"))).status,
        200
    );
    let key = hung["key"].as_str().expect("a key");
    let refused = served.get(&format!("/api/study/{key}/predictions?job=0"));
    assert!(refused.status == 503 && refused.text().contains("has not answered"));
}

#[test]
fn status_stays_on_a_terminal_and_leaves_it_as_it_was() {
    let folder = Folder::new();
    folder.write(
        "study.toml",
        study(&[("Small", "Small \\u001b[2J and loud")]),
    );
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    folder
        .run(&["status", "out", "--watch"])
        .with(2)
        .says(&["--watch needs a terminal", "--json"]);
    folder
        .run(&["status", "none", "--watch"])
        .with(2)
        .says(&["no plan.json"]);

    let line = format!(
        "stty rows 24 cols 80; exec {} status out --watch",
        fixture::PROGRAM
    );
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]);
    let Ok(mut script) = folder.prepare(script).stdin(Stdio::piped()).spawn() else {
        println!("skipped: no `script` on this machine");
        return;
    };
    let mut keys = script.stdin.take().expect("a pipe");
    let mut screen = script.stdout.take().expect("a pipe");
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    let text = |seen: &[u8]| String::from_utf8_lossy(seen).into_owned();
    // Cells that stay as they are, spaces among them, are not drawn anew.
    let is_drawn = |seen: &str| {
        ["\\u{1b}[2J", "━━━━", "leaves,"]
            .iter()
            .all(|p| seen.contains(p))
    };
    while !is_drawn(&text(&seen)) {
        let count = screen.read(&mut buffer).expect("a screen");
        assert!(count > 0, "{}", text(&seen));
        seen.extend(&buffer[..count]);
    }
    keys.write_all(b"q").expect("a key");
    screen.read_to_end(&mut seen).expect("a screen");
    assert!(
        script.wait().expect("a process").success(),
        "{}",
        text(&seen)
    );
    let seen = text(&seen);
    assert!(
        seen.contains("\u{1b}[?1049h") && seen.contains("\u{1b}[?1049l"),
        "{seen}"
    );
}
