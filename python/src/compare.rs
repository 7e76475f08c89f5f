//! How alike two arrays of activations are.

use numpy::{PyReadonlyArrayDyn, PyUntypedArrayMethods as _};
use pyo3::prelude::*;
use serde_json::{Value, json};
use similarity::files::{
    Axes, Datapoints, Layer, LentArray, Numbers, Reading, Seen, Shapes, readings,
};
use similarity::{Activations as _, Compared, Convention, Measure, Measured, Options};

use crate::refused;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// An array as it lies in NumPy's memory.
#[derive(FromPyObject)]
pub enum Array<'py> {
    /// In single precision.
    Single(PyReadonlyArrayDyn<'py, f32>),
    /// In double precision.
    Double(PyReadonlyArrayDyn<'py, f64>),
}

impl Array<'_> {
    fn shape(&self) -> &[usize] {
        match self {
            Self::Single(array) => array.shape(),
            Self::Double(array) => array.shape(),
        }
    }

    fn numbers(&self) -> PyResult<Numbers<'_>> {
        Ok(match self {
            Self::Single(array) => Numbers::Single(array.as_slice()?),
            Self::Double(array) => Numbers::Double(array.as_slice()?),
        })
    }
}

/// The names of all measures, and of those that are measured unless asked otherwise.
#[pyfunction]
pub fn measures() -> (Vec<String>, Vec<String>) {
    let names = |measures: &[Measure]| measures.iter().map(ToString::to_string).collect();
    (names(&Measure::ALL), names(&Measure::USUAL))
}

/// What is asked of a comparison beside its arrays.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Asked {
    axes: [Vec<String>; 2],
    convention: Option<String>,
    measures: Vec<String>,
    positions: Option<usize>,
    permutations: usize,
    groups: usize,
    budget: f64,
    seed: u64,
}

/// The comparison as JSON, with the keys of `transfusion compare --json`.
#[pyfunction]
pub fn compare(py: Python<'_>, a: Array<'_>, b: Array<'_>, asked: Asked) -> PyResult<String> {
    let shapes = [a.shape().to_vec(), b.shape().to_vec()];
    let numbers = [a.numbers()?, b.numbers()?];
    py.detach(|| compared(numbers, &shapes, asked))
        .map_err(refused)
}

fn compared(
    [a, b]: [Numbers<'_>; 2],
    shapes: &[Vec<usize>; 2],
    asked: Asked,
) -> Result<String, Failure> {
    let side = |place: &str, shape: &[usize], axes: &[String]| {
        let named = axes.iter().map(|name| name.parse());
        Ok::<_, Failure>(Shapes {
            arrays: vec![(place.into(), shape.into())],
            named: named.collect::<Result<Vec<Axes>, _>>()?,
        })
    };
    let [read_a, read_b] = readings(
        &side("a", &shapes[0], &asked.axes[0])?,
        &side("b", &shapes[1], &asked.axes[1])?,
    )?;
    let (Some(read_a), Some(read_b)) = (read_a.first(), read_b.first()) else {
        return Err("both sides need an array".into());
    };
    let a = Layer::new(LentArray::new("a", a, &shapes[0])?, read_a.axes)?;
    let b = Layer::new(LentArray::new("b", b, &shapes[1])?, read_b.axes)?;
    let convention = asked.convention.as_deref().map(convention).transpose()?;
    let seen = |shape, axes| [Seen { shape, axes }];
    let datapoints = Datapoints::choose(
        &seen(a.shape(), read_a.axes),
        &seen(b.shape(), read_b.axes),
        convention,
    );
    let named = asked.measures.iter().map(|name| name.parse());
    let options = Options {
        measures: named.collect::<Result<_, _>>()?,
        convention: datapoints.convention,
        positions: asked.positions,
        permutations: asked.permutations,
        groups: asked.groups,
        budget: asked.budget,
        seed: asked.seed,
        ..Options::default()
    };
    let found = similarity::compare(&a, &b, &options)?;
    Ok(told(&found, &datapoints, [read_a, read_b]).to_string())
}

fn convention(name: &str) -> Result<Convention, String> {
    let known = [
        Convention::Spatial,
        Convention::Flattened,
        Convention::Pooled,
    ];
    let found = known.into_iter().find(|known| known.name() == name);
    found.ok_or_else(|| {
        format!("unknown convention `{name}`; conventions are spatial, flattened and pooled")
    })
}

fn told(found: &Compared, datapoints: &Datapoints, read: [&Reading; 2]) -> Value {
    let axes = |read: &Reading| json!({"axes": read.axes.name(), "why": read.why});
    let measured: Vec<Value> = found.measured.iter().map(row).collect();
    json!({
        "a": axes(read[0]),
        "b": axes(read[1]),
        "convention": datapoints.convention.name(),
        "convention_words": datapoints.words,
        "images": found.images,
        "datapoints": found.datapoints,
        "dimensions": {"a": found.a, "b": found.b},
        "measured": measured,
        "warnings": found.warnings,
    })
}

fn row(measured: &Measured) -> Value {
    json!({
        "measure": measured.measure,
        "value": measured.value.as_ref().ok(),
        "words": measured.value.as_ref().err().map(ToString::to_string),
        "floor": measured.floor,
        "null": measured.null,
        "interval": measured.interval,
    })
}
