//! What values are read against.

/// A line or zone behind what is drawn.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Where it is.
    pub place: Place,
    /// What it is; may be empty.
    pub name: String,
    /// Whether the name stands in the drawing.
    pub is_named: bool,
}

/// Where a reference is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// A vertical line at a value of the horizontal axis.
    X(f64),
    /// A horizontal line at a value of the vertical axis.
    Y(f64),
    /// Where both axes have the same value.
    Diagonal,
    /// Ground between two values of the horizontal axis.
    BetweenX([f64; 2]),
    /// Ground between two values of the vertical axis.
    BetweenY([f64; 2]),
}

impl Reference {
    /// With a name in the drawing; an empty one stays away.
    pub fn new(place: Place, name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            place,
            is_named: !name.is_empty(),
            name,
        }
    }

    /// Whether all of it is finite.
    pub fn is_finite(&self) -> bool {
        match self.place {
            Place::X(value) | Place::Y(value) => value.is_finite(),
            Place::BetweenX(ends) | Place::BetweenY(ends) => ends.iter().all(|end| end.is_finite()),
            Place::Diagonal => true,
        }
    }
}
