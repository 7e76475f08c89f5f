//! Measures that follow from second moments.

use rayon::prelude::*;

use crate::compare::setting::Asked;
use crate::compare::sums::{Sums, Workspace};
use crate::compare::{CompareError, Evidence, Found, Setting};
use crate::{CrossMoments, Measure, Reason, View};

/// Most channels of a view: its moments are 512 MiB in `f64`.
const MOST_DIMENSIONS: usize = 8_192;

/// Memory of evaluations that go on at once, in numbers of 8 bytes: 512 MiB.
const MOST_NUMBERS: usize = 64 << 20;

/// Matrices of the size of the moments that one evaluation takes, about.
const EVALUATED: usize = 3;

/// Values of the `asked` measures, with what they give of shuffled images and without groups of
/// images.
pub(crate) fn evidence(setting: &mut Setting, asked: &[Asked]) -> Result<Found, CompareError> {
    if asked.is_empty() {
        return Ok(Found::default());
    }
    let [p, q] = setting.dimensions();
    if let Err(reason) = not_too_wide(p.max(q)) {
        return Ok(Found::without_values(asked, &reason));
    }
    let options = setting.options;
    if options.permutations + options.groups > 0 {
        setting.hold()?;
    }
    let views = [&setting.views[0], &setting.views[1]];
    let images: Vec<usize> = (0..setting.images()).collect();
    let mut workspace = Workspace::default();
    let mut sums = Sums::new(p, q);
    sums.gather(views, &images, &mut workspace)?;

    let measures: Vec<Measure> = asked.iter().map(|(_, measure)| *measure).collect();
    let (a, b) = (View::new(&sums.a, &measures), View::new(&sums.b, &measures));
    let mut evidence = values(asked, &a, &b, &sums.cross);
    let sides = Some([a.side(), b.side()]);

    // What has no value has none of shuffled images either.
    let sound: Vec<usize> = (0..asked.len())
        .filter(|&i| evidence[i].1.value.is_ok())
        .collect();
    let measures: Vec<Measure> = sound.iter().map(|&i| measures[i]).collect();
    if measures.is_empty() {
        return Ok(Found {
            sides,
            evidence,
            warning: None,
        });
    }
    let permutations: Vec<usize> = (0..options.permutations).collect();
    for some in permutations.chunks(at_once(EVALUATED * p * q)) {
        let shuffled = some.iter().map(|&permutation| {
            let partners = setting.units.shuffled(options.seed, permutation);
            sums.shuffled(views, &partners, &mut workspace)
        });
        let shuffled = shuffled.collect::<Result<Vec<_>, _>>()?;
        let values = shuffled.into_par_iter();
        let values: Vec<_> = values
            .map(|cross| a.measure_all(&b, &cross, &measures))
            .collect();
        for (&i, value) in values.into_iter().flat_map(|all| sound.iter().zip(all)) {
            evidence[i].1.shuffled.push(value);
        }
    }
    drop((a, b));
    let groups: Vec<Vec<usize>> = setting.groups().into_iter().collect();
    for some in groups.chunks(at_once(EVALUATED * (p * p + p * q + q * q))) {
        let rest = some.iter().map(|group| {
            let mut part = sums.fresh();
            part.gather(views, group, &mut workspace)?;
            sums.without(&part)
        });
        let rest = rest.collect::<Result<Vec<_>, _>>()?;
        let values = rest.into_par_iter().map(|rest| {
            let a = View::consume(rest.a, &measures);
            let b = View::consume(rest.b, &measures);
            a.measure_all(&b, &rest.cross, &measures)
        });
        let values: Vec<_> = values.collect();
        for (&i, value) in values.into_iter().flat_map(|all| sound.iter().zip(all)) {
            evidence[i].1.left_out.push(value);
        }
    }
    Ok(Found {
        sides,
        evidence,
        warning: None,
    })
}

/// How many evaluations go on at once, of which each needs so many numbers of memory. What they
/// find does not depend on it.
fn at_once(numbers: usize) -> usize {
    let fit = MOST_NUMBERS / numbers.max(1);
    rayon::current_num_threads().min(fit).max(1)
}

/// Values alone, with their floors.
pub(crate) fn values(
    asked: &[Asked],
    a: &View,
    b: &View,
    cross: &CrossMoments,
) -> Vec<(usize, Evidence)> {
    let measures: Vec<Measure> = asked.iter().map(|(_, measure)| *measure).collect();
    let values = a.measure_all(b, cross, &measures);
    asked
        .iter()
        .zip(values)
        .map(|(&(place, measure), value)| (place, Evidence::new(value, a.floor(b, measure))))
        .collect()
}

/// A reason if a view has more dimensions than second moments are made for.
pub(crate) fn not_too_wide(dimensions: usize) -> Result<(), Reason> {
    if dimensions <= MOST_DIMENSIONS {
        return Ok(());
    }
    Err(Reason::ManyDimensions {
        most: MOST_DIMENSIONS,
        found: dimensions,
    })
}
