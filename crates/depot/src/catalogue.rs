//! Public data sets by name: where they are published, how they are checked, where they are kept.

use std::path::{Path, PathBuf};

pub use durable::Checksum;
use thiserror::Error;

/// A data set that is on this machine in none of the folders that it is looked for in.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("data set `{name}` is in none of {folders}; {advice}")]
pub struct NotFetched {
    /// Its name.
    pub name: String,
    /// Where it was looked for.
    pub folders: String,
    /// What to do.
    pub advice: String,
}

/// One public data set.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Name in configurations.
    pub name: &'static str,
    /// What it holds.
    pub description: &'static str,
    /// Its licence.
    pub licence: &'static str,
    /// Its file or folder below a data folder.
    pub file: &'static str,
    /// Where it is published, and its checksum; none if it has to be put in place by hand.
    pub published: Option<(&'static str, Checksum)>,
}

/// Every known data set.
pub const ENTRIES: [Entry; 4] = [
    Entry {
        name: "retinamnist",
        description: "RetinaMNIST: fundus photographs, diabetic retinopathy grades 0 to 4, 28×28 RGB, 1080/120/400",
        licence: "CC BY 4.0",
        file: "retinamnist.npz",
        published: Some((
            "https://zenodo.org/records/10519652/files/retinamnist.npz?download=1",
            Checksum::Sha256("254915f5f0a2074665c4676356824cf4ef4a3bcab233894b4bafcaf48962bd69"),
        )),
    },
    Entry {
        name: "breastmnist",
        description: "BreastMNIST: breast ultrasound, malignant or not, 28×28 grey, 546/78/156",
        licence: "CC BY 4.0",
        file: "breastmnist.npz",
        published: Some((
            "https://zenodo.org/records/10519652/files/breastmnist.npz?download=1",
            Checksum::Md5("750601b1f35ba3300ea97c75c52ff8f6"),
        )),
    },
    Entry {
        name: "pneumoniamnist",
        description: "PneumoniaMNIST: paediatric chest X-rays, pneumonia or normal, 28×28 grey, 4708/524/624",
        licence: "CC BY 4.0",
        file: "pneumoniamnist.npz",
        published: Some((
            "https://zenodo.org/records/10519652/files/pneumoniamnist.npz?download=1",
            Checksum::Md5("28209eda62fecd6e6a2d98b1501bb15f"),
        )),
    },
    Entry {
        name: "cifar10",
        description: "CIFAR-10 as class folders train/<class> and test/<class> of PNG or JPEG, 32×32 RGB, 50000/10000",
        licence: "none stated; research use",
        file: "cifar10",
        published: None,
    },
];

/// Environment variable that names a further data folder, looked into first.
pub const VARIABLE: &str = "TRANSFUSION_DATA";
/// Folders looked into after that: below the working directory, where `data fetch` puts files, and
/// one that several checkouts may share.
const FOLDERS: [&str; 2] = ["data", "../shared/data"];

/// A data set by name.
pub fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|e| e.name == name)
}

/// The file or folder of a known data set in the first data folder that holds it.
pub fn locate(name: &str) -> Result<PathBuf, NotFetched> {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    let folders: Vec<PathBuf> = named
        .into_iter()
        .chain(FOLDERS.map(PathBuf::from))
        .collect();
    let file = find(name).map_or(name, |e| e.file);
    let found = folders
        .iter()
        .map(|f| f.join(file))
        .find(|path| path.exists());
    found.ok_or_else(|| NotFetched {
        name: name.into(),
        folders: folders
            .iter()
            .map(|f| f.display().to_string())
            .collect::<Vec<_>>()
            .join(", "),
        advice: match find(name).and_then(|e| e.published) {
            Some(_) => format!("fetch it with `transfusion data fetch {name}`"),
            None => format!("put it there as `{file}` by hand"),
        },
    })
}

/// Where `data fetch` keeps files by default.
pub fn default_folder() -> &'static Path {
    Path::new(FOLDERS[0])
}
