//! Figure 4: channels that are alike at the start and after training.

use super::super::number;
use super::cell::{Cell, Notes};
use super::chart;
use super::inits::Inits;
use figures::{Figure, Form, Series};
use record::results::{ChannelPersistence, Setting};

/// The figure of one setting.
pub struct Persistence {
    /// The lowest and the highest block.
    pub charts: Vec<Figure>,
    /// All blocks.
    pub rows: Vec<PersistenceRow>,
}

/// One arm and block.
pub struct PersistenceRow {
    /// Name of the initialisation.
    pub init: String,
    /// Number of its colour.
    pub colour: usize,
    /// Name of the block.
    pub block: String,
    /// Pearson correlation.
    pub r: Cell,
    /// Its square.
    pub r_squared: Cell,
    /// Slope of after on before.
    pub slope: Cell,
    /// Pairs of channels of each pair of networks.
    pub count: String,
}

impl Persistence {
    /// The figure; none until a pair of networks has its channels compared.
    pub fn new(setting: &Setting, inits: &Inits, id: &str) -> Option<Self> {
        let mut rows = Vec::new();
        let mut notes = Notes::default();
        for arm in &setting.arms {
            let blocks = arm.against_baseline.iter().flat_map(|pairs| &pairs.blocks);
            for block in blocks {
                let Some(found) = &block.channels else {
                    continue;
                };
                let mut cell = |value| Cell::over(Some(value), "not finite", &mut notes);
                rows.push(PersistenceRow {
                    init: arm.init.clone(),
                    colour: inits.colour(arm),
                    block: block.block.clone(),
                    r: cell(&found.r),
                    r_squared: cell(&found.r_squared),
                    slope: cell(&found.slope),
                    count: number::count(found.count as u64),
                });
            }
        }
        if rows.is_empty() {
            return None;
        }
        let lowest = setting.blocks.first();
        let highest = setting.blocks.last().filter(|last| Some(*last) != lowest);
        let places = [("Lowest block", lowest), ("Highest block", highest)];
        let drawn = places.into_iter().filter_map(|(which, block)| {
            let block = block?;
            let id = format!("{id}-channels-{which}");
            chart::channels(
                &id,
                format!("{which} ({block})"),
                clouds(setting, block, inits),
            )
        });
        Some(Self {
            charts: drawn.collect(),
            rows,
        })
    }
}

fn clouds(setting: &Setting, block: &str, inits: &Inits) -> Vec<Series> {
    let clouds = setting.arms.iter().filter_map(|arm| {
        let blocks = &arm.against_baseline.as_ref()?.blocks;
        let block = blocks.iter().find(|other| other.block == block)?;
        let ChannelPersistence { points, .. } = block.channels.as_ref()?;
        let points = points.iter().map(|point| point.map(f64::from));
        let look = inits.look(arm);
        Some(Series::new(&arm.init, look, [Form::SmallDots], points))
    });
    clouds.collect()
}
