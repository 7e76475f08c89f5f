//! The measures tested on the user's own activations.

use report::{UNKNOWN, fixed};
use similarity::{Options, SelfTest, self_test};

use super::side::NamedLayer;
use crate::cli::exit::Exit;
use crate::cli::output::print_json;
use crate::cli::table::table;

/// Compares every layer with itself, as it is and shuffled; findings where a measure does not do
/// as it should.
pub fn check(layers: &[&NamedLayer], options: &Options, json: bool) -> anyhow::Result<Exit> {
    let mut tested = Vec::new();
    for layer in layers {
        tested.push((
            layer.place().to_string(),
            self_test(&layer.activations, options)?,
        ));
    }
    let all = tested.iter().flat_map(|(_, tests)| tests);
    let problems: Vec<&String> = all.filter_map(|test| test.problem.as_ref()).collect();
    let exit = match problems.is_empty() {
        true => Exit::Done,
        false => Exit::Findings,
    };
    if json {
        print_json(&tested)?;
        return Ok(exit);
    }
    let number = |value: Option<f64>| value.map_or(UNKNOWN.into(), |value| fixed(value, 4));
    let rows = tested.iter().flat_map(|(place, tests)| {
        tests.iter().map(move |test| {
            let SelfTest {
                measure,
                identity,
                shuffled,
                floor,
                problem,
            } = test;
            vec![
                place.clone(),
                measure.to_string(),
                number(identity.as_ref().ok().copied()),
                number(shuffled.map(|null| null.mean)),
                number(*floor),
                match (identity, problem) {
                    (Err(reason), _) => reason.to_string(),
                    (_, Some(problem)) => problem.clone(),
                    (Ok(_), None) => "as it should be".into(),
                },
            ]
        })
    });
    let header = ["layer", "measure", "with itself", "shuffled", "floor", ""];
    output!("{}", table(&header, 2, rows));
    Ok(exit)
}
