//! The weights that come with the program.

/// What their names begin with where weights are named.
pub const PREFIX: &str = "builtin:";

const FILES: [(&str, &[u8]); 1] = [(
    "cbr-tiny-phantom",
    include_bytes!("../../../../weights/cbr-tiny-phantom.safetensors"),
)];

/// Their names, after the prefix.
pub fn names() -> Vec<&'static str> {
    FILES.iter().map(|(name, _)| *name).collect()
}

/// The safetensors file of that name.
pub fn find(name: &str) -> Option<&'static [u8]> {
    FILES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, bytes)| *bytes)
}
