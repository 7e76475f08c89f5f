use std::collections::BTreeMap;

use sources::Refusal;
use stats::Clusters;

use crate::file::{File, Row};
use crate::refused::{Refused, refusal};

/// Most arms, and most seeds of all arms together.
const MOST: usize = 1_000;
/// Most numbers that all pairs of arms may hold, one a case: 800 MB.
const MOST_NUMBERS: usize = 100_000_000;

/// Arms and seeds that scored the same cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Cases, by id.
    pub ids: Vec<String>,
    /// Whether each case is positive.
    pub labels: Vec<bool>,
    /// Whose cases these are; none where no patient is known.
    pub patients: Option<Vec<Option<String>>>,
    /// Names of the folds that the cases were tested in, and the fold of every case; none without
    /// cross-validation.
    pub folds: Option<Folds>,
    /// In the order of their first rows.
    pub arms: Vec<TestedArm>,
    /// What was found out about the tables.
    pub notes: Vec<String>,
}

/// The folds of cross-validation: of every arm and seed one network a fold.
#[derive(Clone, Debug, PartialEq)]
pub struct Folds {
    /// At least two.
    pub names: Vec<String>,
    /// Place of the fold of every case.
    pub of_case: Vec<usize>,
}

/// An arm's models.
#[derive(Clone, Debug, PartialEq)]
pub struct TestedArm {
    /// Its name.
    pub name: String,
    /// In the order of their first rows.
    pub seeds: Vec<TestedSeed>,
}

/// One model.
#[derive(Clone, Debug, PartialEq)]
pub struct TestedSeed {
    /// Its name; empty where the tables have no seeds.
    pub name: String,
    /// One score a case.
    pub scores: Vec<f64>,
}

/// A row with its file.
#[derive(Clone, Copy)]
struct Placed<'a> {
    file: &'a File,
    row: &'a Row,
}

impl Placed<'_> {
    fn place(&self) -> String {
        format!("{}, line {}", self.file.place, self.row.line)
    }
}

/// The rows of one model, by case.
struct Model<'a> {
    arm: &'a str,
    seed: &'a str,
    cases: BTreeMap<&'a str, Placed<'a>>,
}

impl Model<'_> {
    fn name(&self) -> String {
        match self.seed {
            "" => format!("arm `{}`", self.arm),
            seed => format!("arm `{}`, seed `{seed}`", self.arm),
        }
    }
}

impl Tested {
    /// Joins tables by the ids of their cases; refuses what is missing, doubled or labelled in two
    /// ways.
    pub fn join(files: &[File]) -> Result<Self, Refused> {
        let models = models(files)?;
        let Some(first) = models.first() else {
            return Err(refusal("the tables", "at least one", "none", "name a table").into());
        };
        for model in &models {
            same_cases(first, model)?;
        }
        let cases: Vec<&Placed> = first.cases.values().collect();
        let labels: Vec<bool> = cases.iter().map(|case| case.row.is_positive).collect();
        let patients: Vec<Option<String>> =
            cases.iter().map(|case| case.row.patient.clone()).collect();
        let tested = Self {
            ids: first.cases.keys().map(|id| (*id).to_owned()).collect(),
            patients: patients.iter().any(Option::is_some).then_some(patients),
            folds: folds(&cases)?,
            labels,
            arms: arms(&models),
            notes: files.iter().flat_map(|file| file.notes.clone()).collect(),
        };
        let place = cases.first().map_or("the tables", |case| &case.file.place);
        tested.check_size(place)?;
        tested.check_patients(place)?;
        Ok(tested)
    }

    /// The patient of every case; each is its own where none is known.
    pub fn clusters(&self) -> Result<Clusters, Refused> {
        let names = match &self.patients {
            Some(patients) => patients.iter().map(Option::as_deref).collect(),
            None => vec![None; self.ids.len()],
        };
        Ok(Clusters::new(names)?)
    }

    /// Patients with a positive case, and with a negative one; cases where patients are unknown.
    pub fn patients_by_label(&self) -> Result<[usize; 2], Refused> {
        let clusters = self.clusters()?;
        Ok([true, false].map(|label| {
            let mut has = vec![false; clusters.count()];
            for (cluster, _) in clusters
                .of_case()
                .iter()
                .zip(&self.labels)
                .filter(|(_, l)| **l == label)
            {
                has[*cluster] = true;
            }
            has.iter().filter(|has| **has).count()
        }))
    }

    fn check_size(&self, place: &str) -> Result<(), Refusal> {
        let (arms, cases) = (self.arms.len(), self.ids.len());
        if (arms * arms).saturating_mul(cases) > MOST_NUMBERS {
            let expected = format!("squared arms times cases of at most {MOST_NUMBERS}");
            let found = format!("{arms} arms and {cases} cases");
            return Err(refusal(
                place,
                expected,
                found,
                "compare fewer arms at once",
            ));
        }
        Ok(())
    }

    fn check_patients(&self, place: &str) -> Result<(), Refused> {
        let [with, without] = self.patients_by_label()?;
        let unit = match self.patients {
            Some(_) => "patients",
            None => "cases",
        };
        if with >= 2 && without >= 2 {
            return Ok(());
        }
        Err(refusal(
            place,
            format!("at least two {unit} with a positive case and two with a negative one"),
            format!("{with} and {without}"),
            "an interval from fewer would rest on a single one; test on more",
        )
        .into())
    }
}

fn models(files: &[File]) -> Result<Vec<Model<'_>>, Refusal> {
    let mut models: Vec<Model> = Vec::new();
    let mut numbers: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for file in files {
        let name = name(files, file);
        for row in &file.rows {
            let arm = row.arm.as_deref().unwrap_or(name);
            let seed = row.seed.as_deref().unwrap_or_default();
            let number = *numbers.entry((arm, seed)).or_insert(models.len());
            if number == models.len() {
                models.push(Model {
                    arm,
                    seed,
                    cases: BTreeMap::new(),
                });
            }
            let placed = Placed { file, row };
            if models.len() > MOST {
                let expected = format!("at most {MOST} arms and seeds in all");
                let write = "are the columns of arm and seed the right ones?";
                return Err(refusal(placed.place(), expected, "more", write));
            }
            let model = &mut models[number];
            if let Some(earlier) = model.cases.insert(&row.id, placed) {
                return Err(refusal(
                    placed.place(),
                    format!("case `{}` once in {}", row.id, model.name()),
                    format!("it again, first in {}", earlier.place()),
                    "remove one of the two rows, name a column that tells them apart with --seed or --arm, or keep some rows with --only",
                ));
            }
        }
    }
    Ok(models)
}

/// The arm of a file without such a column: its stem, or its path where another file has that stem.
fn name<'a>(files: &[File], file: &'a File) -> &'a str {
    let alike = files.iter().filter(|other| other.stem == file.stem);
    match alike.count() {
        0 | 1 => &file.stem,
        _ => &file.place,
    }
}

fn same_cases(first: &Model, model: &Model) -> Result<(), Refusal> {
    let place = |model: &Model| {
        let file = model.cases.values().next().map(|case| &case.file.place);
        format!("{}, {}", file.map_or("", String::as_str), model.name())
    };
    for (one, other) in [(first, model), (model, first)] {
        let mut missing = one
            .cases
            .iter()
            .filter(|(id, _)| !other.cases.contains_key(*id));
        if let Some((id, case)) = missing.next() {
            let more = match missing.count() {
                0 => String::new(),
                more => format!(", nor of {more} more"),
            };
            return Err(refusal(
                place(other),
                format!(
                    "the cases of {}, such as `{id}` ({})",
                    one.name(),
                    case.place()
                ),
                format!("no row of it{more}"),
                "every arm and seed must score the same cases: add the rows, or leave those cases out everywhere",
            ));
        }
    }
    for (case, other) in first.cases.values().zip(model.cases.values()) {
        let (row, earlier) = (other.row, case.row);
        if row.is_positive != earlier.is_positive {
            return Err(refusal(
                other.place(),
                format!(
                    "label {} of case `{}` as in {}",
                    u8::from(earlier.is_positive),
                    row.id,
                    case.place()
                ),
                u8::from(row.is_positive).to_string(),
                "correct one of them",
            ));
        }
        for (what, ours, theirs) in [
            ("patient", &row.patient, &earlier.patient),
            ("fold", &row.fold, &earlier.fold),
        ] {
            if ours != theirs {
                let named = |name: &Option<String>| name.clone().unwrap_or("none".into());
                return Err(refusal(
                    other.place(),
                    format!(
                        "{what} {} of case `{}` as in {}",
                        named(theirs),
                        row.id,
                        case.place()
                    ),
                    named(ours),
                    "correct one of them: arms and seeds share patients and folds",
                ));
            }
        }
    }
    Ok(())
}

/// The folds, where there are several; refuses a patient in two of them.
fn folds(cases: &[&Placed]) -> Result<Option<Folds>, Refusal> {
    let mut names: Vec<&str> = cases
        .iter()
        .filter_map(|case| case.row.fold.as_deref())
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < 2 {
        return Ok(None);
    }
    let mut of_patient: BTreeMap<&str, &Placed> = BTreeMap::new();
    for case in cases {
        let Some(patient) = case.row.patient.as_deref() else {
            continue;
        };
        let earlier = *of_patient.entry(patient).or_insert(case);
        if earlier.row.fold != case.row.fold {
            return Err(refusal(
                case.place(),
                format!("patient {patient} in one fold, as in {}", earlier.place()),
                format!("fold {}", case.row.fold.as_deref().unwrap_or("none")),
                "networks that were trained on a patient must not be tested on it: split by patient",
            ));
        }
    }
    let place = |case: &&Placed| {
        let fold = case.row.fold.as_deref().unwrap_or_default();
        names.binary_search(&fold).unwrap_or_default()
    };
    Ok(Some(Folds {
        of_case: cases.iter().map(place).collect(),
        names: names.into_iter().map(String::from).collect(),
    }))
}

fn arms(models: &[Model]) -> Vec<TestedArm> {
    let mut arms: Vec<TestedArm> = Vec::new();
    for model in models {
        let seed = TestedSeed {
            name: model.seed.into(),
            scores: model.cases.values().map(|case| case.row.score).collect(),
        };
        match arms.iter_mut().find(|arm| arm.name == model.arm) {
            Some(arm) => arm.seeds.push(seed),
            None => arms.push(TestedArm {
                name: model.arm.into(),
                seeds: vec![seed],
            }),
        }
    }
    arms
}
