//! A table of pictures whose answers are known.

use std::collections::BTreeMap;
use std::path::Path;

use formats::decode::{MAX_FILE_BYTES, read_bounded};
use images::{Label, Task};
use sources::Refusal;
use sources::listing::Listing;
use sources::table::{Dialect, Finder, Found, Sheet};

use crate::classifier::Picture;

/// Names of the columns of a table of pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledColumns {
    /// What names the picture's file, relative to the folder of pictures.
    pub image: String,
    /// Its class or grade by name. Findings have a column each, `label:<finding>` or `<finding>`.
    pub label: String,
    /// Whose picture it is; by default `patient` where there is such a column.
    pub patient: Option<String>,
}

/// The pictures of a table, with their answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// Where each picture is.
    pub pictures: Vec<Picture>,
    /// What is known of each.
    pub labels: Vec<Label>,
    /// Whose picture each is, where that is known.
    pub patients: Vec<Option<String>>,
    /// What to know before trusting numbers of it; sentences.
    pub notes: Vec<String>,
}

impl Labelled {
    /// Reads a table in whatever dialect it is written; its pictures are below `root`, with or
    /// without the folders and endings that the table writes.
    pub fn read(
        path: &Path,
        root: &Path,
        columns: &LabelledColumns,
        task: Task,
        classes: &[String],
    ) -> Result<Self, Refusal> {
        let place = path.display().to_string();
        let bytes = read_bounded(path, MAX_FILE_BYTES).map_err(|error| Refusal {
            place: place.clone(),
            expected: "a readable table".into(),
            found: error.to_string(),
            write: "check the path and who may read it".into(),
        })?;
        let mut read = Self::parse(&place, &bytes, root, columns, task, classes)?;
        read.seek(&place, root)?;
        Ok(read)
    }

    /// Looks below `root` for the pictures that are not where the table says; of these that are
    /// nowhere the path stays what it was.
    fn seek(&mut self, place: &str, root: &Path) -> Result<(), Refusal> {
        if self.pictures.iter().all(|picture| picture.path.is_file()) || !root.is_dir() {
            return Ok(());
        }
        let finder = Finder::new(Listing::of(root)?);
        for picture in &mut self.pictures {
            if picture.path.is_file() {
                continue;
            }
            match finder.find(&picture.name) {
                Found::One(file) | Found::Elsewhere(file) => picture.path = finder.path(file),
                Found::Several(one, other) => {
                    return Err(Refusal {
                        place: place.into(),
                        expected: format!(
                            "`{}` to name one picture below {}",
                            picture.name,
                            root.display()
                        ),
                        found: format!("{one} and {other}"),
                        write: "write the folder before the name, or another --root".into(),
                    });
                }
                Found::None => {}
            }
        }
        Ok(())
    }

    fn parse(
        place: &str,
        bytes: &[u8],
        root: &Path,
        columns: &LabelledColumns,
        task: Task,
        classes: &[String],
    ) -> Result<Self, Refusal> {
        let sought = [columns.image.as_str(), columns.label.as_str()];
        let sheet = Sheet::parse(place, bytes, &Dialect::default(), &sought)?;
        let image = sheet.column("--image-column", &columns.image)?;
        let usual = sheet.columns.iter().any(|column| column == "patient");
        let patient = match &columns.patient {
            Some(name) => Some(sheet.column("--patient-column", name)?),
            None if usual => Some(sheet.column("--patient-column", "patient")?),
            None => None,
        };
        let mut notes = sheet.notes.clone();
        let answers = match task {
            Task::Multilabel => Answers::findings(&sheet, classes, &mut notes)?,
            Task::Multiclass | Task::Ordinal => {
                Answers::Class(sheet.column("--label-column", &columns.label)?)
            }
        };
        let mut read = Self {
            pictures: Vec::new(),
            labels: Vec::new(),
            patients: Vec::new(),
            notes,
        };
        let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
        for row in 0..sheet.rows.len() {
            let line = sheet.lines[row];
            let refuse = |expected: String, found: String, write: &str| Refusal {
                place: format!("{place}, line {line}"),
                expected,
                found,
                write: write.into(),
            };
            let name = sheet.cell(row, image);
            if name.is_empty() {
                let write = "fill in the cell, or leave the row out";
                return Err(refuse("the name of a picture".into(), "none".into(), write));
            }
            if let Some(first) = seen.insert(name, line) {
                let found = format!("`{name}` again, which is on line {first}");
                return Err(refuse("every picture once".into(), found, "leave one out"));
            }
            let label = answers.label(&sheet, row, classes);
            let (expected, found) = match label {
                Ok(label) => {
                    read.labels.push(label);
                    read.pictures.push(Picture {
                        name: name.into(),
                        path: root.join(name),
                    });
                    let whose = patient.map(|column| sheet.cell(row, column).to_owned());
                    read.patients.push(whose.filter(|whose| !whose.is_empty()));
                    continue;
                }
                Err(wrong) => wrong,
            };
            let write = "write the answer as the model's classes are called, or leave the row out";
            return Err(refuse(expected, format!("`{found}`"), write));
        }
        if read.pictures.is_empty() {
            return Err(Refusal {
                place: place.into(),
                expected: "one row a picture".into(),
                found: "none".into(),
                write: "check that it is the right file".into(),
            });
        }
        if read.patients.iter().any(Option::is_none) {
            read.notes.push(
                "Patients are unknown, of some pictures at least: these are counted as independent, \
                 and where several are of one patient the intervals are far too narrow."
                    .into(),
            );
        }
        Ok(read)
    }
}

/// Where the answers are.
enum Answers {
    /// In one column, by name.
    Class(usize),
    /// In a column a finding; none where the table has none.
    Findings(Vec<Option<usize>>),
}

impl Answers {
    fn findings(
        sheet: &Sheet,
        classes: &[String],
        notes: &mut Vec<String>,
    ) -> Result<Self, Refusal> {
        let mut places = Vec::new();
        for class in classes {
            let names = [format!("label:{class}"), class.clone()];
            let named = names
                .iter()
                .find(|name| sheet.columns.iter().any(|column| column == *name));
            places.push(match named {
                Some(name) => Some(sheet.column("the finding", name)?),
                None => {
                    notes.push(format!("The table says nothing of `{class}`."));
                    None
                }
            });
        }
        match places.iter().any(Option::is_some) {
            true => Ok(Self::Findings(places)),
            false => Err(Refusal {
                place: sheet.file.clone(),
                expected: format!("a column a finding: {}", classes.join(", ")),
                found: format!("none of them; its columns are {}", sheet.columns.join(", ")),
                write: "name columns after findings".into(),
            }),
        }
    }

    /// The answer of a row, or what was expected and what was found.
    fn label(
        &self,
        sheet: &Sheet,
        row: usize,
        classes: &[String],
    ) -> Result<Label, (String, String)> {
        match self {
            Self::Class(column) => {
                let cell = sheet.cell(row, *column);
                let class = classes.iter().position(|class| class == cell);
                class
                    .map(Label::Class)
                    .ok_or_else(|| (format!("one of {}", classes.join(", ")), cell.into()))
            }
            Self::Findings(columns) => {
                let finding = |column: &Option<usize>| {
                    let cell = column.map_or("", |column| sheet.cell(row, column));
                    match (cell, cell.parse::<f64>()) {
                        ("", _) => Ok(None),
                        (_, Ok(1.0)) => Ok(Some(true)),
                        (_, Ok(0.0)) => Ok(Some(false)),
                        _ => Err(("1, 0 or nothing for a finding".into(), cell.into())),
                    }
                };
                let findings: Result<Vec<_>, _> = columns.iter().map(finding).collect();
                Ok(Label::Findings(findings?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, task: Task) -> Result<Labelled, String> {
        let columns = LabelledColumns {
            image: "image".into(),
            label: "label".into(),
            patient: None,
        };
        let classes = ["a", "b"].map(String::from);
        let root = Path::new("root");
        Labelled::parse("t.csv", text.as_bytes(), root, &columns, task, &classes)
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn answers_are_read_by_name_and_what_is_none_is_refused_with_its_line() {
        let read_classes = |text: &str| read(text, Task::Multiclass);
        let table = read_classes("image,label,patient\n1.png,b,x\n2.png,a,\n").unwrap();
        assert_eq!(table.labels, [Label::Class(1), Label::Class(0)]);
        assert_eq!(table.patients, [Some("x".into()), None]);
        assert_eq!(table.pictures[1].path, Path::new("root/2.png"));
        assert!(table.notes[0].starts_with("Patients are unknown"));
        for (text, why) in [
            (
                "image,label\n1.png,c\n",
                "line 2: expected one of a, b, found `c`",
            ),
            (
                "image,label\n1.png,1\n",
                "line 2: expected one of a, b, found `1`",
            ),
            (
                "image,label\n1.png,a\n1.png,a\n",
                "line 3: expected every picture once",
            ),
            ("image,label\n,a\n", "the name of a picture"),
            ("image,answer\n1.png,a\n", "a column `label`"),
        ] {
            let error = read_classes(text).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn pictures_are_found_in_subfolders_and_by_names_without_ending() {
        let root = tempfile::tempdir().unwrap();
        for file in [
            "part1/ISIC_1.jpg",
            "part2/ISIC_2.jpg",
            "a/twice.png",
            "b/twice.png",
        ] {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let read = |rows: &str| {
            let table = root.path().join("t.csv");
            std::fs::write(&table, format!("image_id,dx\n{rows}")).unwrap();
            let columns = LabelledColumns {
                image: "image_id".into(),
                label: "dx".into(),
                patient: None,
            };
            let classes = ["a", "b"].map(String::from);
            Labelled::read(&table, root.path(), &columns, Task::Multiclass, &classes)
        };
        let found = read("ISIC_1,a\nISIC_2,b\nlost,a\n").unwrap().pictures;
        assert_eq!(found[0].path, root.path().join("part1/ISIC_1.jpg"));
        assert_eq!(found[1].path, root.path().join("part2/ISIC_2.jpg"));
        assert_eq!(found[2].path, root.path().join("lost"));
        let error = read("twice,a\n").unwrap_err().to_string();
        assert!(error.contains("a/twice.png and b/twice.png"), "{error}");
    }

    #[test]
    fn findings_may_be_unknown() {
        let read_findings = |text: &str| read(text, Task::Multilabel);
        let table = read_findings("image,patient,label:a,b\n1.png,x,1,\n2.png,y,0,1.0\n").unwrap();
        let findings = [[Some(true), None], [Some(false), Some(true)]];
        assert_eq!(table.labels, findings.map(|f| Label::Findings(f.into())));
        assert!(table.notes.is_empty());
        let table = read_findings("image,patient,a\n1.png,x,1\n").unwrap();
        assert_eq!(table.notes, ["The table says nothing of `b`."]);
        let error = read_findings("image,a\n1.png,yes\n").unwrap_err();
        assert!(error.contains("1, 0 or nothing"), "{error}");
        assert!(read_findings("image,c\n1.png,1\n").is_err());
    }
}
