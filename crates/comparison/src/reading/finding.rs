//! What a figure shows.

use record::results::Agreement;

/// What a figure shows.
pub(crate) struct Finding {
    pub(crate) sentence: String,
    pub(crate) agrees: Agreement,
    pub(crate) paper: &'static str,
}
