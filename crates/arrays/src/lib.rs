//! Arrays as files hold them: the header of a NumPy array and the elements of any array, with
//! every size bounded before memory is taken.
//!
//! ```
//! use arrays::NpyHeader;
//!
//! // What `numpy.save` writes of `numpy.array([[1, 2, 3]], dtype="uint8")`.
//! let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 3), }";
//! let mut file = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
//! file.extend(format!("{header:117}\n").bytes());
//! file.extend([1, 2, 3]);
//!
//! let mut reader = &file[..];
//! let header = NpyHeader::read(&mut reader)?;
//! assert_eq!(header.shape, [1, 3]);
//! let data = header.read_data(reader, 1 << 20)?;
//! assert_eq!(header.integers(&data).collect::<Vec<_>>(), [1, 2, 3]);
//! # Ok::<(), arrays::NpyError>(())
//! ```

mod element;
mod npy;
mod text;

pub use element::{Element, Kind};
pub use npy::{NpyError, NpyHeader};
pub use text::read_texts;
