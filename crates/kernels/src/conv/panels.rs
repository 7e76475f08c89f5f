//! A blocked matrix product whose right side is gathered from maps panel by panel
//! and whose result goes to maps.

mod cut;
mod operands;
mod part;
mod target;
mod write_back;

pub(crate) use cut::{Extents, demand};
pub(crate) use operands::Job;
pub(crate) use target::Target;

use rayon::prelude::*;

use self::operands::Operands;
use self::part::Part;
use crate::disjoint::Disjoint;
use crate::isa::Isa;
use crate::precision::Precision;

/// Computes jobs that write to different pixels of the same maps; what they have
/// in common at one place stays in the cache.
pub(crate) fn multiply(isa: Isa, precision: Precision, jobs: &[Job<'_>], out: &Disjoint<'_, f32>) {
    let products: Vec<Operands<'_>> = jobs
        .iter()
        .map(|job| Operands::new(isa, precision, job, out))
        .collect();
    let parts = products.iter().map(|product| product.cut.parts());
    let parts = parts.max().unwrap_or(0);
    (0..parts).into_par_iter().for_each(|part| {
        for product in products.iter().filter(|product| part < product.cut.parts()) {
            Part::new(product, part).multiply();
        }
    });
}
