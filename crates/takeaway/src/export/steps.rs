//! A preprocessing in words.

use images::{Fit, Range};

use super::preprocess::Preprocess;

impl Preprocess {
    /// The same with its steps in words.
    pub fn in_words(mut self) -> Self {
        self.steps = steps(&self);
        self
    }
}

/// What is done to a picture, in order.
fn steps(preprocess: &Preprocess) -> Vec<String> {
    let Preprocess {
        channels,
        resized,
        size,
        mean,
        std,
        ..
    } = preprocess;
    let colour = match channels {
        1 => "convert to grey (ITU-R 601 luma)".into(),
        3 => "convert to RGB (grey replicated)".into(),
        _ => format!("take all {channels} channels"),
    };
    let (rows, columns) = (resized.height, resized.width);
    let fit = match preprocess.fit {
        Fit::Stretch => format!("stretch to {rows} x {columns} pixels"),
        Fit::Pad => {
            format!(
                "resize to fit into {rows} x {columns} pixels, and fill up with black on both sides"
            )
        }
        Fit::Crop => {
            format!("cut out the middle in the shape of, and resize to, {rows} x {columns} pixels")
        }
    };
    let filter = preprocess.resize.word();
    let mut steps = vec![
        format!("decode; {colour}"),
        format!("{fit} (rows x columns; {filter}, antialiased, columns before rows)"),
    ];
    if size != resized {
        let (rows, columns) = (size.height, size.width);
        steps.push(format!("cut out the central {rows} x {columns} pixels"));
    }
    steps.push(match preprocess.range {
        Range::Full => "divide by the largest sample (255 at 8 bits): values in [0, 1]".into(),
        Range::Between([low, high]) => format!(
            "subtract {low} and divide by {high} - {low}, clipped to [0, 1]; margins stay 0"
        ),
    });
    steps.push(format!(
        "subtract {mean:?} and divide by {std:?}, per channel"
    ));
    steps.push(format!(
        "order as [batch, {channels}, {}, {}], float32",
        size.height, size.width
    ));
    steps
}
