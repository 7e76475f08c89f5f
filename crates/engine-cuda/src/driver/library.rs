//! Shared libraries, loaded for good.

use std::path::Path;

use libloading::Library;

/// Whether the library of this file could be loaded. It stays, and whoever asks for its name later
/// gets it.
pub fn load(path: &Path) -> bool {
    // SAFETY: loading runs the initialisers of NVIDIA's libraries, which have no demands; what is
    // loaded is what the user installed, or pointed to.
    match unsafe { Library::new(path) } {
        Ok(library) => {
            std::mem::forget(library);
            true
        }
        Err(_) => false,
    }
}

/// Whether the system finds a library by one of these names.
pub fn is_loaded_by_name(names: &[&str]) -> bool {
    names.iter().any(|name| load(Path::new(name)))
}
