//! What can be wrong with the shapes handed to a kernel.

/// A shape that makes no sense, or a slice that does not fit its shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// A slice has another length than its shape needs.
    #[error("{operand} needs {expected} values for its shape, but the slice has {found}")]
    Length {
        /// Name of the argument.
        operand: &'static str,
        /// Number of values that the shape needs.
        expected: usize,
        /// Number of values in the slice.
        found: usize,
    },
    /// Two blocks of different numbers of datapoints.
    #[error("both sides need the same datapoints, but have {left} and {right}")]
    Datapoints {
        /// Datapoints of the left side.
        left: usize,
        /// Datapoints of the right side.
        right: usize,
    },
    /// A size that must be at least one is zero.
    #[error("{size} is 0, but must be at least 1")]
    Zero {
        /// Name of the size.
        size: &'static str,
    },
    /// The number of values does not fit into memory.
    #[error("the shape {shape} has more values than memory can address; use a smaller one")]
    TooLarge {
        /// The shape as text.
        shape: String,
    },
    /// Channels that the groups do not divide.
    #[error(
        "{channels_in} input and {channels_out} output channels cannot be divided into {groups} groups"
    )]
    Groups {
        /// Input channels.
        channels_in: usize,
        /// Output channels.
        channels_out: usize,
        /// Groups asked for.
        groups: usize,
    },
    /// A kernel that is larger than the padded input.
    #[error(
        "a kernel that spans {kernel:?} pixels does not fit into an input of {input:?} with padding {padding:?}"
    )]
    KernelTooLarge {
        /// Rows and columns that the (dilated) kernel spans.
        kernel: [usize; 2],
        /// Height and width of the input.
        input: [usize; 2],
        /// Padding on each side, rows and columns.
        padding: [usize; 2],
    },
    /// A pooling window whose padding is more than half of it.
    #[error("pooling padding {padding:?} is more than half of the window {kernel:?}")]
    PoolPadding {
        /// Rows and columns of the window.
        kernel: [usize; 2],
        /// Padding on each side, rows and columns.
        padding: [usize; 2],
    },
    /// A pooling window with too many pixels for a one-byte index.
    #[error("a max-pooling window of {kernel:?} has more than 255 pixels")]
    PoolWindow {
        /// Rows and columns of the window.
        kernel: [usize; 2],
    },
    /// Training statistics asked of a single value.
    #[error("batch norm in training needs more than one value per channel, found {count}")]
    TooFewValues {
        /// Values per channel (`batch · height · width`).
        count: usize,
    },
}

/// Checks that `slice` has `expected` values.
pub(crate) fn check_len<T>(
    operand: &'static str,
    slice: &[T],
    expected: usize,
) -> Result<(), ShapeError> {
    if slice.len() == expected {
        Ok(())
    } else {
        Err(ShapeError::Length {
            operand,
            expected,
            found: slice.len(),
        })
    }
}

/// The product of `sizes`, if none is zero and a slice of as many `f32` can exist.
pub(crate) fn volume(sizes: &[(&'static str, usize)]) -> Result<usize, ShapeError> {
    let mut product = 1_usize;
    for &(size, value) in sizes {
        if value == 0 {
            return Err(ShapeError::Zero { size });
        }
        product = product
            .checked_mul(value)
            .filter(|values| *values <= isize::MAX as usize / 16)
            .ok_or_else(|| ShapeError::TooLarge {
                shape: format!("{sizes:?}"),
            })?;
    }
    Ok(product)
}
