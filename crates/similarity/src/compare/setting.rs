//! What a datapoint is in one comparison, and which images may change places.

use std::sync::Arc;

use crate::compare::CompareError;
use crate::datapoints::{Datapoints, Positions, Units};
use crate::{Activations, Convention, Measure, Options};

/// Bytes of datapoints of one side that are kept in memory.
const HELD_BYTES: usize = 256 << 20;

/// Most positions of a map; 4,096 × 4,096.
const MOST_POSITIONS: usize = 1 << 24;

/// A measure with its place in the list that was asked for.
pub(crate) type Asked = (usize, Measure);

/// Two layers made ready to be read side by side.
pub(crate) struct Setting<'a> {
    /// The layers.
    pub sources: [&'a dyn Activations; 2],
    /// Their datapoints; not used where everything goes through Gram matrices.
    pub views: [Datapoints<'a>; 2],
    /// Which images may change places.
    pub units: Units,
    /// How to compare.
    pub options: &'a Options,
    /// Height and width that both maps are brought to in [`Convention::Spatial`].
    pub grid: (usize, usize),
    /// Whether datapoints are whole maps of more than one position.
    pub flattened: bool,
}

impl<'a> Setting<'a> {
    /// Checks that the layers belong together and chooses their datapoints.
    pub fn new(
        a: &'a dyn Activations,
        b: &'a dyn Activations,
        options: &'a Options,
    ) -> Result<Self, CompareError> {
        for (side, shape) in [('a', a.shape()), ('b', b.shape())] {
            if shape.images == 0 || shape.features() == 0 {
                return Err(CompareError::Empty { side, shape });
            }
        }
        let images = a.shape().images;
        if images != b.shape().images {
            return Err(CompareError::Images {
                a: images,
                b: b.shape().images,
            });
        }
        if options.measures.is_empty() {
            return Err(CompareError::NoMeasures);
        }
        let grid = (
            a.shape().height.max(b.shape().height),
            a.shape().width.max(b.shape().width),
        );
        let positions = grid.0.checked_mul(grid.1);
        if options.convention == Convention::Spatial
            && positions.is_none_or(|positions| positions > MOST_POSITIONS)
        {
            return Err(CompareError::Grid {
                height: grid.0,
                width: grid.1,
                most: MOST_POSITIONS,
            });
        }
        let drawn = options
            .positions
            .filter(|&count| options.convention == Convention::Spatial && count < grid.0 * grid.1);
        let units = Units::new(images, drawn.is_some());
        let positions = drawn.map(|count| {
            let all: Vec<usize> = (0..images).collect();
            let count = count.max(1);
            let purpose = "positions of maps";
            Arc::new(Positions::draw(
                units,
                &all,
                grid.0 * grid.1,
                count,
                options.seed,
                purpose,
            ))
        });
        let view = |source: &'a dyn Activations| match options.convention {
            Convention::Spatial => Datapoints::spatial(source, grid, positions.clone()),
            Convention::Pooled | Convention::Flattened => Datapoints::pooled(source),
        };
        Ok(Self {
            sources: [a, b],
            views: [view(a), view(b)],
            units,
            options,
            grid,
            // Maps of one position are vectors, whatever the convention.
            flattened: options.convention == Convention::Flattened && grid != (1, 1),
        })
    }

    /// Images.
    pub fn images(&self) -> usize {
        self.sources[0].shape().images
    }

    /// Datapoints of either side.
    pub fn datapoints(&self) -> u64 {
        self.images() as u64 * self.views[0].each() as u64
    }

    /// Dimensions of a datapoint of both sides.
    pub fn dimensions(&self) -> [usize; 2] {
        self.sources.map(|source| match self.flattened {
            true => source.shape().features(),
            false => source.shape().channels,
        })
    }

    /// The measures that follow from second moments, and those that need Gram matrices.
    pub fn routes(&self) -> (Vec<Asked>, Vec<Asked>) {
        let measures = self.options.measures.iter().copied().enumerate();
        measures.partition(|(_, measure)| !self.flattened && measure.from_moments())
    }

    /// Images left out together, for each round of the jackknife.
    pub fn groups(&self) -> Vec<Vec<usize>> {
        self.units.groups(self.options.groups, self.options.seed)
    }

    /// Keeps the datapoints in memory where they are few.
    pub fn hold(&mut self) -> Result<(), CompareError> {
        let [a, b] = &mut self.views;
        a.hold(HELD_BYTES).map_err(CompareError::on('a'))?;
        b.hold(HELD_BYTES).map_err(CompareError::on('b'))
    }
}
