//! What the Python package `transfusion` takes from Rust: statistics, similarities and
//! initialisations on arrays.
//!
//! Arrays of NumPy come in as slices, without a copy, and the interpreter is let go while anything
//! is computed. What goes back is numbers and JSON; the package makes its classes of them.

mod auc;
mod compare;
mod several;
mod weights;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Our message as a Python exception.
fn refused(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// The extension module, `transfusion._native`.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use super::auc::{delong, delong_paired};
    #[pymodule_export]
    use super::compare::{compare, measures};
    #[pymodule_export]
    use super::several::{equivalence, holm, speed_up};
    #[pymodule_export]
    use super::weights::{initialise, policies};

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
