//! A chart as data.

use crate::axis::Axis;
use crate::reference::Reference;
use crate::series::Series;

/// Signs of an id at most.
const ID_LENGTH: usize = 64;

/// A chart.
#[derive(Clone, Debug)]
pub struct Figure {
    id: String,
    /// Its title.
    pub title: String,
    /// What it shows, in one sentence.
    pub sentence: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis; names on it run from the top.
    pub y: Axis,
    /// What is drawn, the last on top.
    pub series: Vec<Series>,
    /// What it is read against.
    pub references: Vec<Reference>,
    /// What else a reader has to know.
    pub notes: Vec<String>,
}

impl Figure {
    /// A chart without anything in it. The id names its files and its place on a page: of what is
    /// given, small letters, digits and hyphens are kept.
    pub fn new(
        id: &str,
        title: impl Into<String>,
        sentence: impl Into<String>,
        [x, y]: [Axis; 2],
    ) -> Self {
        Self {
            id: slug(id),
            title: title.into(),
            sentence: sentence.into(),
            x,
            y,
            series: Vec::new(),
            references: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// With another series.
    pub fn with(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    /// With all of these series.
    pub fn with_all(mut self, series: impl IntoIterator<Item = Series>) -> Self {
        self.series.extend(series);
        self
    }

    /// With something to read values against.
    pub fn against(mut self, reference: Reference) -> Self {
        self.references.push(reference);
        self
    }

    /// With a note.
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The name of its files and its place on a page: letters, digits and hyphens.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The figure; none where nothing in it can be drawn.
    pub fn drawable(self) -> Option<Self> {
        let has_rows = self.y.names().is_some_and(|names| !names.is_empty());
        let has_points = self.series.iter().any(|s| s.drawn().next().is_some());
        (has_points || has_rows).then_some(self)
    }

    /// The same with at most `limit` points of each series, evenly chosen with the first and the
    /// last, and a note that says so where any is left out. Where an axis has names, all stay.
    pub fn thinned(&self, limit: usize) -> Self {
        let mut thinned = self.clone();
        let limit = limit.max(2);
        let longest = self.series.iter().map(|s| s.points.len()).max();
        let longest = longest.unwrap_or_default();
        let has_names = self.x.names().or(self.y.names()).is_some();
        if longest <= limit || has_names {
            return thinned;
        }
        for series in &mut thinned.series {
            let count = series.points.len();
            if count > limit {
                let kept = (0..limit).map(|i| i * (count - 1) / (limit - 1));
                series.points = kept.map(|i| series.points[i].clone()).collect();
            }
        }
        thinned.notes.push(format!(
            "Drawn and listed: {limit} of up to {longest} points a line."
        ));
        thinned
    }
}

fn slug(text: &str) -> String {
    let mut slug = String::new();
    for sign in text.chars() {
        match sign.to_ascii_lowercase() {
            kept @ ('a'..='z' | '0'..='9') => slug.push(kept),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(ID_LENGTH);
    let slug = slug.trim_end_matches('-');
    match slug.is_empty() {
        true => "figure".into(),
        false => slug.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_names_of_files() {
        assert_eq!(slug("Learning curves, AUC 1/2"), "learning-curves-auc-1-2");
        assert_eq!(slug("../<script>"), "script");
        assert_eq!(slug("漢"), "figure");
        assert!(slug(&"a".repeat(10_000)).len() <= ID_LENGTH);
    }
}
