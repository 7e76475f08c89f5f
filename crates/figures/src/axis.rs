//! What a chart's axes show.

/// An axis.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What it shows.
    pub name: String,
    /// Its unit; empty where there is none.
    pub unit: String,
    /// How values lie along it.
    pub scale: Scale,
    /// Lower and upper end; as far as what is drawn reaches where there is none.
    pub range: Option<[f64; 2]>,
    /// Decimals of single values; by the length of the axis where there are none.
    pub digits: Option<usize>,
}

/// How values lie along an axis.
#[derive(Clone, Debug)]
pub enum Scale {
    /// Equal differences are equally far.
    Straight,
    /// Equal ratios are equally far; only positive values can be drawn.
    Logarithmic,
    /// Names in their order: the value of the first is 0, of the second 1.
    Categories(Vec<Category>),
}

/// A name on an axis.
#[derive(Clone, Debug, Default)]
pub struct Category {
    /// What stands beside the axis.
    pub name: String,
    /// Whether it is the title of those below it and has no values.
    pub is_heading: bool,
    /// What is said in place of values, such as "no run yet".
    pub note: Option<String>,
}

impl Category {
    /// A name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// The title of the names that follow.
    pub fn heading(name: impl Into<String>) -> Self {
        Self {
            is_heading: true,
            ..Self::new(name)
        }
    }

    /// With words in place of values.
    pub fn without_values(mut self, why: impl Into<String>) -> Self {
        self.note = Some(why.into());
        self
    }
}

impl Axis {
    /// A straight axis as far as the values reach.
    pub fn straight(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            unit: String::new(),
            scale: Scale::Straight,
            range: None,
            digits: None,
        }
    }

    /// A logarithmic axis as far as the positive values reach.
    pub fn logarithmic(name: impl Into<String>) -> Self {
        Self {
            scale: Scale::Logarithmic,
            ..Self::straight(name)
        }
    }

    /// An axis of names.
    pub fn categories(name: impl Into<String>, names: impl IntoIterator<Item = Category>) -> Self {
        Self {
            scale: Scale::Categories(names.into_iter().collect()),
            ..Self::straight(name)
        }
    }

    /// Between two ends; what lies beyond them is cut off.
    pub fn between(mut self, low: f64, high: f64) -> Self {
        self.range = Some([low, high]);
        self
    }

    /// With a unit.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    /// With so many decimals where single values are told.
    pub fn digits(mut self, digits: usize) -> Self {
        self.digits = Some(digits);
        self
    }

    /// Its name with its unit.
    pub fn heading(&self) -> String {
        match self.unit.is_empty() {
            true => self.name.clone(),
            false => format!("{} ({})", self.name, self.unit),
        }
    }

    /// Its names; none where it shows numbers.
    pub fn names(&self) -> Option<&[Category]> {
        match &self.scale {
            Scale::Categories(names) => Some(names),
            _ => None,
        }
    }
}
