//! Where the user's cache of weights is.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// Environment variable that names the folder.
pub const VARIABLE: &str = "TRANSFUSION_WEIGHTS";

/// Where it is; none where the environment says nothing.
pub(super) fn of_user() -> Option<PathBuf> {
    folder_by(|name| env::var_os(name))
}

/// By the environment: named, or by the system's custom.
fn folder_by(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let named = |name: &str| variable(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(folder) = named(VARIABLE) {
        return Some(folder);
    }
    let custom = if cfg!(windows) {
        named("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        named("HOME").map(|home| home.join("Library/Caches"))
    } else {
        named("HOME").map(|home| home.join(".cache"))
    };
    let caches = named("XDG_CACHE_HOME")
        .filter(|f| f.is_absolute())
        .or(custom)?;
    Some(caches.join("transfusion").join("weights"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_follows_the_environment() {
        let folder = |set: &[(&str, &str)]| {
            let set = set.to_vec();
            folder_by(move |name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            })
        };
        let (home, xdg) = (("HOME", "/home/me"), ("XDG_CACHE_HOME", "/fast"));
        let of_system = if cfg!(target_os = "macos") {
            "/home/me/Library/Caches/transfusion/weights"
        } else {
            "/home/me/.cache/transfusion/weights"
        };
        assert_eq!(folder(&[]), None);
        assert_eq!(
            folder(&[(VARIABLE, "w"), home, xdg]),
            Some(PathBuf::from("w"))
        );
        if cfg!(unix) {
            let at = |path| Some(PathBuf::from(path));
            assert_eq!(folder(&[home, xdg]), at("/fast/transfusion/weights"));
            assert_eq!(folder(&[(VARIABLE, ""), home]), at(of_system));
            // A relative one counts for nothing, as the convention has it.
            assert_eq!(folder(&[home, ("XDG_CACHE_HOME", "fast")]), at(of_system));
        }
    }
}
