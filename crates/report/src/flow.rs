//! From files found to pictures used, as boxes.

use study::{Flow, LeftOut, SourceFlow};

use super::number;

/// The boxes.
pub struct FlowBoxes {
    /// The whole in a sentence.
    pub caption: String,
    /// One a source.
    pub sources: Vec<FlowStep>,
    /// The pictures of all sources, and what of them is left out; none where there is one source and
    /// nothing is left out.
    pub together: Option<FlowStep>,
    /// Name and count of every part.
    pub parts: Vec<(String, String)>,
}

/// One box and what leaves it.
pub struct FlowStep {
    /// How many of what.
    pub count: String,
    /// Of what source.
    pub of: String,
    /// Count and ground of what is left out.
    pub left_out: Vec<(String, String)>,
    /// What remains.
    pub remains: String,
}

impl FlowBoxes {
    /// The boxes of a flow.
    pub fn new(flow: &Flow) -> Self {
        let pictures = |count: usize| match count {
            1 => "1 picture".to_owned(),
            count => format!("{} pictures", number::count(count as u64)),
        };
        let source = |source: &SourceFlow| FlowStep {
            count: format!("{} {}", number::count(source.found as u64), source.unit),
            of: source.name.clone(),
            left_out: grounds(&source.left_out),
            remains: pictures(source.pictures),
        };
        let parts = flow.parts.iter().map(|part| {
            let images = pictures(part.images);
            let counted = match part.patients {
                Some(patients) => {
                    format!("{images} of {} patients", number::count(patients as u64))
                }
                None => images,
            };
            (part.name.clone(), counted)
        });
        let is_told = flow.sources.len() > 1 || !flow.left_out.is_empty();
        let found: Vec<String> = flow
            .sources
            .iter()
            .map(|source| format!("{} {}", number::count(source.found as u64), source.unit))
            .collect();
        Self {
            caption: format!(
                "{} found, {} used.",
                found.join(" and "),
                pictures(flow.used())
            ),
            sources: flow.sources.iter().map(source).collect(),
            together: is_told.then(|| FlowStep {
                count: pictures(flow.pictures()),
                of: "all sources".to_owned(),
                left_out: grounds(&flow.left_out),
                remains: pictures(flow.used()),
            }),
            parts: parts.collect(),
        }
    }
}

fn grounds(left: &[LeftOut]) -> Vec<(String, String)> {
    let left = left.iter();
    left.map(|left| (number::count(left.count as u64), left.why.clone()))
        .collect()
}
