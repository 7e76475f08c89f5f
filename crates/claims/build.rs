//! Embeds the studies of the claims: every `.toml` of configs/claims, whichever there are.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../configs/claims");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    files.sort();
    let mut source = String::from("&[\n");
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(
            source,
            "    ({name:?}, include_str!({:?})),",
            file.canonicalize()?
        )?;
    }
    source.push(']');
    std::fs::write(
        Path::new(&std::env::var("OUT_DIR")?).join("embedded.rs"),
        source,
    )?;
    Ok(())
}
