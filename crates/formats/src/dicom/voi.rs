//! From values to grey levels: windows and VOI LUTs (PS3.3, C.11.2).

use crate::dicom::data_set::DataSet;
use crate::dicom::lut::Lut;
use crate::dicom::tag::Tag;
use crate::error::ImageError;
use crate::reading::Window;

/// The shape of a window (VOI LUT Function, C.11.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Linear,
    LinearExact,
    Sigmoid,
}

/// What makes grey levels of the values of one frame.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Voi {
    /// A window.
    Window {
        /// Value in the middle.
        center: f64,
        /// Extent.
        width: f64,
        /// How levels rise.
        shape: Shape,
    },
    /// A table of values.
    Table(Lut),
    /// From the least to the greatest value that can be.
    Whole {
        /// What becomes black.
        least: f64,
        /// What becomes white.
        greatest: f64,
    },
}

impl Voi {
    /// The level of a value, 0 (black) to 1 (white).
    pub(crate) fn level(&self, value: f64) -> f64 {
        match self {
            &Self::Window {
                center,
                width,
                shape,
            } => shape.level(value, center, width),
            Self::Table(table) => f64::from(table.entry(value)) / table.greatest(),
            Self::Whole { least, greatest } => {
                if greatest > least {
                    ((value - least) / (greatest - least)).clamp(0.0, 1.0)
                } else {
                    0.0
                }
            }
        }
    }

    /// In words, for the facts.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Window {
                center,
                width,
                shape,
            } => {
                let shape = match shape {
                    Shape::Linear => "",
                    Shape::LinearExact => ", linear exact",
                    Shape::Sigmoid => ", sigmoid",
                };
                format!("window {center}/{width}{shape}")
            }
            Self::Table(_) => "VOI LUT".into(),
            Self::Whole { .. } => "whole range".into(),
        }
    }
}

impl Shape {
    fn of(name: Option<&str>) -> Self {
        match name {
            Some("LINEAR_EXACT") => Self::LinearExact,
            Some("SIGMOID") => Self::Sigmoid,
            _ => Self::Linear,
        }
    }

    /// C.11.2.1.2.1 (linear), C.11.2.1.3.2 (exact), C.11.2.1.3.1 (sigmoid), for levels 0 to 1.
    fn level(self, x: f64, center: f64, width: f64) -> f64 {
        match self {
            Self::Linear => {
                let (middle, half) = (center - 0.5, (width - 1.0) / 2.0);
                if x <= middle - half {
                    0.0
                } else if x > middle + half {
                    1.0
                } else {
                    (x - middle) / (width - 1.0) + 0.5
                }
            }
            Self::LinearExact => {
                if x <= center - width / 2.0 {
                    0.0
                } else if x > center + width / 2.0 {
                    1.0
                } else {
                    (x - center) / width + 0.5
                }
            }
            Self::Sigmoid => 1.0 / (1.0 + (-4.0 * (x - center) / width).exp()),
        }
    }

    /// Widths that the formulas allow.
    fn takes(self, width: f64) -> bool {
        match self {
            Self::Linear => width >= 1.0,
            Self::LinearExact | Self::Sigmoid => width > 0.0,
        }
    }
}

/// The windows of the file, then its tables; `sets` hold a frame's attributes, the nearest first.
pub(crate) fn offered(sets: &[&DataSet<'_>], signed: bool) -> Vec<Voi> {
    let numbers = |tag: Tag| {
        let element = sets.iter().find_map(|set| set.get(tag));
        element.map(|element| element.numbers()).unwrap_or_default()
    };
    let function = sets.iter().find_map(|set| set.text(Tag::VOI_FUNCTION));
    let shape = Shape::of(function.as_deref());
    let centers = numbers(Tag::WINDOW_CENTER);
    let widths = numbers(Tag::WINDOW_WIDTH);
    let windows = centers
        .into_iter()
        .zip(widths)
        .filter(|&(_, width)| shape.takes(width))
        .map(|(center, width)| Voi::Window {
            center,
            width,
            shape,
        });
    let tables = sets
        .iter()
        .map(|set| set.items(Tag::VOI_LUT))
        .find(|items| !items.is_empty())
        .unwrap_or_default()
        .into_iter()
        .filter_map(move |item| Lut::of_item(&item, signed))
        .map(Voi::Table);
    windows.chain(tables).collect()
}

/// What the caller's choice means for a frame.
pub(crate) fn chosen(
    window: Window,
    offered: &[Voi],
    (least, greatest): (f64, f64),
) -> Result<Voi, ImageError> {
    let whole = Voi::Whole { least, greatest };
    match window {
        Window::None => Ok(whole),
        Window::File => {
            let table = offered.iter().find(|voi| matches!(voi, Voi::Table(_)));
            Ok(table.or(offered.first()).cloned().unwrap_or(whole))
        }
        Window::Number(number) => offered.get(number).cloned().ok_or(ImageError::Choice {
            found: format!("window {number} of a file of {}", offered.len()),
            expected: "windows are numbered from 0, VOI LUTs follow them".into(),
        }),
        Window::Given { center, width } => {
            let shape = Shape::Linear;
            if !center.is_finite() || !width.is_finite() || !shape.takes(width) {
                return Err(ImageError::Choice {
                    found: format!("a window of centre {center} and width {width}"),
                    expected: "a finite centre and a width of at least 1".into(),
                });
            }
            Ok(Voi::Window {
                center,
                width,
                shape,
            })
        }
    }
}
