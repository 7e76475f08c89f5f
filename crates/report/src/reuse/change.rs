//! Figure 3, movement and functional checks: every arm block by block.

use super::block_table::{BlockRow, BlockTable};
use super::cell::{Cell, Notes};
use super::chart::{BlockChart, block_line};
use super::inits::Inits;
use super::measure_title::title;
use figures::Figure;
use record::results::{ArmAnalysis, ArmBlock, OverSeeds, Setting};
use similarity::Measure;

/// Why there may be no number.
const NO_RUN: &str = "no run of this arm is analysed yet";

/// Charts and tables of one question.
#[derive(Default)]
pub struct ByBlock {
    /// Charts, from left to right.
    pub charts: Vec<Figure>,
    /// Tables that are always shown.
    pub tables: Vec<BlockTable>,
    /// Tables to unfold.
    pub more: Vec<BlockTable>,
}

/// A number of a block, in words and how to get it.
type Get = fn(&ArmBlock) -> Option<&OverSeeds>;

/// Before against after training, and beyond the baseline: the first measure drawn, all in tables.
pub fn before_after(setting: &Setting, measures: &[Measure], inits: &Inits, id: &str) -> ByBlock {
    let mut shown = ByBlock::default();
    let baseline = setting.baseline().map_or("the baseline", |arm| &arm.init);
    if let Some(measure) = measures.first() {
        let line = |arm: &ArmAnalysis, get: Get| {
            let values = blocks(setting, arm).map(move |block| get(block?));
            block_line(&arm.init, inits.look(arm), values)
        };
        let lines = |get: Get| setting.arms.iter().map(move |arm| line(arm, get)).collect();
        let axis = title(*measure);
        let before_after = BlockChart {
            id: format!("{id}-before-after"),
            title: "Before against after training".into(),
            sentence: "How alike each block is to itself before training: where a line is low, training changed the block.".into(),
            axis: axis.clone(),
            blocks: &setting.blocks,
            lines: lines(|block| block.before_after.first()?.value.as_ref()),
            floor: floor(setting),
            has_zero: false,
        };
        let beyond = BlockChart {
            id: format!("{id}-beyond-baseline"),
            title: format!("The same, minus {baseline}"),
            sentence: format!(
                "What more each block kept than it did when trained from {baseline}: above 0, more was kept."
            ),
            axis,
            blocks: &setting.blocks,
            lines: lines(|block| block.beyond_baseline.first()?.as_ref()),
            floor: Vec::new(),
            has_zero: true,
        };
        let charts = [before_after, beyond].into_iter();
        shown.charts = charts.filter_map(BlockChart::figure).collect();
    }
    let tables = measures
        .iter()
        .enumerate()
        .filter_map(|(place, measure)| similarity_table(setting, place, *measure, baseline, inits));
    let mut tables = tables.collect::<Vec<_>>().into_iter();
    shown.tables = tables.by_ref().take(1).collect();
    shown.more = tables.collect();
    shown
}

fn similarity_table(
    setting: &Setting,
    place: usize,
    measure: Measure,
    baseline: &str,
    inits: &Inits,
) -> Option<BlockTable> {
    let mut notes = Notes::default();
    let mut rows = Vec::new();
    for arm in &setting.arms {
        let cells = blocks(setting, arm).map(|block| {
            let found = block.and_then(|block| block.before_after.get(place));
            Cell::measure(found, NO_RUN, &mut notes)
        });
        let cells = cells.collect();
        rows.push(row(arm, inits, "before against after", cells));
        if !arm.is_baseline {
            let cells = blocks(setting, arm).map(|block| {
                let value = block.and_then(|block| block.beyond_baseline.get(place)?.as_ref());
                let otherwise = "no seed has the number for this arm and for the baseline";
                Cell::difference(value, otherwise, &mut notes)
            });
            let cells = cells.collect();
            rows.push(row(arm, inits, &format!("minus {baseline}"), cells));
        }
    }
    let caption = format!("{} before against after training, by block", title(measure));
    BlockTable::new(caption, &setting.blocks, rows, notes)
}

/// How far the weights moved.
pub fn movement(setting: &Setting, inits: &Inits, id: &str) -> Option<ByBlock> {
    let relative: Get = |block| block.movement.as_ref();
    let rms: Get = |block| block.movement_rms.as_ref();
    let otherwise =
        "the block starts at zero or has nothing that is trained, or no run of the arm is analysed";
    questions(
        setting,
        inits,
        &format!("{id}-movement"),
        [
            ("How far weights moved", "‖after − before‖ / ‖before‖"),
            ("How far weights moved, by block", otherwise),
        ],
        &[("", "relative", relative)],
        &[("root mean square", rms)],
    )
}

/// Test AUC lost when a block alone is set back.
pub fn reset(setting: &Setting, inits: &Inits, id: &str) -> Option<ByBlock> {
    let otherwise =
        "resets are not asked for, the AUC is not defined, or no run of the arm is analysed";
    questions(
        setting,
        inits,
        &format!("{id}-reset"),
        [
            ("Test AUC lost by setting one block back", "AUC lost"),
            ("Test AUC lost by setting one block back", otherwise),
        ],
        &[
            ("", "to its start", |block| block.reset_to_start.as_ref()),
            (", drawn anew", "drawn anew", |block| {
                block.reset_to_random.as_ref()
            }),
        ],
        &[],
    )
}

/// Test AUC of nearest neighbours on a block's features.
pub fn neighbours(setting: &Setting, inits: &Inits, id: &str) -> Option<ByBlock> {
    let otherwise =
        "neighbours are not asked for, the AUC is not defined, or no run of the arm is analysed";
    questions(
        setting,
        inits,
        &format!("{id}-neighbours"),
        [
            ("Test AUC of k-NN on one block's features", "test AUC"),
            ("Test AUC of k-NN on one block's features", otherwise),
        ],
        &[
            ("", "after training", |block| {
                block.neighbours_after.as_ref()
            }),
            (", before", "before training", |block| {
                block.neighbours_before.as_ref()
            }),
        ],
        &[],
    )
}

/// A chart of the first numbers, the second ones dashed, and one table of all; none where no arm
/// has any of them.
fn questions(
    setting: &Setting,
    inits: &Inits,
    id: &str,
    [(title, axis), (caption, otherwise)]: [(&str, &str); 2],
    drawn: &[(&str, &str, Get)],
    listed: &[(&str, Get)],
) -> Option<ByBlock> {
    let lines = setting.arms.iter().flat_map(|arm| {
        drawn
            .iter()
            .enumerate()
            .map(move |(place, (suffix, _, get))| {
                let values = blocks(setting, arm).map(move |block| get(block?));
                let name = format!("{}{suffix}", arm.init);
                let look = inits.look(arm);
                block_line(name, if place > 0 { look.dashed() } else { look }, values)
            })
    });
    let chart = BlockChart {
        id: id.to_owned(),
        title: title.to_owned(),
        sentence: format!("{title}, block by block: means over seeds with 95% intervals."),
        axis: axis.to_owned(),
        blocks: &setting.blocks,
        lines: lines.collect(),
        floor: Vec::new(),
        has_zero: title.contains("lost"),
    };
    let chart = chart.figure()?;
    let mut notes = Notes::default();
    let mut rows = Vec::new();
    // What shares an axis shares a scale of colours.
    let means = drawn.iter().flat_map(|(.., get)| {
        let all = setting.arms.iter().flat_map(|arm| blocks(setting, arm));
        all.filter_map(|block| Some(get(block?)?.mean))
    });
    let ends = ends(means);
    for (_, what, get) in drawn {
        for arm in &setting.arms {
            let cells = blocks(setting, arm).map(|block| {
                let value = block.and_then(get);
                let mean = value.map(|value| value.mean);
                Cell::over(value, otherwise, &mut notes).with_heat(mean, ends)
            });
            let cells = cells.collect();
            rows.push(row(arm, inits, what, cells));
        }
    }
    for (what, get) in listed {
        for arm in &setting.arms {
            let values = blocks(setting, arm).map(|block| block.and_then(get));
            let cells = values.map(|value| Cell::small(value, otherwise, &mut notes));
            let cells = cells.collect();
            rows.push(row(arm, inits, what, cells));
        }
    }
    Some(ByBlock {
        charts: vec![chart],
        tables: BlockTable::new(caption, &setting.blocks, rows, notes)
            .into_iter()
            .collect(),
        more: Vec::new(),
    })
}

fn row(arm: &ArmAnalysis, inits: &Inits, what: &str, cells: Vec<Cell>) -> BlockRow {
    BlockRow {
        init: arm.init.clone(),
        colour: inits.colour(arm),
        what: what.to_owned(),
        cells,
    }
}

/// An arm's blocks in the order of the setting's; none for one it has no numbers of.
fn blocks<'a>(
    setting: &'a Setting,
    arm: &'a ArmAnalysis,
) -> impl Iterator<Item = Option<&'a ArmBlock>> {
    let of_arm = |name: &String| arm.blocks.iter().find(|block| block.block == *name);
    setting.blocks.iter().map(of_arm)
}

/// The smallest and largest finite value; none without any.
fn ends(values: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    values
        .filter(|value| value.is_finite())
        .fold(None, |ends, value| {
            let [low, high] = ends.unwrap_or([value, value]);
            Some([low.min(value), high.max(value)])
        })
}

/// What chance gives the first measure, by block: the largest over arms of the null's mean, or of
/// the formula's floor where there is no null.
fn floor(setting: &Setting) -> Vec<Option<f64>> {
    let of_block = |name: &String| {
        let firsts = setting.arms.iter().filter_map(|arm| {
            let block = arm.blocks.iter().find(|block| block.block == *name)?;
            let first = block.before_after.first()?.first.as_ref()?;
            first.null.map(|null| null.mean).or(first.floor)
        });
        let finite = firsts.filter(|value| value.is_finite());
        finite.max_by(f64::total_cmp)
    };
    setting.blocks.iter().map(of_block).collect()
}
