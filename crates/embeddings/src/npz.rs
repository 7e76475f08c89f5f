//! Arrays of names and of features in one `.npz`.

use std::io::{Read, Seek};

use arrays::{NpyError, NpyHeader, read_texts};
use zip::ZipArchive;

use crate::layer::{Asked, Layer, Mismatch};

/// Most members of an archive.
const MAX_MEMBERS: usize = 1_000;
/// Most bytes of all names.
const NAMES_LIMIT: u64 = 1 << 30;
/// Most bytes of all features, once decompressed: 16 GiB.
const FEATURES_LIMIT: u64 = 16 << 30;
/// Names of the array of names, where none is told.
const NAMES: [&str; 6] = ["ids", "id", "names", "files", "filenames", "image"];

pub(crate) fn parse(
    bytes: impl Read + Seek,
    asked: &Asked,
) -> Result<(Vec<String>, Vec<Layer>), Mismatch> {
    let damaged = |error: zip::result::ZipError| ("a whole .npz archive".into(), error.to_string());
    let mut archive = ZipArchive::new(bytes).map_err(damaged)?;
    if archive.len() > MAX_MEMBERS {
        let found = format!("{}", archive.len());
        return Err((format!("at most {MAX_MEMBERS} arrays"), found));
    }
    let names: Vec<String> = archive
        .file_names()
        .filter_map(|name| name.strip_suffix(".npy").map(String::from))
        .collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let ids = match &asked.ids {
        Some(name) => has(name).then_some(name.as_str()),
        None => NAMES.into_iter().find(|name| has(name)),
    };
    let Some(ids) = ids else {
        let wanted = asked.ids.as_deref().unwrap_or("ids");
        return Err((
            format!("an array `{wanted}` of the pictures' names"),
            names.join(", "),
        ));
    };
    let texts = {
        let mut member = archive.by_name(&format!("{ids}.npy")).map_err(damaged)?;
        read_texts(&mut member, NAMES_LIMIT).map_err(|error| within(ids, error))?
    };
    let wanted: Vec<String> = match &asked.layers {
        Some(layers) => layers.clone(),
        None => names.iter().filter(|name| *name != ids).cloned().collect(),
    };
    let mut left = FEATURES_LIMIT;
    let mut layers = Vec::new();
    for name in wanted {
        if !has(&name) {
            return Err((format!("an array `{name}`"), names.join(", ")));
        }
        let mut member = archive.by_name(&format!("{name}.npy")).map_err(damaged)?;
        let header = NpyHeader::read(&mut member).map_err(|error| within(&name, error))?;
        let channels = match header.shape[..] {
            [rows, channels] if rows == texts.len() => channels,
            // Labels and the like lie beside features; only what was asked for has to be one.
            _ if asked.layers.is_none() => continue,
            _ => {
                let expected = format!("`{name}` of shape [{}, features]", texts.len());
                return Err((expected, header.describe()));
            }
        };
        let data = header
            .check_rows()
            .and_then(|()| header.read_data(member, left));
        let data = data.map_err(|error| within(&name, error))?;
        left -= data.len() as u64;
        let mut values = Vec::with_capacity(data.len() / header.element.bytes());
        header.element.append_singles(&data, &mut values);
        layers.push(Layer {
            name,
            channels,
            values,
        });
    }
    if layers.is_empty() {
        let expected = format!(
            "an array of shape [{}, features] beside `{ids}`",
            texts.len()
        );
        return Err((expected, names.join(", ")));
    }
    Ok((texts, layers))
}

fn within(name: &str, error: NpyError) -> Mismatch {
    (format!("{} in `{name}`", error.expected), error.found)
}
