//! ROC and precision-recall curves with bands and operating points.

use figures::{Axis, Figure, Form, Place, Point, Reference, Series};
use record::results::{
    CurveQuestion, CurveResult, Discrimination, Estimate, MeanResult, OperatingMean,
    QuestionDiscrimination, Results,
};

use super::seen::{Seen, SeenArm};
use super::two_by_two::range;
use crate::evidence::flagged;
use crate::number::{self, fixed};

/// Arms with bands and intervals in one drawing; more would hide each other.
const BANDS: usize = 2;
/// Questions beside the headline that are drawn: those with the most positive pictures.
const OTHERS: usize = 16;

/// The section.
pub struct CurveSection {
    /// What the reader has to know.
    pub note: String,
    /// ROC and precision-recall curves of the headline.
    pub headline: Vec<Figure>,
    /// Those of the other questions, to unfold.
    pub others: Vec<Figure>,
    /// What is unfolded.
    pub others_title: String,
}

impl CurveSection {
    /// None where no arm has a curve.
    pub fn new(results: &Results, told: &Discrimination, seen: &Seen) -> Option<Self> {
        told.questions.first()?;
        let drawing = Drawing { told, seen };
        let headline = drawing.pair(0, false);
        let mut others: Vec<usize> = (1..told.questions.len()).collect();
        let positives = |place: &usize| told.questions[*place].cases.map_or(0, |c| c.positives);
        others.sort_by_key(|place| std::cmp::Reverse(positives(place)));
        let left = others.split_off(others.len().min(OTHERS));
        let others: Vec<Figure> = others.iter().flat_map(|p| drawing.pair(*p, true)).collect();
        let title = match left.len() {
            0 => "Every other question".to_owned(),
            left => format!(
                "The {OTHERS} questions with the most positive pictures; {left} more are in results.json"
            ),
        };
        (!headline.is_empty() || !others.is_empty()).then(|| Self {
            note: note(results, told, seen),
            headline,
            others,
            others_title: title,
        })
    }

    /// Everything that is drawn.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.headline.iter().chain(&self.others)
    }
}

struct Drawing<'a> {
    told: &'a Discrimination,
    seen: &'a Seen<'a>,
}

impl Drawing<'_> {
    /// Both curves of a question; a small one has the first two arms at every second place.
    fn pair(&self, place: usize, is_small: bool) -> Vec<Figure> {
        let pair = [
            self.roc(place, is_small),
            self.precision_recall(place, is_small),
        ];
        pair.into_iter().flatten().collect()
    }

    fn roc(&self, place: usize, is_small: bool) -> Option<Figure> {
        let question = &self.told.questions[place];
        let axes = [
            Axis::straight("1 − specificity")
                .between(0.0, 1.0)
                .digits(3),
            Axis::straight("sensitivity").between(0.0, 1.0).digits(3),
        ];
        let mut figure = Figure::new(
            &format!("roc-{place}"),
            format!("{}: ROC curve", title(question)),
            self.sentence(place, is_small, "AUC", |own| own.auc.as_ref().map(estimate)),
            axes,
        )
        .against(Reference::new(Place::Diagonal, "chance"));
        let places = &self.told.false_positive_rates;
        for line in self.lines(place, is_small, places, |own| own.roc.as_ref()) {
            let marks = line.own.operating.as_ref();
            let marks = marks.map(|point| thresholds(line.arm, point, line.has_band));
            figure = figure
                .with(line.series)
                .with_all(marks.into_iter().flatten());
        }
        figure.drawable()
    }

    fn precision_recall(&self, place: usize, is_small: bool) -> Option<Figure> {
        let question = &self.told.questions[place];
        let axes = [
            Axis::straight("recall (sensitivity)")
                .between(0.0, 1.0)
                .digits(3),
            Axis::straight("precision (PPV)")
                .between(0.0, 1.0)
                .digits(3),
        ];
        let mut figure = Figure::new(
            &format!("precision-recall-{place}"),
            format!("{}: precision-recall curve", title(question)),
            self.sentence(place, is_small, "average precision", |own| {
                own.average_precision.as_ref().map(mean)
            }),
            axes,
        );
        if let Some(prevalence) = self.prevalence(question) {
            let name = format!("prevalence {}", fixed(prevalence, 3));
            figure = figure.against(Reference::new(Place::Y(prevalence), name));
        }
        let places = &self.told.recalls;
        for line in self.lines(place, is_small, places, |own| own.precision_recall.as_ref()) {
            let point = line.own.operating.as_ref();
            let dot = point.and_then(|point| {
                let ppv = point.ppv?;
                let dot = Point::new(point.sensitivity.value, ppv.mean)
                    .noting(format!("precision{}", bracketed(&range(&ppv, 3))));
                let name = format!("{}, thresholds", line.arm.name);
                Some(Series::new(name, line.arm.look, [Form::Dots], [dot]).unnamed())
            });
            figure = figure.with(line.series).with_all(dot);
        }
        figure.drawable()
    }

    /// The curve of every drawn arm that has one.
    fn lines<'b>(
        &'b self,
        place: usize,
        is_small: bool,
        places: &'b [f64],
        of: impl Fn(&QuestionDiscrimination) -> Option<&CurveResult> + 'b,
    ) -> impl Iterator<Item = Line<'b>> {
        let arms = self.arms(is_small).iter().enumerate();
        arms.filter_map(move |(number, arm)| {
            let own = arm.told.questions.get(place)?;
            let curve = of(own)?;
            let has_band = number < BANDS;
            let step = if is_small { 2 } else { 1 };
            let last = curve.values.len().checked_sub(1)?;
            let read = (0..=last).filter(|at| (last - at).is_multiple_of(step));
            let points = read.filter_map(|at| {
                let ends = curve.low.get(at).zip(curve.high.get(at));
                let ends = ends.filter(|_| has_band).map(|(low, high)| [*low, *high]);
                Some(Point::new(*places.get(at)?, curve.values[at]).between(ends))
            });
            Some(Line {
                series: Series::band(arm.name.clone(), arm.look, points),
                arm,
                own,
                has_band,
            })
        })
    }

    fn arms(&self, is_small: bool) -> &[SeenArm<'_>] {
        let most = if is_small {
            BANDS
        } else {
            self.seen.arms.len()
        };
        &self.seen.arms[..most.min(self.seen.arms.len())]
    }

    /// What the areas below the curves are, in words.
    fn sentence(
        &self,
        place: usize,
        is_small: bool,
        what: &str,
        of: impl Fn(&QuestionDiscrimination) -> Option<String>,
    ) -> String {
        let arms = self.arms(is_small).iter().enumerate();
        let areas = arms.filter_map(|(number, arm)| {
            let area = of(arm.told.questions.get(place)?)?;
            Some(match number {
                0 => format!("{}: mean {what} {area}", arm.name),
                _ => format!("{}: {area}", arm.name),
            })
        });
        let areas: Vec<String> = areas.collect();
        match areas.is_empty() {
            true => String::new(),
            false => format!("{}.", areas.join("; ")),
        }
    }

    /// Share of positive pictures; of a mean over questions, the mean of theirs.
    fn prevalence(&self, question: &CurveQuestion) -> Option<f64> {
        match question.cases {
            Some(cases) => Some(cases.prevalence()),
            None => {
                let all = self.told.questions.iter().filter_map(|q| q.cases);
                let measured = all.filter(|cases| cases.positives.min(cases.negatives) >= 2);
                number::mean(measured.map(|cases| cases.prevalence()))
            }
        }
    }
}

/// A curve with the arm and its numbers.
struct Line<'a> {
    series: Series,
    arm: &'a SeenArm<'a>,
    own: &'a QuestionDiscrimination,
    has_band: bool,
}

/// Where the thresholds of an arm lie on its ROC curve, with both intervals where it has a band.
fn thresholds(arm: &SeenArm, point: &OperatingMean, has_band: bool) -> Vec<Series> {
    let at = [1.0 - point.specificity.value, point.sensitivity.value];
    let dot = Point::from(at)
        .between(ends(&point.sensitivity).filter(|_| has_band))
        .noting(format!(
            "threshold {}{}",
            fixed(point.threshold.mean, 3),
            bracketed(&range(&point.threshold, 3))
        ));
    let name = format!("{}, thresholds", arm.name);
    let across = ends(&point.specificity).filter(|_| has_band);
    let across = across.map(|[low, high]| {
        let reach = [1.0 - high, 1.0 - low].map(|x| [x, point.sensitivity.value]);
        let name = format!("{name}: interval of 1 − specificity");
        Series::line(name, arm.look, reach).unnamed()
    });
    let dots = Series::dots(name, arm.look, [dot]).unnamed();
    across.into_iter().chain([dots]).collect()
}

fn title(question: &CurveQuestion) -> String {
    flagged(
        &question.name,
        question.cases.is_some_and(|cases| cases.is_rare),
    )
}

fn estimate(auc: &Estimate) -> String {
    match auc.interval() {
        Some([low, high]) => interval(auc.value, low, high),
        None => format!("{} ({})", fixed(auc.value, 3), auc.why_no_interval()),
    }
}

fn mean(mean: &MeanResult) -> String {
    match ends(mean) {
        Some([low, high]) => interval(mean.value, low, high),
        None => fixed(mean.value, 3),
    }
}

fn interval(value: f64, low: f64, high: f64) -> String {
    let [value, low, high] = [value, low, high].map(|v| fixed(v, 3));
    format!("{value} (95% interval {low} to {high})")
}

fn ends(mean: &MeanResult) -> Option<[f64; 2]> {
    Some([mean.low?, mean.high?])
}

fn bracketed(range: &str) -> String {
    match range.is_empty() {
        true => String::new(),
        false => format!(" ({range})"),
    }
}

fn note(results: &Results, told: &Discrimination, seen: &Seen) -> String {
    let mut note = format!(
        "Lines are means over seeds of what the networks of an arm reach at {} false-positive rates and {} recalls. Bands are pointwise 95% intervals for other seeds and other patients, by resampling patients {} times; to the left of two negative patients nothing is measured, and they are open downwards. ",
        told.false_positive_rates.len(),
        told.recalls.len(),
        number::count(told.resamples as u64)
    );
    let few = seen.arms.iter().any(|arm| arm.arm.seed_count() < 3);
    if few {
        note.push_str("An arm with fewer than three seeds has no band. ");
    }
    let points = seen.arms.iter().flat_map(|arm| &arm.told.questions);
    if let Some(point) = points.filter_map(|own| own.operating.as_ref()).next() {
        note.push_str(&format!(
            "Dots are means over the thresholds that each run chose on the validation partition ({}), with intervals where an arm has a band. ",
            point.rule
        ));
    }
    note.push_str("The precision at a recall is that of the highest threshold that reaches it: nothing is interpolated between thresholds, and lines between readings only guide the eye. ");
    let names: Vec<&str> = seen.arms.iter().map(|arm| arm.name.as_str()).collect();
    let all = results
        .arms
        .iter()
        .filter(|arm| !arm.seeds.is_empty())
        .count();
    if all > names.len() {
        note.push_str(&format!(
            "Drawn of {all} arms: {} – the one to look at first, what it is compared with, and those of the highest mean AUC, bands for the first two. The others are in results.json, under discrimination",
            names.join(", ")
        ));
        note.push_str(&match told.without_curves.len() {
            0 => ".".to_owned(),
            left => format!(", but for {left} of the lowest mean AUC, whose curves are left out."),
        });
    }
    note.trim_end().to_owned()
}
