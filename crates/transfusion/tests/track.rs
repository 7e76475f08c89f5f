//! `track` and `run --track`: mirrors that hold what the study holds, and tools out of order.
//! `checks/tracking` reads mirrors with the tools themselves.

mod fixture;

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;

use fixture::{Folder, STUDY, files_below};

/// A server that answers every request with these bytes.
fn server(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok_and(|bytes| bytes > 0) {
                stream.write_all(answer).ok();
            }
        }
    });
    format!("http://{address}")
}

fn without(files: BTreeMap<PathBuf, Vec<u8>>, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let is_other = |path: &PathBuf| path.iter().all(|part| part != folder);
    files
        .into_iter()
        .filter(|(path, _)| is_other(path))
        .collect()
}

#[test]
fn mirrors_hold_the_study_and_a_broken_tool_is_a_line() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    let garbage = server(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n\xff[}");
    let mlflow = format!("mlflow={garbage}");
    let ended = folder
        .run(&[
            "run",
            "study.toml",
            "--out",
            "out",
            "--track",
            "csv=beside",
            "--track",
            "parquet=beside",
            "--track",
            "tensorboard=board",
            "--track",
            &mlflow,
        ])
        .with(0)
        .says(&["expected JSON", "the study is not affected"]);
    assert_eq!(ended.stderr.matches("expected JSON").count(), 1);

    // What was mirrored beside the run is what is mirrored afterwards, and twice is once.
    let study = files_below(&folder.path("out"));
    let events = files_below(&folder.path("board"));
    assert_eq!(events.len(), 2);
    for _ in 0..2 {
        let to = ["--out", "tables"];
        for format in ["csv", "parquet"] {
            folder
                .run(&[&["track", "out", "--to", format, "--follow"], &to[..]].concat())
                .with(0);
        }
        let track = ["track", "out", "--to", "tensorboard", "--out", "board"];
        folder
            .run(&track)
            .with(0)
            .prints(&["2 runs, 14 evaluations"]);
    }
    assert_eq!(files_below(&folder.path("board")), events);
    for format in ["csv", "parquet"] {
        for table in ["arms", "comparisons", "runs", "evaluations", "predictions"] {
            let [now, beside] =
                ["tables", "beside"].map(|at| folder.read(&format!("{at}/{table}.{format}")));
            assert!(!now.is_empty() && now == beside, "{table}.{format}");
        }
    }
    assert_eq!(
        without(files_below(&folder.path("out")), "tracking"),
        without(study, "tracking")
    );
    folder.run(&["verify", "out"]).with(0);

    let mut table = csv::Reader::from_path(folder.path("tables/evaluations.csv")).expect("a table");
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    let mut place = 0;
    for run in folder.runs("out") {
        let log = std::fs::read_to_string(run.join("metrics.jsonl")).expect("evaluations");
        for line in log.lines() {
            let said: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let row = &rows[place];
            assert_eq!(row[0], *run.file_name().expect("a name").to_string_lossy());
            let number = |cell: usize| row[cell].parse::<f64>().ok();
            assert_eq!(number(5), said["step"].as_f64());
            assert_eq!(number(8), said["train_loss"].as_f64());
            assert_eq!(number(9), said["validation_auc"].as_f64());
            place += 1;
        }
    }
    assert_eq!(place, rows.len());
}

#[test]
fn servers_out_of_order_end_with_75_and_wrong_usage_with_2() {
    let folder = Folder::new();
    folder.write("study.toml", STUDY);
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let before = without(folder.files(), "tracking");
    let closed = TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr();
    let gone = format!("http://{}", closed.expect("an address"));
    let long = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{";
    for (url, says) in [
        (gone, "nothing is lost"),
        (
            server(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"),
            "it answered 500",
        ),
        (
            server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]"),
            "expected JSON",
        ),
        (server(b"no HTTP at all\r\n\r\n"), "nothing is lost"),
        (server(long), "nothing is lost"),
        (
            server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
            "without an experiment",
        ),
    ] {
        let track = ["track", "out", "--to", "mlflow", "--url", &url];
        let ended = folder.run(&track).with(75).says(&[says]);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
    let moved = b"HTTP/1.1 302 Found\r\nlocation: http://elsewhere/\r\ncontent-length: 0\r\n\r\n";
    let url = server(moved);
    let track = ["track", "out", "--to", "mlflow", "--url", &url];
    folder
        .run(&track)
        .with(2)
        .says(&["http://elsewhere/", "give that address"]);
    let mut offline = folder.command(&track);
    let offline = offline
        .env("TRANSFUSION_OFFLINE", "1")
        .spawn()
        .expect("the program starts");
    fixture::finish(offline)
        .with(2)
        .says(&["TRANSFUSION_OFFLINE"]);
    for (arguments, says) in [
        (
            &["--to", "mlflow", "--url", "http://ada:geheim@host"][..],
            "MLFLOW_TRACKING_PASSWORD",
        ),
        (&["--to", "mlflow", "--out", "x"], "--url"),
        (&["--to", "csv"], "--out DIR"),
        (&["--to", "csv", "--url", "http://host"], "--out DIR"),
    ] {
        let ended = folder
            .run(&[&["track", "out"], arguments].concat())
            .with(2)
            .says(&[says]);
        assert!(!ended.stderr.contains("geheim"), "{}", ended.stderr);
    }
    folder
        .run(&["track", "nowhere", "--to", "csv", "--out", "x"])
        .with(2);
    folder
        .run(&["run", "study.toml", "--out", "out", "--track", "x=y"])
        .with(2)
        .says(&["tensorboard=DIR"]);
    assert_eq!(without(folder.files(), "tracking"), before);
}
