//! Which row of a file belongs to which picture of a study.

use std::collections::HashMap;

use crate::error::EmbeddingsError;
use crate::file::Embeddings;

impl Embeddings {
    /// The row of each picture. A name of the file is the picture's own, or the end of it behind a `/`,
    /// or either without the ending (`.png`); it counts only where no other picture has the same.
    pub fn rows(&self, pictures: &[&str]) -> Result<Vec<usize>, EmbeddingsError> {
        let by_name: HashMap<&str, usize> = self.ids.iter().map(String::as_str).zip(0..).collect();
        let mut found: Vec<Option<usize>> = vec![None; pictures.len()];
        for short in [whole, without_ending, last, last_without_ending] {
            let of_file = singles(self.ids.iter().map(|id| short(id)));
            let of_study = singles(pictures.iter().map(|picture| short(picture)));
            for (picture, place) in pictures.iter().zip(&mut found) {
                let name = short(picture);
                if place.is_none() && matches!(of_study.get(name), Some(Some(_))) {
                    let of_file = || of_file.get(name).copied().flatten();
                    *place = by_name.get(name).copied().or_else(of_file);
                }
            }
            if found.iter().all(Option::is_some) {
                break;
            }
        }
        let missing: Vec<String> = pictures
            .iter()
            .zip(&found)
            .filter(|(_, row)| row.is_none())
            .map(|(picture, _)| (*picture).to_owned())
            .collect();
        if !missing.is_empty() {
            return Err(EmbeddingsError::Missing {
                path: self.path.clone(),
                missing,
                wanted: pictures.len(),
                held: self.ids.len(),
                example: self
                    .ids
                    .first()
                    .map_or_else(String::new, |id| format!("{id:?}")),
            });
        }
        Ok(found.into_iter().flatten().collect())
    }
}

/// Each name with its place; with none where several have it.
fn singles<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<&'a str, Option<usize>> {
    let mut places = HashMap::new();
    for (place, name) in names.enumerate() {
        places
            .entry(name)
            .and_modify(|known| *known = None)
            .or_insert(Some(place));
    }
    places
}

fn whole(name: &str) -> &str {
    name
}

fn last(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn without_ending(name: &str) -> &str {
    let stem = last(name)
        .rsplit_once('.')
        .map(|(_, ending)| ending.len() + 1);
    &name[..name.len() - stem.unwrap_or(0)]
}

fn last_without_ending(name: &str) -> &str {
    without_ending(last(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::parse;
    use crate::layer::Asked;
    use std::path::Path;

    fn file(ids: &[&str]) -> Embeddings {
        let rows: String = ids.iter().map(|id| format!("{id},1\n")).collect();
        parse(
            Path::new("f.csv"),
            format!("id,f\n{rows}").as_bytes(),
            &Asked::default(),
        )
        .unwrap()
    }

    #[test]
    fn pictures_are_found_by_the_longest_name_that_is_theirs_alone() {
        let rows = |ids: &[&str], pictures: &[&str]| file(ids).rows(pictures).ok();
        let study = ["a/1.png", "b/2.png"];
        assert_eq!(rows(&["b/2.png", "x", "a/1.png"], &study), Some(vec![2, 0]));
        assert_eq!(rows(&["1.png", "2.png"], &study), Some(vec![0, 1]));
        assert_eq!(rows(&["2", "1"], &study), Some(vec![1, 0]));
        assert_eq!(rows(&["C:\\x\\1.jpg", "y/2.jpg"], &study), Some(vec![0, 1]));
        assert_eq!(
            rows(&["train/1", "val/1"], &["train/1", "val/1"]),
            Some(vec![0, 1])
        );
        // Two pictures of one file name: the name says too little.
        assert_eq!(rows(&["1.png"], &["a/1.png", "b/1.png"]), None);
        assert_eq!(rows(&["x/1.png", "y/1.png"], &["a/1.png"]), None);
        let error = file(&["1.png"]).rows(&study).unwrap_err().to_string();
        assert!(
            error.contains("1 of 2 pictures") && error.contains("b/2.png"),
            "{error}"
        );
    }
}
