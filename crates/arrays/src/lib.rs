//! Arrays as files hold them: the header of a NumPy array and the elements of any array, with
//! every size bounded before memory is taken.

mod element;
mod npy;

pub use element::{Element, Kind};
pub use npy::{NpyError, NpyHeader};
