//! The studies that the claims are asked with, and how a user's pictures take their data's place.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::casting::Casting;
use crate::claim::Claim;
use crate::error::ClaimsError;

/// Every study of configs/claims, and the table of claims, by name.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
/// The rehearsal's.
const REDUCED: &[(&str, &str)] = &[
    (
        "claims",
        include_str!("../../../configs/claims/reduced/claims.toml"),
    ),
    (
        "networks",
        include_str!("../../../configs/claims/reduced/networks.toml"),
    ),
    (
        "labels",
        include_str!("../../../configs/claims/reduced/labels.toml"),
    ),
    (
        "prefixes",
        include_str!("../../../configs/claims/reduced/prefixes.toml"),
    ),
    (
        "hybrids",
        include_str!("../../../configs/claims/reduced/hybrids.toml"),
    ),
];
/// The table among them.
const TABLE: &str = "claims";
/// Pixels of the rehearsal at most.
const REDUCED_PIXELS: i64 = 24;
/// What of a user's `[compare]` holds: what a difference is worth is theirs to say.
const COMPARED: [&str; 3] = ["margin", "thresholds", "sustained"];

/// A study to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name: of its directory.
    pub name: String,
    /// Its configuration.
    pub text: String,
}

/// Studies with the table that says which claim is read from which.
#[derive(Clone, Debug)]
pub struct Templates {
    /// The table.
    pub casting: Casting,
    studies: Vec<Template>,
    is_reduced: bool,
}

/// Sections of a user's own study.
#[derive(Clone, Debug)]
pub struct OwnStudy {
    path: PathBuf,
    data: Table,
    weights: Table,
    compare: Table,
}

impl OwnStudy {
    /// Reads the sections that take the place of the templates': `[data]`, which it must have,
    /// `[weights]`, and of `[compare]` margin and thresholds.
    pub fn read(path: &Path) -> Result<Self, ClaimsError> {
        let whole: Table = study::parse(&study::read_text(path)?, path)?;
        let section = |name: &str| match whole.get(name) {
            Some(Value::Table(table)) => Some(table.clone()),
            _ => None,
        };
        Ok(Self {
            data: section("data").ok_or_else(|| ClaimsError::NoSection {
                path: path.into(),
                section: "data",
            })?,
            weights: section("weights").unwrap_or_default(),
            compare: section("compare").unwrap_or_default(),
            path: path.into(),
        })
    }

    /// The folder that its paths are relative to.
    pub fn base(&self) -> PathBuf {
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty());
        folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
    }
}

impl Templates {
    /// Those that come with the program: the studies, or their rehearsal of minutes.
    pub fn embedded(is_reduced: bool) -> Result<Self, ClaimsError> {
        let files = if is_reduced { REDUCED } else { EMBEDDED };
        let table = files.iter().find(|(name, _)| *name == TABLE);
        let text = table.map_or("", |(_, text)| *text);
        let studies = files.iter().filter(|(name, _)| *name != TABLE);
        Ok(Self {
            casting: Casting::parse(text, Path::new("configs/claims/claims.toml"))?,
            studies: studies
                .map(|(name, text)| Template {
                    name: (*name).into(),
                    text: (*text).into(),
                })
                .collect(),
            is_reduced,
        })
    }

    /// The studies of `claims`, each once, in their order.
    pub fn of(&self, claims: &[Claim]) -> Result<Vec<Template>, ClaimsError> {
        let named = self.casting.studies(claims).into_iter().map(|name| {
            let found = self.studies.iter().find(|study| study.name == name);
            found.cloned().ok_or_else(|| ClaimsError::NoTemplate {
                study: name.into(),
                known: self
                    .studies
                    .iter()
                    .map(|study| study.name.clone())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
        });
        named.collect()
    }

    /// The same studies about a user's pictures, with the user's weights for the networks that they
    /// are of. Files that the templates name are looked for in `base`, as the user's paths lead
    /// elsewhere.
    pub fn about(mut self, own: &OwnStudy, base: &Path) -> Result<Self, ClaimsError> {
        for template in &mut self.studies {
            let path = PathBuf::from(format!("{}.toml", template.name));
            let mut study: Table = study::parse(&template.text, &path)?;
            let mut data = own.data.clone();
            if self.is_reduced {
                let size = data.get("size").and_then(Value::as_integer);
                let size = size.map_or(REDUCED_PIXELS, |size| size.min(REDUCED_PIXELS));
                data.insert("size".into(), Value::Integer(size));
            }
            study.insert("data".into(), Value::Table(data));
            if let Some(Value::Table(weights)) = study.get_mut("weights") {
                for (network, file) in weights {
                    match own.weights.get(network) {
                        Some(theirs) => *file = theirs.clone(),
                        None => lead_to(file, base),
                    }
                }
            }
            let models = study.get_mut("grid").and_then(|grid| grid.get_mut("model"));
            if let Some(Value::Array(models)) = models {
                models
                    .iter_mut()
                    .filter(|model| model.is_table())
                    .for_each(|m| lead_to(m, base));
            }
            if let Some(Value::Table(compare)) = study.get_mut("compare") {
                for key in COMPARED {
                    if let Some(theirs) = own.compare.get(key) {
                        compare.insert(key.into(), theirs.clone());
                    }
                }
            }
            template.text = format!(
                "# Made of the template `{}` and the data of {}.\n\n{study}",
                template.name,
                own.path
                    .display()
                    .to_string()
                    .replace(char::is_control, " "),
            );
        }
        if own.compare.contains_key("thresholds") {
            self.casting.forget_thresholds();
        }
        Ok(self)
    }
}

/// Makes the path of a file, alone or as `file` of a table, one that leads to it from anywhere, where
/// the file is in `base`.
fn lead_to(entry: &mut Value, base: &Path) {
    let file = match entry {
        Value::Table(table) => table.get_mut("file"),
        entry => Some(entry),
    };
    let Some(Value::String(file)) = file else {
        return;
    };
    let found = std::path::absolute(base.join(&*file)).ok();
    if let Some(found) = found.filter(|found| found.is_file()) {
        *file = found.to_string_lossy().into_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::StudySpec;

    #[test]
    fn every_template_is_a_study_and_every_study_a_template() {
        for is_reduced in [false, true] {
            let templates = Templates::embedded(is_reduced).unwrap();
            for claim in Claim::ALL {
                assert!(!templates.casting.of(claim).is_empty(), "{claim}");
            }
            for template in templates.of(&Claim::ALL).unwrap() {
                let spec = study::parse::<StudySpec>(&template.text, Path::new(&template.name));
                assert!(spec.is_ok(), "{}: {spec:?}", template.name);
            }
        }
    }

    #[test]
    fn a_users_pictures_take_the_place_of_the_templates() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.toml");
        let own = "title = \"Mine\"\n[data]\nsource = \"mine\"\nsize = 64\n\
                   [weights]\ncbr-tiny = \"mine.safetensors\"\nresnet50 = \"other.safetensors\"\n\
                   [compare]\nmargin = 0.03\nthresholds = [0.6]\n";
        std::fs::write(&path, own).unwrap();
        let own = OwnStudy::read(&path).unwrap();
        assert_eq!(own.base(), folder.path());
        let templates = Templates::embedded(true).unwrap();
        let templates = templates.about(&own, folder.path()).unwrap();
        for template in templates.of(&Claim::ALL).unwrap() {
            let study: Table = study::parse(&template.text, Path::new("study.toml")).unwrap();
            assert_eq!(study["data"]["source"].as_str(), Some("mine"));
            assert_eq!(study["data"]["size"].as_integer(), Some(REDUCED_PIXELS));
            assert_eq!(
                study["weights"]["cbr-tiny"].as_str(),
                Some("mine.safetensors")
            );
            // No network of the templates: study::check would refuse it.
            assert!(study["weights"].get("resnet50").is_none());
            assert_eq!(study["compare"]["margin"].as_float(), Some(0.03));
        }
        // A file of the templates is found from anywhere; a known name stays one.
        let mut network: Value = Table::from_iter([("file".into(), "study.toml".into())]).into();
        lead_to(&mut network, folder.path());
        assert_eq!(network["file"].as_str(), path.to_str());
        let mut known = Value::from("resnet50-keras");
        lead_to(&mut known, folder.path());
        assert_eq!(known.as_str(), Some("resnet50-keras"));
        std::fs::write(&path, "title = \"Mine\"").unwrap();
        let error = OwnStudy::read(&path).unwrap_err().to_string();
        assert!(error.contains("[data]"), "{error}");
    }
}
