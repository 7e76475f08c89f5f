//! What is known before any picture is.

use networks::HostTensor;
use onnx_graph::Stored;

use super::budget::Budget;
use super::error::ImportError;

/// A value that depends on no picture.
pub(crate) enum Constant<'a> {
    /// A tensor of the file.
    Stored(&'a Stored<'a>),
    /// A tensor that was made of one.
    Made(HostTensor),
    /// A list of whole numbers; `None` is the extent of the batch.
    Whole(Vec<Option<i64>>),
}

/// Most whole numbers of a list that is made of others.
const MOST_WHOLE: usize = 64;

impl Constant<'_> {
    /// Extents.
    pub(crate) fn shape(&self) -> Vec<usize> {
        match self {
            Self::Stored(stored) => stored.shape.clone(),
            Self::Made(tensor) => tensor.shape.clone(),
            Self::Whole(numbers) => vec![numbers.len()],
        }
    }

    /// Its numbers.
    pub(crate) fn tensor(&self, budget: &mut Budget) -> Result<Option<HostTensor>, ImportError> {
        match self {
            Self::Stored(stored) => budget.copy(stored).map(Some),
            Self::Made(tensor) => {
                budget.spend(tensor.values.len())?;
                Ok(Some(tensor.clone()))
            }
            Self::Whole(_) => Ok(None),
        }
    }

    /// Its whole numbers, if it has such and few.
    pub(crate) fn whole(&self) -> Option<Vec<Option<i64>>> {
        match self {
            Self::Stored(stored) => {
                let numbers = stored.ints()?;
                (numbers.len() <= MOST_WHOLE).then(|| numbers.into_iter().map(Some).collect())
            }
            Self::Made(_) => None,
            Self::Whole(numbers) => Some(numbers.clone()),
        }
    }

    /// Its number, if it is a single one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Stored(stored) if stored.len() == Some(1) => match stored.ints() {
                Some(whole) => whole.first().map(|number| *number as f64),
                None => stored
                    .floats()
                    .ok()?
                    .first()
                    .map(|number| f64::from(*number)),
            },
            Self::Made(tensor) if tensor.values.len() == 1 => {
                tensor.values.first().map(|number| f64::from(*number))
            }
            Self::Whole(numbers) if numbers.len() == 1 => numbers
                .first()
                .copied()
                .flatten()
                .map(|number| number as f64),
            _ => None,
        }
    }
}

/// The rows of a matrix as columns.
pub(crate) fn turned(matrix: HostTensor) -> HostTensor {
    let [rows, columns] = matrix.shape[..] else {
        return matrix;
    };
    let mut values = Vec::with_capacity(matrix.values.len());
    for column in 0..columns {
        values.extend(matrix.values.iter().skip(column).step_by(columns.max(1)));
    }
    HostTensor {
        shape: vec![columns, rows],
        values,
    }
}
