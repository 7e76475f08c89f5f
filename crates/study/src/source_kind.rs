//! The kinds of sources: the one place that knows which there are.

use std::path::{Path, PathBuf};

use depot::catalogue;
use images::npz::NpzOptions;
use images::phantom::{Fundus, Objects};
use images::{DataError, npz};
use networks::zoo;
use sources::folder::{self, FolderOptions};
use sources::table::{self, TableOptions};
use sources::{Noted, SourceFlow};

use super::bounds;
use super::data_spec::DataSpec;
use super::error::StudyError;
use super::identity::NUMERICS;
use super::source_keys::SourceKeys;
use super::source_options;

/// Name of the drawn photographs.
const FUNDUS: &str = "phantom-fundus";
/// Name of the drawn objects.
const OBJECTS: &str = "phantom-objects";
/// What is drawn where `count` is not written.
const DRAWN_COUNT: usize = 800;

/// A source that was found, with the keys that it reads and no others.
#[derive(Debug)]
pub(crate) enum Source {
    /// NumPy arrays in the MedMNIST layout.
    Archive {
        path: PathBuf,
        classes: Option<Vec<String>>,
    },
    /// Pictures that `transfusion pack` packed, with all that is known of them.
    Pack { path: PathBuf },
    /// Class folders.
    Folder {
        path: PathBuf,
        options: Box<FolderOptions>,
    },
    /// A table that names pictures.
    Table {
        path: PathBuf,
        options: Box<TableOptions>,
    },
    /// Drawn photographs of the eye, two a patient.
    Fundus { patients: usize, seed: u64 },
    /// Drawn objects.
    Objects { count: usize, seed: u64 },
}

/// Endings of tables.
const TABLES: [&str; 4] = ["csv", "tsv", "tab", "txt"];

impl Source {
    /// What `text` names. The kind of a file follows from the file, that of a known data set from
    /// where it lies; a key that the kind does not read is refused.
    pub(crate) fn find(
        text: &str,
        keys: &SourceKeys,
        spec: &DataSpec,
        base: &Path,
    ) -> Result<Self, StudyError> {
        let mut keys = keys.clone();
        bounds::COUNT.whole(keys.count.unwrap_or(DRAWN_COUNT) as u64)?;
        bounds::SEED.whole(keys.seed.unwrap_or(0))?;
        bounds::LABELS_FROM.whole(keys.labels_from.unwrap_or(0) as u64)?;
        let source = match text {
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
                Self::at(path, text, &mut keys, spec)?
            }
        };
        keys.refuse_rest(text, source.kind())?;
        Ok(source)
    }

    /// The file or folder at `path`, written as `text`; takes its own of the keys.
    fn at(
        path: PathBuf,
        text: &str,
        keys: &mut SourceKeys,
        spec: &DataSpec,
    ) -> Result<Self, StudyError> {
        let metadata = match std::fs::metadata(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(absent(text, &path));
            }
            Err(source) => return Err(DataError::Io { path, source }.into()),
            Ok(metadata) => metadata,
        };
        if packs::is_pack(&path) {
            return Ok(Self::Pack { path });
        }
        if metadata.is_dir() {
            let options = Box::new(source_options::folder(&path, keys, spec.task)?);
            return Ok(Self::Folder { path, options });
        }
        let ending = path.extension().and_then(|e| e.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("npz") => Ok(Self::Archive {
                path,
                classes: keys.classes.take(),
            }),
            // HAM10000 hands its table out without an ending.
            ending if ending.is_none_or(|ending| TABLES.contains(&ending)) => {
                let mut options = Box::new(source_options::table(&path, keys, spec.task)?);
                options.shares_patients = spec.allow_leaks.is_some();
                Ok(Self::Table { path, options })
            }
            _ => Err(StudyError::Value {
                field: "data.source",
                expected: format!(
                    "a .npz file, a folder of class folders, a table ({}), {FUNDUS}, {OBJECTS}, or a data set of `transfusion data list`",
                    TABLES.join(", ")
                ),
                found: path.display().to_string(),
            }),
        }
    }

    /// The words for it in messages.
    fn kind(&self) -> &'static str {
        match self {
            Self::Archive { .. } => "a .npz file",
            Self::Pack { .. } => "a pack, which holds all that was read with such keys",
            Self::Folder { .. } => "a folder of class folders",
            Self::Table { .. } => "a table",
            Self::Fundus { .. } | Self::Objects { .. } => "drawn pictures",
        }
    }

    /// Its labels and the list of its pictures. Pictures are drawn `size` pixels wide and high.
    pub(crate) fn read(self, spec: &DataSpec) -> Result<Noted, StudyError> {
        let size = spec.size.height.max(spec.size.width);
        let dataset = match self {
            Self::Archive { path, classes } => {
                let mut options = NpzOptions::new(spec.task);
                options.class_names = classes;
                npz::read(&path, &options)?
            }
            Self::Pack { path } => return Ok(packs::open(&path, NUMERICS)?),
            Self::Folder { path, options } => return Ok(folder::read(&path, &options)?),
            Self::Table { path, options } => return Ok(table::read(&path, &options)?),
            Self::Fundus { patients, seed } => Fundus {
                seed,
                patients,
                size,
            }
            .into(),
            Self::Objects { count, seed } => Objects { seed, count, size }.into(),
        };
        Ok(Noted {
            flow: vec![SourceFlow::of_pictures(&dataset.name, dataset.len())],
            dataset,
            notes: Vec::new(),
            said: Vec::new(),
        })
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
    const KEYS: [(&str, &str); 13] = [
        ("classes", r#"["a", "b"]"#),
        ("patient", r#"{ pattern = "p(.)" }"#),
        ("split", r#"{ train = "part.txt" }"#),
        ("layout", r#""{class}/*""#),
        ("ignore", r#"["masks"]"#),
        ("image_root", r#""pictures""#),
        ("image", r#""file""#),
        ("label", r#"["a", "b"]"#),
        ("separator", r#""|""#),
        ("nothing", r#""none""#),
        ("uncertain", r#""zeros""#),
        ("count", "40"),
        ("seed", "3"),
    ];

    /// What `text` names, with these keys beside the required ones.
    fn find(text: &str, keys: &str, base: &Path) -> Result<Source, StudyError> {
        let data = format!("source = \"{text}\"\nsize = 32\n{keys}");
        let spec = crate::parse::<DataSpec>(&data, Path::new("study.toml")).expect("known keys");
        Source::find(text, &spec.source.keys, &spec, base)
    }

    #[test]
    fn a_source_reads_its_own_keys_and_refuses_all_others() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("pictures")).expect("a folder");
        std::fs::write(folder.path().join("arrays.npz"), []).expect("a file");
        std::fs::write(folder.path().join("labels.csv"), []).expect("a file");
        let drawn = ["count", "seed"];
        let (folders, tables) = (&KEYS[..5], [&KEYS[..3], &KEYS[5..11]].concat());
        for (text, kind) in [
            ("pictures", "a folder of class folders"),
            ("arrays.npz", "a .npz file"),
            ("labels.csv", "a table"),
            (FUNDUS, "drawn pictures"),
            (OBJECTS, "drawn pictures"),
        ] {
            for (key, value) in KEYS {
                let is_read = match kind {
                    "drawn pictures" => drawn.contains(&key),
                    "a table" => tables.contains(&(key, value)),
                    "a .npz file" => key == "classes",
                    _ => folders.contains(&(key, value)),
                };
                let found = find(text, &format!("{key} = {value}"), folder.path());
                if is_read {
                    found.expect("its own key");
                    continue;
                }
                let message = found.expect_err("another's key").to_string();
                for part in [&format!("`data.{key}`"), &format!("`{text}`, {kind}")] {
                    assert!(message.contains(part), "`{part}` is not in: {message}");
                }
            }
        }
        let message = find("pictures", "separator = \"|\"", folder.path())
            .expect_err("a table's key")
            .to_string();
        assert_eq!(
            message,
            "`data.separator`: expected this key only where `data.source` is a table (.csv, .tsv, .txt), \
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
