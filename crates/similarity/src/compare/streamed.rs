//! Measures that follow from second moments.

use crate::compare::setting::Asked;
use crate::compare::sums::{Sums, Workspace};
use crate::compare::{CompareError, Evidence, Found, Setting};
use crate::{CrossMoments, Measure, Reason, View};

/// Most channels of a view: its moments are 512 MiB in `f64`.
const MOST_DIMENSIONS: usize = 8_192;

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
    for permutation in 0..options.permutations {
        let partners = setting.units.shuffled(options.seed, permutation);
        let cross = sums.shuffled(views, &partners, &mut workspace)?;
        let values = a.measure_all(&b, &cross, &measures);
        for (&i, value) in sound.iter().zip(values) {
            evidence[i].1.shuffled.push(value);
        }
    }
    drop((a, b));
    for group in setting.groups() {
        let mut part = sums.fresh();
        part.gather(views, &group, &mut workspace)?;
        let rest = sums.without(&part)?;
        drop(part);
        let a = View::consume(rest.a, &measures);
        let b = View::consume(rest.b, &measures);
        for (&i, value) in sound.iter().zip(a.measure_all(&b, &rest.cross, &measures)) {
            evidence[i].1.left_out.push(value);
        }
    }
    Ok(Found {
        sides,
        evidence,
        warning: None,
    })
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
