//! Pictures inside the page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A PNG as a URI that holds the picture itself.
pub fn data_uri(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", base64(png))
}

/// Bytes as text.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
