//! Tables as spreadsheets, scanners and challenges write them: right, or refused with the line and
//! the key to write.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use images::{Label, Partition, Task};
use sources::table::{ImageName, Table, TableOptions, parse};
use sources::{Meaning, Origin, Pattern, Policy, Refusal, Rows, SplitBy};

fn options(task: Task, labels: &[&str]) -> TableOptions {
    let mut options = TableOptions::new(PathBuf::from("."), task);
    options.labels = labels.iter().map(|&label| label.to_owned()).collect();
    options
}

fn read(text: impl AsRef<[u8]>, options: &TableOptions) -> Result<Table, Refusal> {
    parse("t.csv", text.as_ref(), options)
}

fn refused(text: impl AsRef<[u8]>, options: &TableOptions, parts: &[&str]) {
    let message = read(text, options).unwrap_err().to_string();
    for part in parts {
        assert!(message.contains(part), "expected `{part}` in: {message}");
    }
}

fn class(table: &Table, row: usize) -> &str {
    &table.classes[table.examples[row].label.class().unwrap()]
}

/// Bytes in UTF-16, with or without a byte order mark.
fn utf16(text: &str, is_big: bool, has_mark: bool) -> Vec<u8> {
    let mark = has_mark.then_some('\u{feff}');
    let text: String = mark.into_iter().chain(text.chars()).collect();
    let units = text.encode_utf16();
    units
        .flat_map(|unit| {
            if is_big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

#[test]
fn dialects_say_the_same() {
    let comma = "image,label,note\na.png,Ödem,x\nb.png,normal,\"1,5\"\n";
    let semicolon = "image;label;note\na.png;Ödem;x\nb.png;normal;1,5\n";
    let tab = semicolon.replace(';', "\t");
    let options = options(Task::Multiclass, &["label"]);
    let western = |text: &str| text.chars().map(|c| c as u32 as u8).collect::<Vec<u8>>();
    let written: [(Vec<u8>, &str); 10] = [
        (comma.into(), ""),
        (format!("\u{feff}{comma}").into(), ""),
        (
            format!("sep=;\n{semicolon}").into(),
            "`;` between its cells",
        ),
        (semicolon.into(), "`;` between its cells"),
        (tab.clone().into(), "tabs between its cells"),
        (comma.replace('\n', "\r\n").into(), ""),
        (utf16(&tab, false, true), "UTF-16LE"),
        (utf16(comma, true, true), "UTF-16BE"),
        (utf16(comma, false, false), "UTF-16LE"),
        (western(semicolon), "windows-1252"),
    ];
    for (bytes, note) in written {
        let table = read(&bytes, &options).unwrap();
        assert_eq!(table.classes, ["normal", "Ödem"]);
        assert_eq!((class(&table, 0), class(&table, 1)), ("Ödem", "normal"));
        let notes = table.notes.join("\n");
        assert_eq!(notes.is_empty(), note.is_empty(), "{notes}");
        assert!(notes.contains(note), "{note}: {notes}");
    }
    refused(
        b"PK\x03\x04rest",
        &options,
        &[
            "a spreadsheet or an archive",
            "save it from the spreadsheet program as CSV",
        ],
    );
    refused(b"image,label\na,b\0c\n", &options, &["bytes that are none"]);
}

/// A row takes as much memory as its text, so that one of a gigabyte is not read to its end.
#[test]
fn endless_cells_and_rows_are_refused_by_line() {
    let options = options(Task::Multiclass, &["label"]);
    let cell = |bytes: usize| "x".repeat(bytes);
    let table = |cell: &str| format!("image,label\na.png,b\nc.png,{cell}\nd.png,b\n");
    assert!(read(table(&cell(1 << 20)), &options).is_ok());
    let long = ["t.csv, line 3", "cells of at most 1 MiB"];
    refused(table(&cell((1 << 20) + 1)), &options, &long);
    let unclosed = format!("\"{}", "e.png,b\n".repeat(3 << 20));
    let endless = ["t.csv, line 3", "rows of at most 16 MiB", "close the quote"];
    refused(table(&unclosed), &options, &endless);
    let header = format!("image,{}\n", cell(20 << 20));
    refused(
        header,
        &options,
        &["t.csv, line 1", "rows of at most 16 MiB"],
    );
}

#[test]
fn tables_with_errors_name_the_line_and_what_to_write() {
    let mut options = options(Task::Multiclass, &["grade"]);
    options.patient = Some(Origin::Column("patient".into()));
    options.split = Some(SplitBy::Column("split".into()));
    let head = "image,patient,split,grade\n";
    let cases: [(&str, &[&str]); 12] = [
        (
            "a.png,p1,train,0\nb.png,p2,test,",
            &["line 3", "blank = \"skip\""],
        ),
        (
            "a.png,p1,train,0\nb.png,p1,test,1",
            &[
                "line 3",
                "patient p1 in test and, on line 2, in train",
                "allow_leaks",
            ],
        ),
        (
            "a.png,p1,train,0\na.png,p1,train,1",
            &["line 3", "the same label as on line 2", "rows = \"any\""],
        ),
        (
            "a.png,p1,train,0\na.png,p1,test,0",
            &["line 3", "one part of the split", "train on line 2"],
        ),
        (
            "a.png,p1,train,0\na.png,p2,train,0",
            &["line 3", "one patient for picture a.png"],
        ),
        (
            "a.png,p1,train,0\nb.png,,test,1",
            &["line 3", "a patient", "blank = \"own\""],
        ),
        (
            "a.png,p1,holdout,0",
            &[
                "line 2",
                "found `holdout`",
                "split = { column = \"split\", train = [\"…\"]",
            ],
        ),
        (
            "../../etc/passwd,p1,train,0",
            &["line 2", "a picture below the root"],
        ),
        (
            "a.png,p1,train",
            &["line 2", "expected 4 cells", "delimiter"],
        ),
        (
            "a.png,p1,train,99999999999",
            &["a few classes in column `grade`"],
        ),
        (
            "a.png,p1,train,sick\nb.png,p2,train,sick|well\nc.png,p3,test,well",
            &["line 3", "separator = \"|\"", "task = \"multilabel\""],
        ),
        ("", &["one row a picture", "no row"]),
    ];
    for (rows, parts) in cases {
        refused(format!("{head}{rows}"), &options, parts);
    }
    options.labels = vec!["grad".into()];
    refused(
        format!("{head}a,p,train,1"),
        &options,
        &["did you mean `grade`?", "label = one of them"],
    );
    options.labels = vec!["grade".into()];
    refused(
        "image,patient,split,grade,grade\na,p,train,1,2",
        &options,
        &["line 1", "columns 4 and 5", "rename one"],
    );
    refused(
        "a.png,p,train,1\nb.png,p,train,0",
        &options,
        &["header = false"],
    );
}

#[test]
fn what_is_no_class_is_no_class() {
    let options = options(Task::Multiclass, &["label"]);
    let of = |cells: &[&str]| {
        let rows = cells
            .iter()
            .enumerate()
            .map(|(row, cell)| format!("{row}.png,\"{cell}\"\n"));
        format!("image,label\n{}", rows.collect::<String>())
    };
    for cell in ["?", "-", "unknown", "#N/A", "-1", "n.a."] {
        refused(
            of(&["a", "b", cell]),
            &options,
            &["line 4", "blank = \"skip\""],
        );
    }
    refused(
        of(&["a", "Benign", "benign "]),
        &options,
        &["`Benign` and `benign`", "values = "],
    );
    refused(of(&["0", "1", "yes"]), &options, &["both", "values = "]);
    refused(
        of(&["0.25", "0.5", "1.5"]),
        &options,
        &["a few classes", "measurements"],
    );
    refused(
        of(&["['a', 'b']", "['a']"]),
        &options,
        &["separator = \",\""],
    );
    // Lines are counted alike whatever ends them, and a quote that is not closed swallows no row.
    let text = "image,label,note\r\n0.png,a,\r\n1.png,?,\r\n";
    refused(text, &options, &["line 3"]);
    refused(
        "image,label\n0.png,a\n1.png,\"b\n2.png,c\n3.png,d\n",
        &options,
        &["line 3", "close the quote"],
    );
}

#[test]
fn without_a_header_columns_are_numbers() {
    let mut options = options(Task::Multiclass, &["2"]);
    options.dialect.header = Some(false);
    options.image = ImageName::new("1");
    let table = read("a.png,x\nb.png,y\n", &options).unwrap();
    assert_eq!((table.examples.len(), class(&table, 0)), (2, "x"));
}

#[test]
fn class_numbers_begin_at_0_or_at_1_or_are_asked_for() {
    let text = |numbers: &[usize]| {
        let rows = numbers
            .iter()
            .enumerate()
            .map(|(row, number)| format!("{row}.png,{number}.0\n"));
        format!("image,label\n{}", rows.collect::<String>())
    };
    let mut options = options(Task::Ordinal, &["label"]);
    assert_eq!(
        read(text(&[1, 2, 3]), &options).unwrap().classes,
        ["1", "2", "3"]
    );
    options.classes = Some(["none", "mild", "severe"].map(str::to_owned).into());
    assert_eq!(
        class(&read(text(&[0, 2, 1]), &options).unwrap(), 1),
        "severe"
    );
    assert_eq!(
        class(&read(text(&[1, 3, 2]), &options).unwrap(), 1),
        "severe"
    );
    refused(
        text(&[1, 2]),
        &options,
        &[
            "numbers 1 to 2 for 3 names",
            "labels_from = 0 or labels_from = 1",
        ],
    );
    options.labels_from = Some(1);
    assert_eq!(class(&read(text(&[1, 2]), &options).unwrap(), 1), "mild");
    refused(
        text(&[1, 4]),
        &options,
        &["numbers from 1 to 3", "numbers from 1 to 4"],
    );
    // Names and numbers in one column, and words that have no order.
    options.labels_from = None;
    let mixed = "image,label\na,mild\nb,severe\nc,2";
    assert_eq!(class(&read(mixed, &options).unwrap(), 2), "severe");
    options.classes = None;
    refused(mixed, &options, &["from low to high", "classes = "]);
}

#[test]
fn findings_need_a_stated_policy() {
    let text = "image,a,b,c\nx.png,1.0,,-1\ny.png,TRUE,no,0\n";
    let mut options = options(Task::Multilabel, &["a", "b", "c"]);
    refused(
        text,
        &options,
        &["line 2", "-1 (uncertain)", "column `c`", "uncertain = "],
    );
    options.uncertain = Some(Policy::All(Meaning::Ones));
    refused(
        text,
        &options,
        &["line 2", "blank", "column `b`", "blank = "],
    );
    options.blank = Some(Policy::Each(BTreeMap::from([("b".into(), Meaning::Zeros)])));
    let table = read(text, &options).unwrap();
    assert_eq!(
        table.examples[0].label,
        Label::Findings(vec![Some(true), Some(false), Some(true)])
    );
    assert_eq!(
        table.examples[1].label,
        Label::Findings(vec![Some(true), Some(false), Some(false)])
    );
    assert_eq!(table.notes.len(), 2, "{:?}", table.notes);
    options.blank = Some(Policy::All(Meaning::Skip));
    assert_eq!(read(text, &options).unwrap().examples.len(), 1);
    options.uncertain = Some(Policy::Each(BTreeMap::from([("d".into(), Meaning::Ones)])));
    refused(text, &options, &["`data.uncertain`", "`d`"]);
    options.uncertain = None;
    refused(
        text.replace("-1", "2"),
        &options,
        &["line 2", "`2`", "column `c`", "values = { \"2\" = \"1\" }"],
    );
    options.values = BTreeMap::from([("2".into(), "1".into())]);
    assert_eq!(
        read(text.replace("-1", "2"), &options)
            .unwrap()
            .examples
            .len(),
        1
    );
}

#[test]
fn lists_and_one_hot_columns() {
    let text = "image,found\na,A|B\nb,No Finding\nc,\nd,B\n";
    let mut options = options(Task::Multilabel, &["found"]);
    options.separator = Some("|".into());
    options.nothing = Some("No Finding".into());
    refused(text, &options, &["line 4", "blank = \"zeros\""]);
    options.blank = Some(Policy::All(Meaning::Missing));
    let table = read(text, &options).unwrap();
    assert_eq!(table.classes, ["A", "B"]);
    assert_eq!(
        table.examples[1].label,
        Label::Findings(vec![Some(false); 2])
    );
    assert_eq!(table.examples[2].label, Label::Findings(vec![None; 2]));
    options.classes = Some(vec!["b".into()]);
    refused(text, &options, &["did you mean `B`?"]);

    let text = "image,MEL,NV,UNK\na,1.0,0.0,0.0\nb,0,1,0\n";
    let mut options = self::options(Task::Multiclass, &["MEL", "NV"]);
    assert_eq!(class(&read(text, &options).unwrap(), 1), "NV");
    options.labels.push("UNK".into());
    refused(
        text,
        &options,
        &["none with a 1 in column `UNK`", "leave `UNK` out of label"],
    );
    refused(
        "image,MEL,NV\na,1,1\n",
        &self::options(Task::Multiclass, &["MEL", "NV"]),
        &["line 2", "task = \"multilabel\""],
    );
    refused(
        "image,MEL,NV\na,0,0\n",
        &self::options(Task::Multiclass, &["MEL", "NV"]),
        &["line 2", "blank = \"skip\""],
    );
}

#[test]
fn several_rows_of_a_picture() {
    let text = "image,sick,odd\na.png,1,0\n./a,0,0\na.png,1,\nb.png,0,1\nb,1,1\n";
    let mut options = options(Task::Multilabel, &["sick", "odd"]);
    options.blank = Some(Policy::All(Meaning::Missing));
    let mut of = |rows| {
        options.rows = rows;
        let table = read(text, &options).unwrap();
        assert_eq!(table.examples.len(), 2);
        assert!(
            table
                .notes
                .iter()
                .any(|note| note.contains("2 of 2 pictures have several rows; on 0 of them")),
            "{:?}",
            table.notes
        );
        [0, 1].map(|row| table.examples[row].label.has(0))
    };
    assert_eq!(of(Rows::Any), [Some(true), Some(true)]);
    assert_eq!(of(Rows::Majority), [Some(true), None]);
    assert_eq!(of(Rows::Mean), [Some(true), Some(true)]);

    let grades = "image,label\na,0\na,3\na,2\nb,1\nb,2\n";
    let mut options = self::options(Task::Ordinal, &["label"]);
    let mut of = |rows| {
        options.rows = rows;
        read(grades, &options).map(|table| [0, 1].map(|row| class(&table, row).to_owned()))
    };
    assert_eq!(of(Rows::Any).unwrap(), ["3", "2"]);
    assert_eq!(of(Rows::Mean).unwrap(), ["2", "2"]);
    assert!(
        of(Rows::Majority)
            .unwrap_err()
            .to_string()
            .contains("line 3")
    );
}

#[test]
fn patients_attributes_and_splits_from_anywhere() {
    let text = "image,fold,sex,extra\nset/patient007/l.png,0,F,x-1\nset/patient008/l.png,1,M,x-2\n";
    let mut options = options(Task::Multiclass, &["sex"]);
    options.patient = Some(Origin::Path(
        Pattern::new("data.patient", r"patient(\d+)").unwrap(),
    ));
    options.attributes = vec![
        ("sex".into(), Origin::Column("sex".into())),
        (
            "number".into(),
            Origin::Cell("extra".into(), Pattern::new("n", r"-(\d)").unwrap()),
        ),
    ];
    options.split = Some(SplitBy::Values {
        column: "fold".into(),
        parts: vec![
            (Partition::Train, vec!["0".into()]),
            (Partition::Test, vec!["1".into()]),
        ],
    });
    let table = read(text, &options).unwrap();
    let first = &table.examples[0];
    assert_eq!(first.patient.as_deref(), Some("007"));
    assert_eq!(first.attributes, ["F", "1"]);
    assert_eq!(table.examples[1].partition, Some(Partition::Test));
    options.only = BTreeMap::from([("sex".into(), vec!["F".into()])]);
    assert_eq!(read(text, &options).unwrap().examples.len(), 1);
    options.patient = Some(Origin::Path(
        Pattern::new("data.patient", "person(.)").unwrap(),
    ));
    refused(text, &options, &["line 2", "correct the pattern"]);
    assert!(
        Pattern::new("data.patient", "(")
            .unwrap_err()
            .to_string()
            .contains("single quotes")
    );
}
