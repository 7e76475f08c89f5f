//! Pictures and labels: reading, decoding, resizing, augmenting, splitting by patient, batching.
//!
//! The way through this crate:
//! ```text
//! npz | phantom | folders, tables (`sources`) ─▶ Dataset ─▶ Splits, subset
//!                                     │
//!                                     └─▶ Cache (decoded, resized) ─▶ Loader ─▶ Batch
//!                                           └─▶ Summary, contact sheet
//! ```
//! Nothing here knows of networks or studies. Every random draw comes from a [`stream()`] named
//! after its purpose; everything read from outside is bounded.
//!
//! ```
//! use images::phantom::Fundus;
//! use images::{Dataset, Fractions, Partition, Splits};
//!
//! let dataset = Dataset::from(Fundus { seed: 1, patients: 150, size: 32 });
//! let splits = Splits::of(&dataset, Fractions::default(), 7)?;
//! let patients = |partition| {
//!     let indices = splits.part(partition).iter();
//!     indices.map(|index| dataset.examples[*index].patient.clone()).collect::<Vec<_>>()
//! };
//! // No patient is on both sides of a split.
//! let test = patients(Partition::Test);
//! assert!(patients(Partition::Train).iter().all(|patient| !test.contains(patient)));
//! # Ok::<(), images::SplitError>(())
//! ```

mod album;
pub mod aspects;
pub mod augment;
pub mod batches;
pub mod cache;
mod colour;
pub mod contact_sheet;
pub mod dataset;
pub mod drawn;
pub mod error;
mod filter_grid;
pub mod folds;
pub mod frame;
pub mod joined;
pub mod label;
mod loader;
pub mod normalisation;
pub mod npz;
mod order;
pub mod phantom;
mod picture_arrays;
mod pictures;
mod placement;
pub mod png;
pub mod resize;
pub mod size;
mod small_picture;
pub mod spelling;
pub mod splits;
pub mod stored;
mod strata;
pub mod subset;
pub mod summary;
mod sums;
mod viridis;

pub use album::Album;
pub use aspects::Aspects;
pub use augment::{Augmentation, AugmentationError};
pub use batches::{Batch, Feed, PlacedBatch, epoch_order};
pub use cache::{Cache, Seen};
pub use contact_sheet::contact_sheet;
pub use dataset::{Dataset, Example, Partition};
pub use error::{DataError, UnreadableImage};
pub use filter_grid::FilterGrid;
pub use folds::Folding;
pub use formats::{Image, ImageError, Samples, decode};
pub use frame::{Fit, Frame, FrameError, Range};
pub use joined::{JoinError, Place, joined};
pub use label::{Label, Task, sort_classes};
pub use loader::Loader;
pub use normalisation::Normalisation;
pub use pictures::{Held, Pictures};
pub use placement::Placement;
pub use resize::{Resampling, resize};
pub use size::Size;
pub use small_picture::SmallPicture;
pub use spelling::nearest_name;
pub use splits::{Fractions, SplitError, Splits};
pub use stored::{Depth, Stored};
pub use streams::stream;
pub use subset::{looked_at, subset};
pub use summary::{Extent, SplitSummary, Summary};
