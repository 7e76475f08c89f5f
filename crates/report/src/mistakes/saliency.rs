//! Where a network looks, beside what the same network shows without anything learnt.

use super::super::illustrations::{GalleryPictures, MapPicture};
use super::super::number;
use super::super::picture;
use super::fitting::fitting;
use record::results::{
    MethodResult, Results, Saliency, SaliencyCase, SaliencyMethod, SaliencyRole,
};

/// Maps of one run.
pub struct SaliencySection {
    /// Label of the arm.
    pub arm: String,
    /// Which of its runs, in words.
    pub run: String,
    /// What the maps show evidence for.
    pub question: String,
    /// How pictures were chosen.
    pub rule: &'static str,
    /// How each method works here.
    pub methods: Vec<MethodView>,
    /// One a picture; empty until maps are drawn.
    pub cases: Vec<CaseView>,
}

/// A method, and what its check came to.
pub struct MethodView {
    /// Its name.
    pub title: &'static str,
    /// How its maps are made.
    pub how: String,
    /// Whether they depend on what was learnt; none without maps.
    pub check: Option<String>,
    /// Whether they hardly do, or that cannot be told.
    pub is_warning: bool,
}

/// A picture with its maps.
pub struct CaseView {
    /// What it is an example of.
    pub role: &'static str,
    /// Id of the picture.
    pub image: String,
    /// What the data say, and what the network says.
    pub words: String,
    /// The picture as a URI, where it is drawn.
    pub uri: Option<String>,
    /// One a method.
    pub maps: Vec<MapView>,
}

/// A map as it was learnt, and with weights drawn anew.
pub struct MapView {
    /// Name of the method.
    pub title: &'static str,
    /// URI of the network's own.
    pub learnt: String,
    /// URI of that with weights drawn anew.
    pub anew: String,
    /// How alike the two are.
    pub correlation: String,
}

impl SaliencySection {
    /// The section; none where the study shows none.
    pub fn new(results: &Results, gallery: &GalleryPictures) -> Option<Self> {
        let Saliency { choice, methods } = results.saliency.as_ref()?;
        let methods = methods.as_deref().unwrap_or_default();
        let auc = number::fixed(choice.auc, 3);
        let place = number::place(choice.seed, choice.fold);
        let is_by_class = choice.cases.iter().any(|case| is_by_class(case.role));
        Some(Self {
            arm: choice.arm.clone(),
            run: format!("seed {place}, the run with the median test AUC ({auc})"),
            question: choice.question.clone(),
            rule: match is_by_class {
                true => BY_CLASS,
                false => BY_THRESHOLD,
            },
            methods: methods.iter().map(MethodView::new).collect(),
            cases: match gallery.maps.is_empty() {
                true => Vec::new(),
                false => choice
                    .cases
                    .iter()
                    .enumerate()
                    .map(|(place, case)| CaseView::new(place, case, methods, gallery))
                    .collect(),
            },
        })
    }
}

/// Rules as docs/statistics.md has them.
const BY_THRESHOLD: &str = "Of the pictures that it calls wrongly at its own threshold those are shown that it is surest of; of those that it calls rightly the ones with the median probability.";
const BY_CLASS: &str = "Of the pictures whose class it calls wrongly the one is shown that it is surest of; of the others the one with the median probability.";

fn is_by_class(role: SaliencyRole) -> bool {
    match role {
        SaliencyRole::Right | SaliencyRole::Wrong => true,
        SaliencyRole::TruePositive
        | SaliencyRole::FalsePositive
        | SaliencyRole::TrueNegative
        | SaliencyRole::FalseNegative => false,
    }
}

impl MethodView {
    fn new(result: &MethodResult) -> Self {
        Self {
            title: result.method.title(),
            how: how(result),
            check: check(result),
            is_warning: result.hardly_depends() || result.is_coarse(),
        }
    }
}

/// How maps are made, with the sizes of this study.
fn how(result: &MethodResult) -> String {
    let by = |[rows, columns]: [usize; 2]| format!("{rows} × {columns}");
    match (result.method, result.grid, &result.block, result.patch) {
        (SaliencyMethod::GradCam, Some(grid), Some(block), _) => format!(
            "maps of {block} ({} places), weighed by the mean gradient of the log odds; what speaks against is cut off (Selvaraju et al. 2017).",
            by(grid)
        ),
        (SaliencyMethod::Occlusion, Some(grid), _, Some(patch)) => format!(
            "by how much the log odds fall where {} pixels are covered with the mean colour of the picture, at {} places {} pixels apart; what speaks against is cut off (Zeiler and Fergus 2014).",
            by(patch.size),
            by(grid),
            by(patch.stride)
        ),
        (SaliencyMethod::GradCam, ..) => {
            "not for this network: its last blocks have no maps with more than one place, or read pictures as tokens.".into()
        }
        (SaliencyMethod::Occlusion, ..) => "no map was made.".into(),
    }
}

/// What the check says, in a sentence.
fn check(result: &MethodResult) -> Option<String> {
    result.grid?;
    let Some(mean) = result.mean_correlation() else {
        return Some(
            "No correlation with the maps of weights drawn anew is defined: a map is the same everywhere."
                .into(),
        );
    };
    let finding = match (result.hardly_depends(), mean >= PARTLY) {
        _ if result.is_coarse() => {
            "These maps have too few places to tell whether they depend on what was learnt"
        }
        (true, _) => {
            "These maps look much the same without anything learnt: do not read them as what the network has learnt"
        }
        (false, true) => "The maps depend on what was learnt, but only in part",
        (false, false) => "The maps depend on what was learnt",
    };
    Some(format!(
        "{finding}: mean rank correlation {} with those of the same network with weights drawn anew.",
        number::fixed(mean, 2)
    ))
}

/// A mean correlation from which on maps depend on what was learnt in part only.
const PARTLY: f64 = 0.4;

impl CaseView {
    fn new(
        place: usize,
        case: &SaliencyCase,
        methods: &[MethodResult],
        gallery: &GalleryPictures,
    ) -> Self {
        let maps = gallery.maps.iter().filter(|map| map.case == place);
        let picture = gallery.pictures.get(&case.image);
        Self {
            role: match case.role {
                SaliencyRole::TruePositive => "True positive",
                SaliencyRole::FalsePositive => "False positive",
                SaliencyRole::TrueNegative => "True negative",
                SaliencyRole::FalseNegative => "False negative",
                SaliencyRole::Right => "Right",
                SaliencyRole::Wrong => "Wrong",
            },
            image: fitting(&case.image),
            words: format!(
                "truth: {}; probability of {}: {}",
                case.truth,
                case.evidence_for,
                number::fixed(case.probability, 3)
            ),
            uri: picture.map(|png| picture::data_uri(png)),
            maps: maps.map(|map| MapView::new(map, methods)).collect(),
        }
    }
}

impl MapView {
    fn new(map: &MapPicture, methods: &[MethodResult]) -> Self {
        let result = methods.iter().find(|result| result.method == map.method);
        let correlation = result.and_then(|r| r.correlations.get(map.case).copied().flatten());
        Self {
            title: map.method.title(),
            learnt: picture::data_uri(&map.learnt),
            anew: picture::data_uri(&map.anew),
            correlation: correlation.map_or(number::UNKNOWN.into(), |c| number::fixed(c, 2)),
        }
    }
}
