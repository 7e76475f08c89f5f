//! Where NVIDIA's libraries are on this machine.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Serialize;

use crate::driver::{is_loaded_by_name, load};
use crate::error::CudaError;

/// Folders with libraries that go before all others, separated as in `PATH`.
pub const FOLDERS_VARIABLE: &str = "TRANSFUSION_CUDA_LIBS";

/// The libraries of a machine, loaded where they were found.
#[derive(Clone, Debug, Serialize)]
pub struct Libraries {
    /// NVIDIA's driver.
    pub driver: Presence,
    /// The compiler of kernels.
    pub nvrtc: Presence,
}

/// Whether a library is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// In this file.
    At(PathBuf),
    /// Where the system looks for libraries.
    System,
    /// Nowhere.
    Absent,
}

impl Presence {
    /// Whether it is there at all.
    pub fn is_there(&self) -> bool {
        *self != Self::Absent
    }
}

static FIRST: OnceLock<Vec<PathBuf>> = OnceLock::new();

/// Looks for libraries in these folders before all others. Without effect once any was looked for.
pub fn search_first(folders: Vec<PathBuf>) {
    FIRST.get_or_init(|| folders);
}

impl Libraries {
    /// Finds and loads them, once in a process.
    pub fn find() -> &'static Self {
        static FOUND: OnceLock<Libraries> = OnceLock::new();
        FOUND.get_or_init(|| {
            let folders = folders();
            // NVRTC looks for its own parts by name.
            present(&folders, "libnvrtc-builtins.so", &[]);
            Self {
                driver: present(&folders, "libcuda.so", &["libcuda.so.1", "libcuda.so"]),
                nvrtc: present(
                    &folders,
                    "libnvrtc.so",
                    &["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"],
                ),
            }
        })
    }

    /// An error that says what to do, unless all that computing takes are there.
    pub fn check(&self) -> Result<(), CudaError> {
        let wanted = [(&self.driver, DRIVER), (&self.nvrtc, NVRTC)];
        match wanted
            .into_iter()
            .find(|(presence, _)| !presence.is_there())
        {
            Some((_, (library, remedy))) => Err(CudaError::Absent { library, remedy }),
            None => Ok(()),
        }
    }
}

/// Whether this program can load libraries. NVIDIA's are linked with the C library of the system, of
/// which a program that is linked statically has a copy of its own: both in one process end it.
const CAN_LOAD: bool = cfg!(not(all(unix, target_feature = "crt-static")));
const IS_STATIC: &str =
    "this program is linked statically and loads no library; the one that is not can use a GPU";

/// The driver's library, and what to do without it.
pub const DRIVER: (&str, &str) = (
    "NVIDIA's driver (libcuda.so.1)",
    match CAN_LOAD {
        true => {
            "install NVIDIA's driver 525 or newer, or start the container with its GPUs (--gpus all, --nv)"
        }
        false => IS_STATIC,
    },
);
/// The compiler's library, and what to do without it.
pub const NVRTC: (&str, &str) = (
    "NVIDIA's run-time compiler (libnvrtc.so)",
    match CAN_LOAD {
        true => {
            "pip install nvidia-cuda-nvrtc-cu12 into the active environment, install CUDA 12 or newer, or \
             name the folder that holds it in TRANSFUSION_CUDA_LIBS"
        }
        false => IS_STATIC,
    },
);

/// Loads the first file of the name, whatever its version, in the folders, else by name.
fn present(folders: &[PathBuf], file: &str, names: &[&str]) -> Presence {
    if !CAN_LOAD {
        return Presence::Absent;
    }
    for folder in folders {
        for path in files(folder, file) {
            if load(&path) {
                return Presence::At(path);
            }
        }
    }
    match is_loaded_by_name(names) {
        true => Presence::System,
        false => Presence::Absent,
    }
}

/// Files of a folder whose names are `name`, perhaps with a version; the newest first.
fn files(folder: &Path, name: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let is_one = |path: &PathBuf| {
        let found = path.file_name().and_then(OsStr::to_str).unwrap_or("");
        let rest = found.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_one)
        .collect();
    found.sort();
    found.reverse();
    found
}

/// Where libraries of CUDA lie: where the user says, then the active Python environment and the
/// Pythons of `PATH` (as pip installs NVIDIA's wheels), then CUDA's own folders.
fn folders() -> Vec<PathBuf> {
    let mut folders = FIRST.get_or_init(Vec::new).clone();
    if let Some(paths) = env::var_os(FOLDERS_VARIABLE) {
        folders.extend(env::split_paths(&paths));
    }
    let environments = ["VIRTUAL_ENV", "CONDA_PREFIX"];
    let roots = environments
        .iter()
        .filter_map(env::var_os)
        .map(PathBuf::from);
    let of_path = env::var_os("PATH").unwrap_or_default();
    let parents = env::split_paths(&of_path).filter_map(|bin| Some(bin.parent()?.to_path_buf()));
    for root in roots.chain(parents) {
        for library in below(&root.join("lib"), "python3") {
            for packages in ["site-packages", "dist-packages"] {
                let nvidia = library.join(packages).join("nvidia");
                folders.extend(below(&nvidia, "").into_iter().map(|part| part.join("lib")));
            }
        }
    }
    for variable in ["CUDA_PATH", "CUDA_HOME"] {
        if let Some(root) = env::var_os(variable) {
            folders.push(PathBuf::from(root).join("lib64"));
        }
    }
    folders.push("/usr/local/cuda/lib64".into());
    folders
}

/// Folders in a folder whose names begin so, in order.
fn below(folder: &Path, start: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().and_then(OsStr::to_str);
            name.is_some_and(|name| name.starts_with(start)) && path.is_dir()
        })
        .collect();
    found.sort();
    found
}
