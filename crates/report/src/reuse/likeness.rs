//! Figure 2: how alike trained networks are in the two blocks before the head.

use super::super::interval_bar::{Axis, IntervalBar};
use super::super::number;
use super::block_table::{BlockRow, BlockTable};
use super::cell::{Cell, Notes};
use super::inits::Inits;
use super::measure_title::title;
use record::results::{AgainstBaseline, ArmAnalysis, MeasureOverSeeds, Setting};
use similarity::{Measure, Measured};

/// Why there may be no number.
const NO_PAIR: &str = "no pair of runs is compared yet";

/// The figure of one setting.
pub struct Likeness {
    /// The measure of the picture.
    pub measure: String,
    /// Ends of the bars.
    pub ends: Option<[String; 2]>,
    /// The picture, one bar an arm.
    pub bars: Vec<LikenessBar>,
    /// All measures.
    pub rows: Vec<LikenessRow>,
    /// Why numbers are missing.
    pub reasons: Vec<String>,
    /// Block by block, one table a measure.
    pub tables: Vec<BlockTable>,
}

/// One arm in the picture.
pub struct LikenessBar {
    /// What is compared with what.
    pub pair: String,
    /// Number of the colour.
    pub colour: usize,
    /// Mean and interval over pairs of seeds.
    pub value: Cell,
    /// The bar; none without a value.
    pub bar: Option<IntervalBar>,
    /// Pairs of networks.
    pub pairs: usize,
    /// How much more alike two networks of the baseline are; none for the baseline.
    pub closer: Option<Cell>,
}

/// One arm and measure.
pub struct LikenessRow {
    /// What is compared with what.
    pub pair: String,
    /// Number of the colour.
    pub colour: usize,
    /// The measure.
    pub measure: String,
    /// Mean and interval over pairs of seeds.
    pub value: Cell,
    /// How much more alike two networks of the baseline are; none for the baseline.
    pub closer: Option<Cell>,
    /// The first pair, with its interval over pictures.
    pub first: String,
    /// What independent data would give.
    pub floor: String,
    /// Mean and standard deviation if pictures are shuffled.
    pub null: String,
    /// Share of shuffles at least as alike.
    pub p: String,
}

impl Likeness {
    /// The figure; none until a pair is compared.
    pub fn new(setting: &Setting, measures: &[Measure], inits: &Inits) -> Option<Self> {
        let measure = *measures.first()?;
        let compared: Vec<(&ArmAnalysis, &AgainstBaseline)> = setting
            .arms
            .iter()
            .filter_map(|arm| Some((arm, arm.against_baseline.as_ref()?)))
            .collect();
        if compared.is_empty() {
            return None;
        }
        let baseline = setting.baseline().map_or("the baseline", |arm| &arm.init);
        let firsts = compared.iter().filter_map(|(_, pairs)| {
            let value = pairs.top.first()?.value.as_ref()?;
            Some(
                value
                    .values
                    .iter()
                    .copied()
                    .chain(value.interval.into_iter().flatten()),
            )
        });
        let axis = Axis::around(firsts.flatten(), 0.05, 2);
        let mut notes = Notes::default();
        let bars = compared.iter().map(|(arm, pairs)| LikenessBar {
            pair: pair(arm, baseline),
            colour: inits.colour(arm),
            value: value(pairs.top.first(), &mut notes),
            bar: axis.and_then(|axis| bar(&axis, pairs.top.first()?)),
            pairs: pairs.pairs.len(),
            closer: closer(arm, pairs, 0, &mut notes),
        });
        let bars = bars.collect();
        let mut rows = Vec::new();
        for (place, measure) in measures.iter().enumerate() {
            for (arm, pairs) in &compared {
                let found = pairs.top.get(place);
                let first = found.and_then(|found| found.first.as_ref());
                let null = first.and_then(|first| first.null);
                rows.push(LikenessRow {
                    pair: pair(arm, baseline),
                    colour: inits.colour(arm),
                    measure: measure.to_string(),
                    value: value(found, &mut notes),
                    closer: closer(arm, pairs, place, &mut notes),
                    first: first.map_or(number::UNKNOWN.into(), first_pair),
                    floor: number::metric(first.and_then(|first| first.floor)),
                    null: null.map_or(number::UNKNOWN.into(), |null| {
                        format!(
                            "{} ± {}",
                            number::fixed(null.mean, 3),
                            number::fixed(null.sd, 3)
                        )
                    }),
                    p: number::metric(null.map(|null| null.p)),
                });
            }
        }
        Some(Self {
            measure: title(measure),
            ends: axis.map(|axis| [axis.low(), axis.high()]),
            bars,
            rows,
            reasons: notes.into_reasons(),
            tables: measures
                .iter()
                .enumerate()
                .filter_map(|(place, m)| by_block(setting, &compared, place, *m, inits))
                .collect(),
        })
    }
}

fn pair(arm: &ArmAnalysis, baseline: &str) -> String {
    match arm.is_baseline {
        true => format!("{baseline} with {baseline}"),
        false => format!("{} with {baseline}", arm.init),
    }
}

fn value(found: Option<&MeasureOverSeeds>, notes: &mut Notes) -> Cell {
    let reason = found.and_then(|found| found.reason.as_deref());
    let value = found.and_then(|found| found.value.as_ref());
    Cell::over(value, reason.unwrap_or(NO_PAIR), notes)
}

fn closer(
    arm: &ArmAnalysis,
    pairs: &AgainstBaseline,
    place: usize,
    notes: &mut Notes,
) -> Option<Cell> {
    let value = pairs.baseline_closer.get(place).and_then(Option::as_ref);
    let otherwise = "no two networks of the baseline are compared by this measure";
    (!arm.is_baseline).then(|| Cell::difference(value, otherwise, notes))
}

fn bar(axis: &Axis, found: &MeasureOverSeeds) -> Option<IntervalBar> {
    let value = found.value.as_ref()?;
    let bar = match value.interval {
        Some([low, high]) => IntervalBar::new(axis, value.mean, low, high),
        None => IntervalBar::bare(axis, value.mean),
    };
    Some(bar?.with_seeds(axis, value.values.iter().copied()))
}

fn first_pair(first: &Measured) -> String {
    let Ok(value) = &first.value else {
        return number::UNKNOWN.to_owned();
    };
    let value = number::fixed(*value, 3);
    match first.interval {
        Some(over) => format!(
            "{value} ({} to {})",
            number::fixed(over.low, 3),
            number::fixed(over.high, 3)
        ),
        None => value,
    }
}

/// Trained networks block by block, and the same before training.
fn by_block(
    setting: &Setting,
    compared: &[(&ArmAnalysis, &AgainstBaseline)],
    place: usize,
    measure: Measure,
    inits: &Inits,
) -> Option<BlockTable> {
    let mut notes = Notes::default();
    let mut rows = Vec::new();
    for (arm, pairs) in compared {
        for what in ["trained", "at the start"] {
            let cells = setting.blocks.iter().map(|name| {
                let block = pairs.blocks.iter().find(|block| block.block == *name);
                let found = block.and_then(|block| match what {
                    "trained" => block.trained.get(place),
                    _ => block.initial.get(place),
                });
                Cell::measure(found, NO_PAIR, &mut notes)
            });
            rows.push(BlockRow {
                init: arm.init.clone(),
                colour: inits.colour(arm),
                what: what.to_owned(),
                cells: cells.collect(),
            });
        }
    }
    let baseline = setting.baseline().map_or("the baseline", |arm| &arm.init);
    let caption = format!(
        "{}, each against {baseline} with another seed, by block",
        title(measure)
    );
    BlockTable::new(caption, &setting.blocks, rows, notes)
}
