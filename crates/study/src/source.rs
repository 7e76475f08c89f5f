//! The source of the pictures: the one place that knows which kinds there are.

use std::path::{Path, PathBuf};

use depot::catalogue;
use images::npz::NpzOptions;
use images::phantom::{Fundus, Objects};
use images::table::{TableOptions, Uncertain};
use images::{DataError, Dataset, Task, folder, npz, table};
use networks::zoo;

use super::data_spec::DataSpec;
use super::error::StudyError;
use super::written_source::{SourceKeys, WrittenSource};

/// Name of the drawn photographs.
const FUNDUS: &str = "phantom-fundus";
/// Name of the drawn objects.
const OBJECTS: &str = "phantom-objects";
/// What is drawn where `count` is not written.
const DRAWN_COUNT: usize = 800;

/// Reads labels and the list of pictures; pictures themselves are decoded later. Paths are
/// relative to `base`, the folder of the configuration.
pub fn open(spec: &DataSpec, base: &Path) -> Result<Dataset, anyhow::Error> {
    let source = Source::find(&spec.source, base)?;
    let mut dataset = source.read(spec.task, spec.size.height.max(spec.size.width))?;
    if dataset.task != spec.task {
        let word = |task: Task| format!("{task:?}").to_lowercase();
        return Err(StudyError::Value {
            field: "data.task",
            expected: format!("\"{}\", the task of {}", word(dataset.task), spec.source),
            found: format!("\"{}\"", word(spec.task)),
        }
        .into());
    }
    if let Some(name) = &spec.name {
        dataset.name = name.clone();
    }
    Ok(dataset)
}

/// A source that was found, with the keys that it reads and no others.
#[derive(Debug)]
enum Source {
    /// NumPy arrays in the MedMNIST layout.
    Archive {
        path: PathBuf,
        classes: Option<Vec<String>>,
    },
    /// Class folders.
    Folder {
        path: PathBuf,
        classes: Option<Vec<String>>,
    },
    /// A table that names pictures.
    Table {
        path: PathBuf,
        classes: Option<Vec<String>>,
        image_root: Option<PathBuf>,
        image: Option<String>,
        label: Option<Vec<String>>,
        patient: Option<String>,
        split: Option<String>,
        uncertain: Option<Uncertain>,
    },
    /// Drawn photographs of the eye, two a patient.
    Fundus { patients: usize, seed: u64 },
    /// Drawn objects.
    Objects { count: usize, seed: u64 },
}

impl Source {
    /// What `written` names. The kind of a file follows from the file, that of a known data set from
    /// where it lies; a key that the kind does not read is refused.
    fn find(written: &WrittenSource, base: &Path) -> Result<Self, anyhow::Error> {
        let mut keys = written.keys.clone();
        let source = match written.text.as_str() {
            FUNDUS => Self::Fundus {
                patients: keys.count.take().unwrap_or(DRAWN_COUNT),
                seed: keys.seed.take().unwrap_or(0),
            },
            OBJECTS => Self::Objects {
                count: keys.count.take().unwrap_or(DRAWN_COUNT),
                seed: keys.seed.take().unwrap_or(0),
            },
            text => {
                let path = match catalogue::find(text) {
                    Some(_) => catalogue::locate(text)?,
                    None => base.join(text),
                };
                Self::at(path, text, &mut keys)?
            }
        };
        keys.refuse_rest(&written.text, source.kind())?;
        Ok(source)
    }

    /// The file or folder at `path`, written as `text`; takes its own of the keys.
    fn at(path: PathBuf, text: &str, keys: &mut SourceKeys) -> Result<Self, anyhow::Error> {
        let metadata = match std::fs::metadata(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(absent(text, &path).into());
            }
            Err(source) => return Err(DataError::Io { path, source }.into()),
            Ok(metadata) => metadata,
        };
        if metadata.is_dir() {
            return Ok(Self::Folder {
                path,
                classes: keys.classes.take(),
            });
        }
        let ending = path.extension().and_then(|e| e.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("npz") => Ok(Self::Archive {
                path,
                classes: keys.classes.take(),
            }),
            Some("csv") => Ok(Self::Table {
                path,
                classes: keys.classes.take(),
                image_root: keys.image_root.take(),
                image: keys.image.take(),
                label: keys.label.take().map(|columns| columns.names()),
                patient: keys.patient.take(),
                split: keys.split.take(),
                uncertain: keys.uncertain.take(),
            }),
            _ => Err(StudyError::Value {
                field: "data.source",
                expected: format!(
                    "a .npz file, a folder of class folders, a .csv table, {FUNDUS}, {OBJECTS}, or a data set of `transfusion data list`"
                ),
                found: path.display().to_string(),
            }
            .into()),
        }
    }

    /// The words for it in messages.
    fn kind(&self) -> &'static str {
        match self {
            Self::Archive { .. } => "a .npz file",
            Self::Folder { .. } => "a folder of class folders",
            Self::Table { .. } => "a .csv table",
            Self::Fundus { .. } | Self::Objects { .. } => "drawn pictures",
        }
    }

    /// Its labels and the list of its pictures. Pictures are drawn `size` pixels wide and high.
    fn read(self, task: Task, size: usize) -> Result<Dataset, DataError> {
        match self {
            Self::Archive { path, classes } => {
                let mut options = NpzOptions::new(task);
                options.class_names = classes;
                npz::read(&path, &options)
            }
            Self::Folder { path, classes } => folder::read(&path, task, classes.as_deref()),
            Self::Table {
                path,
                classes,
                image_root,
                image,
                label,
                patient,
                split,
                uncertain,
            } => {
                let beside = path.parent().unwrap_or(Path::new("."));
                let options = TableOptions {
                    root: match image_root {
                        Some(root) => beside.join(root),
                        None => beside.into(),
                    },
                    task,
                    image: image.unwrap_or_else(|| "image".into()),
                    labels: label.unwrap_or_else(|| vec!["label".into()]),
                    patient,
                    split,
                    uncertain: uncertain.unwrap_or_default(),
                    class_names: classes,
                };
                table::read(&path, &options)
            }
            Self::Fundus { patients, seed } => Ok(Fundus {
                seed,
                patients,
                size,
            }
            .into()),
            Self::Objects { count, seed } => Ok(Objects { seed, count, size }.into()),
        }
    }
}

/// A path at which nothing is: mistyped, or meant as the name of a data set.
fn absent(written: &str, path: &Path) -> StudyError {
    let mut names = vec![FUNDUS, OBJECTS];
    names.extend(catalogue::ENTRIES.iter().map(|e| e.name));
    let meant = zoo::nearest(written, &names);
    StudyError::Value {
        field: "data.source",
        expected: format!(
            "a file or folder, relative to the configuration, or one of {}",
            names.join(", ")
        ),
        found: format!(
            "nothing at {}{}",
            path.display(),
            meant.map_or(String::new(), |name| format!(" (did you mean `{name}`?)"))
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key that only some sources read, with a value.
    const KEYS: [(&str, &str); 9] = [
        ("classes", r#"["a", "b"]"#),
        ("image_root", r#""pictures""#),
        ("image", r#""file""#),
        ("label", r#"["a", "b"]"#),
        ("patient", r#""patient""#),
        ("split", r#""part""#),
        ("uncertain", r#""zeros""#),
        ("count", "40"),
        ("seed", "3"),
    ];

    /// The source of `[data]` that is `text` and has these keys beside the required ones.
    fn written(text: &str, keys: &str) -> WrittenSource {
        let data = format!("source = \"{text}\"\nsize = 32\n{keys}");
        crate::parse::<DataSpec>(&data, Path::new("study.toml"))
            .expect("known keys")
            .source
    }

    #[test]
    fn a_source_reads_its_own_keys_and_refuses_all_others() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("pictures")).expect("a folder");
        std::fs::write(folder.path().join("arrays.npz"), []).expect("a file");
        std::fs::write(folder.path().join("labels.csv"), []).expect("a file");
        let drawn = ["count", "seed"];
        let table = &KEYS[..7];
        for (text, kind) in [
            ("pictures", "a folder of class folders"),
            ("arrays.npz", "a .npz file"),
            ("labels.csv", "a .csv table"),
            (FUNDUS, "drawn pictures"),
            (OBJECTS, "drawn pictures"),
        ] {
            for (key, value) in KEYS {
                let is_read = match kind {
                    "drawn pictures" => drawn.contains(&key),
                    "a .csv table" => table.contains(&(key, value)),
                    _ => key == "classes",
                };
                let found =
                    Source::find(&written(text, &format!("{key} = {value}")), folder.path());
                if is_read {
                    let kept = format!("{:?}", found.expect("its own key"));
                    let value = value.trim_matches(['[', ']', '"']).split('"').next();
                    let value = value.expect("a part").to_lowercase();
                    assert!(kept.to_lowercase().contains(&value), "{key}: {kept}");
                    continue;
                }
                let message = found.expect_err("another's key").to_string();
                for part in [&format!("`data.{key}`"), &format!("`{text}`, {kind}")] {
                    assert!(message.contains(part), "`{part}` is not in: {message}");
                }
            }
        }
        let message = Source::find(&written("pictures", "patient = \"id\""), folder.path())
            .expect_err("a table's key")
            .to_string();
        assert_eq!(
            message,
            "`data.patient`: expected this key only where `data.source` is a .csv table, \
             found it with `pictures`, a folder of class folders; remove the key"
        );
    }

    #[test]
    fn a_mistyped_key_is_told_the_nearest() {
        let data = "source = \"pictures\"\nsize = 32\npatients = \"id\"";
        let message = crate::parse::<DataSpec>(data, Path::new("study.toml"))
            .expect_err("no such key")
            .to_string();
        for part in [
            "line 3",
            "unknown field `patients`",
            "did you mean `patient`?",
        ] {
            assert!(message.contains(part), "`{part}` is not in: {message}");
        }
    }
}
