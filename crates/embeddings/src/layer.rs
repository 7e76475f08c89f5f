//! What is wanted of a file, and what one layer of it holds.

/// What is wanted of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Name of the array or column that names the pictures; without it `ids`, `id`, `names`, `files`,
    /// `image` or the first column of a table.
    pub ids: Option<String>,
    /// Layers that are taken, in this order; without it all.
    pub layers: Option<Vec<String>>,
}

/// Features of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Its name: of the array; `features` where a table has but one.
    pub name: String,
    /// Features a picture, at least 1.
    pub channels: usize,
    /// `[rows, channels]`, row-major, finite.
    pub values: Vec<f32>,
}

impl Layer {
    /// Features of some rows `[rows, channels]`, in their order.
    pub fn of(&self, rows: &[usize]) -> Vec<f32> {
        let row = |row: &usize| &self.values[row * self.channels..(row + 1) * self.channels];
        rows.iter().flat_map(row).copied().collect()
    }
}

/// What was expected, and what was found.
pub(crate) type Mismatch = (String, String);
