/// Names of the columns of a table of predictions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// What names a case.
    pub id: String,
    /// Whether the case is positive: 1 or 0.
    pub label: String,
    /// The higher, the more likely positive; any finite number.
    pub score: String,
    /// Whose case it is; by default `patient` where there is such a column.
    pub patient: Option<String>,
    /// Which arm scored it; by default `arm` where there is such a column, else the file.
    pub arm: Option<String>,
    /// Which seed of the arm; by default `seed` where there is such a column, else one.
    pub seed: Option<String>,
    /// Which fold the case was tested in; by default `fold` where there is such a column.
    pub fold: Option<String>,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            id: "id".into(),
            label: "label".into(),
            score: "score".into(),
            patient: None,
            arm: None,
            seed: None,
            fold: None,
        }
    }
}
