//! The numbers behind the charts of this section, as the page's script reads them.

use serde::Serialize;

use record::results::OverSeeds;

/// All charts of the section.
#[derive(Default, Serialize)]
pub struct ReuseCharts {
    by_block: Vec<BlockChart>,
    channels: Vec<ChannelChart>,
}

/// A place on the page that a chart is drawn in.
pub struct Place {
    /// Title of the chart.
    pub title: String,
    /// Class of the element: `by-block` or `channels`.
    pub kind: &'static str,
    /// Number of the chart among its kind.
    pub index: usize,
}

/// Numbers by block, one line an arm.
#[derive(Serialize)]
pub struct BlockChart {
    /// Title on the page.
    pub title: String,
    /// What the numbers are.
    pub axis: String,
    /// Names of the blocks, from the input on.
    pub blocks: Vec<String>,
    /// One per arm, or two.
    pub lines: Vec<BlockLine>,
    /// What chance gives, by block; nulls where it is not known.
    pub floor: Vec<Option<f64>>,
    /// Whether zero is drawn.
    pub has_zero: bool,
}

/// Mean over seeds and 95% interval by block; nulls where it is not known.
#[derive(Serialize)]
pub struct BlockLine {
    init: usize,
    name: String,
    dashed: bool,
    value: Vec<Option<f64>>,
    low: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
}

/// Pairs of channels before against after training, one cloud an arm.
#[derive(Serialize)]
pub struct ChannelChart {
    /// Title on the page.
    pub title: String,
    /// One per arm.
    pub clouds: Vec<ChannelCloud>,
}

/// Pairs of channels of one arm.
#[derive(Serialize)]
pub struct ChannelCloud {
    /// Number of the initialisation.
    pub init: usize,
    /// `[before, after]`, each in [0, 1].
    pub points: Vec<[f32; 2]>,
}

impl BlockLine {
    /// The line of one arm.
    pub fn new<'a>(
        init: usize,
        name: String,
        dashed: bool,
        values: impl Iterator<Item = Option<&'a OverSeeds>>,
    ) -> Self {
        let mut line = Self {
            init,
            name,
            dashed,
            value: Vec::new(),
            low: Vec::new(),
            high: Vec::new(),
        };
        for value in values {
            let value = value.filter(|value| value.mean.is_finite());
            let interval = value.and_then(|value| value.interval);
            let interval = interval.filter(|ends| ends.iter().all(|end| end.is_finite()));
            line.value.push(value.map(|value| value.mean));
            line.low.push(interval.map(|[low, _]| low));
            line.high.push(interval.map(|[_, high]| high));
        }
        line
    }
}

impl ReuseCharts {
    /// Takes a chart in; none where it has no number to draw.
    pub fn by_block(&mut self, mut chart: BlockChart) -> Option<Place> {
        chart
            .lines
            .retain(|line| line.value.iter().any(Option::is_some));
        if chart.lines.is_empty() {
            return None;
        }
        let place = Place {
            title: chart.title.clone(),
            kind: "by-block",
            index: self.by_block.len(),
        };
        self.by_block.push(chart);
        Some(place)
    }

    /// Takes a chart in; none where it has no point to draw.
    pub fn channels(&mut self, mut chart: ChannelChart) -> Option<Place> {
        for cloud in &mut chart.clouds {
            cloud
                .points
                .retain(|point| point.iter().all(|value| value.is_finite()));
        }
        chart.clouds.retain(|cloud| !cloud.points.is_empty());
        if chart.clouds.is_empty() {
            return None;
        }
        let place = Place {
            title: chart.title.clone(),
            kind: "channels",
            index: self.channels.len(),
        };
        self.channels.push(chart);
        Some(place)
    }
}
