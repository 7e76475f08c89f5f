//! Files that others wrote: opened only where they are regular, read only up to a limit, and taken
//! only where they can mean one thing.
//!
//! What a file system says of a file holds for the moment at which it is asked. A pipe has no
//! length and waits, a device has none and never ends, a file grows while it is read. So nothing
//! here believes a length: it is only what memory is set aside for.
//!
//! ```
//! let error = outside::read(std::path::Path::new("/"), 1 << 20).expect_err("a folder");
//! assert!(error.to_string().contains("expected a regular file, found a folder"));
//! ```

mod error;
mod file;
mod names;

pub use error::ReadError;
pub use file::{open, read, read_start};
pub use names::check_names;
