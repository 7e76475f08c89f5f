//! What the record says, as answers ask for it.

use std::collections::BTreeSet;

use images::Task;
use record::Declaration;
use record::results::{Results, Timing};

use crate::evidence;
use crate::number;
use crate::palette::Palette;
use methods::{Methods, disjointness, slug};

/// A study, with what its page holds.
pub struct Facts<'a> {
    pub(super) results: &'a Results,
    methods: Option<Methods>,
    sections: BTreeSet<String>,
}

/// Sections that every page has.
const ALWAYS: [&str; 5] = ["verdict", "data", "tasks", "intervals", "reproduce"];

impl<'a> Facts<'a> {
    /// Those of a study.
    pub fn new(results: &'a Results, timing: &[Timing], declarations: &[Declaration]) -> Self {
        let methods = Methods::new(results, timing, declarations);
        let data = &results.data;
        let is_done = results.arms.iter().any(|arm| !arm.seeds.is_empty());
        let mut sections: BTreeSet<String> = ALWAYS.map(str::to_owned).into();
        let mut add = |id: &str, is_there: bool| {
            if is_there {
                sections.insert(id.to_owned());
            }
        };
        add("methods", methods.is_some());
        add("characteristics", data.characteristics.is_some());
        add("flow", data.flow.is_some());
        add("audit", data.audit.is_some());
        add("probes", results.probe.is_some());
        add("mistakes", results.mistakes.is_some());
        let has_maps = results.saliency.iter().any(|found| found.methods.is_some());
        add("saliency", has_maps);
        let discriminated = is_done && results.discrimination.is_some();
        for id in ["discrimination", "confusion", "per-class"] {
            add(id, discriminated);
        }
        if !results.trains_nothing() && is_done {
            for id in ["arms", "curves", "forest", "filters"] {
                add(id, true);
            }
            for section in evidence::sections(results, timing, &Palette::new(results)) {
                add(section.id, true);
            }
        }
        Self {
            results,
            methods,
            sections,
        }
    }

    /// Whether the page has a section of this anchor with something in it.
    pub fn has(&self, id: &str) -> bool {
        self.sections.contains(id)
    }

    /// The anchor of a paragraph of the methods, where it is there.
    pub fn methods(&self, title: &str) -> Option<String> {
        let paragraphs = &self.methods.as_ref()?.paragraphs;
        let found = paragraphs
            .iter()
            .find(|paragraph| paragraph.title == title)?;
        Some(slug(found.title))
    }

    /// The team's words.
    pub fn own(&self, key: &str) -> Option<String> {
        self.results.reporting.text(key).map(str::to_owned)
    }
}

/// What the study is, and by what.
pub fn kind(facts: &Facts) -> Option<String> {
    let results = facts.results;
    let models: Vec<&str> = results
        .models
        .iter()
        .map(|model| model.label.as_str())
        .collect();
    (!models.is_empty()).then(|| {
        format!(
            "A study of deep neural networks ({}) with the title “{}”; the measure of accuracy is the area under the ROC curve ({}).",
            models.join(", "),
            results.title,
            results.headline
        )
    })
}

/// The question.
pub fn goal(facts: &Facts) -> Option<String> {
    let results = facts.results;
    Some(format!(
        "“{}”: how initialisations compare with “{}”, where a difference in AUC within ±{} would not matter.",
        results.title,
        results.baseline,
        number::fixed(results.margin, 3)
    ))
}

/// How parts came about.
pub fn division(facts: &Facts) -> Option<String> {
    Some(format!("The parts: {}.", facts.results.data.split))
}

/// The level at which parts are disjoint.
pub fn disjoint(facts: &Facts) -> Option<String> {
    let said = disjointness(&facts.results.data);
    Some(format!("{}{}", said.text, said.stop()))
}

/// What could not be read, and what unknown labels become.
pub fn missing(facts: &Facts) -> Option<String> {
    let data = &facts.results.data;
    let unreadable = match data.unreadable.len() {
        0 => "Every picture could be read.".to_owned(),
        1 => "1 picture could not be read and is left out.".to_owned(),
        count => format!("{count} pictures could not be read and are left out."),
    };
    let labels = match data.task.as_str() {
        "multilabel" => {
            " A finding that is unknown has no part in loss and measures of that finding."
        }
        _ => "",
    };
    Some(format!("{unreadable}{labels}"))
}

/// Agreement of several rows of a picture, where the table has them.
pub fn agreement(facts: &Facts) -> Option<String> {
    let mut notes = facts.results.data.notes.iter();
    let note = notes.find(|note| note.contains("Krippendorff"))?;
    Some(format!("{note}."))
}

/// Devices, where DICOM files or the table name them.
pub fn devices(facts: &Facts) -> Option<String> {
    let characteristics = facts.results.data.characteristics.as_ref()?;
    let names: Vec<&str> = characteristics
        .attributes
        .iter()
        .map(|attribute| attribute.name.as_str())
        .filter(|name| ["manufacturer", "model", "modality", "scanner"].contains(name))
        .collect();
    (!names.is_empty()).then(|| format!("Counted by part: {}.", names.join(", ")))
}

/// The initialisations.
pub fn starts(facts: &Facts) -> Option<String> {
    let protocol = facts.results.protocol.as_ref()?;
    let names: Vec<String> = protocol
        .inits
        .iter()
        .map(|init| format!("“{}”", init.name))
        .collect();
    Some(format!("Initialisations: {}.", names.join(", ")))
}

/// Networks are measured one by one.
pub fn no_ensemble(_: &Facts) -> Option<String> {
    Some("networks are not combined: every run is measured by itself".into())
}

/// Nothing is updated after it was measured.
pub fn no_update(_: &Facts) -> Option<String> {
    Some("no network is changed after it was measured".into())
}

/// Predictors are pixels.
pub fn pixels(_: &Facts) -> Option<String> {
    Some("The predictors are the pixels of a picture; no other variable enters a network.".into())
}

/// No person measures a predictor.
pub fn no_readers(_: &Facts) -> Option<String> {
    Some("the predictors are pixels, which nobody interprets".into())
}

/// What a network gives.
pub fn output(facts: &Facts) -> Option<String> {
    let task = facts.results.protocol.as_ref()?.task;
    Some(match task {
        Task::Multilabel => "A network gives a probability for each finding, each for itself.",
        Task::Multiclass => "A network gives probabilities of the classes, which sum to 1.",
        Task::Ordinal => "A network gives probabilities of the grades, which sum to 1; a threshold on grades sums them.",
    }
    .into())
}

/// How predictions are made.
pub fn predictions(facts: &Facts) -> Option<String> {
    let output = output(facts)?;
    Some(format!(
        "{output} They are those of the network of the highest validation AUC of each run; `transfusion predict` makes them for new pictures."
    ))
}

/// How classes of different size are treated.
pub fn imbalance(facts: &Facts) -> Option<String> {
    let weights = facts.results.protocol.as_ref()?.train.class_weights;
    Some(match weights {
        study::ClassWeights::None => "No method for unequal classes is used.",
        study::ClassWeights::Balanced => {
            "The loss weighs classes inversely to their frequency; calibration is told for the probabilities that result."
        }
    }
    .into())
}

/// Networks see pictures alone.
pub fn blind(_: &Facts) -> Option<String> {
    Some("A network sees pixels alone; no label of a test picture has a part in training or in a choice.".into())
}

/// Nothing is left open by a network.
pub fn indeterminate(facts: &Facts) -> Option<String> {
    let unreadable = missing(facts)?;
    Some(format!(
        "A network gives probabilities for every picture that can be read. {unreadable}"
    ))
}

/// Where predictions are kept.
pub fn kept(_: &Facts) -> Option<String> {
    Some("The record keeps the probabilities of every validation and test picture of every run (predictions.csv), its weights and its configuration, each under a SHA-256; `transfusion verify` holds all against it.".into())
}

/// Where the whole network is.
pub fn weights(_: &Facts) -> Option<String> {
    Some("The weights of every run are in its record (model.safetensors); `transfusion export` writes one with its preprocessing.".into())
}

/// What limits the study by its record alone.
pub fn hints(facts: &Facts) -> Option<String> {
    let results = facts.results;
    let mut hints = Vec::new();
    if results.test_sets.is_empty() {
        hints.push("no further test set");
    }
    if !results.data.knows_patients() {
        hints.push("patients are unknown");
    }
    if results
        .protocol
        .as_ref()
        .is_some_and(|protocol| (1..3).contains(&protocol.seeds))
    {
        hints.push("fewer than three seeds, so no intervals");
    }
    if results.progress.done < results.progress.planned {
        hints.push("not all runs are done");
    }
    if results.data.allowed_leaks.is_some() {
        hints.push("leaks across parts are accepted");
    }
    let rare = results
        .arms
        .iter()
        .flat_map(|arm| &arm.questions)
        .any(|q| q.is_rare);
    if rare {
        hints.push("fewer than ten test patients with or without some answer");
    }
    (!hints.is_empty()).then(|| format!("By the record: {}.", hints.join("; ")))
}

/// Why there is nothing of another site.
pub fn one_source(facts: &Facts) -> Option<String> {
    facts.results.test_sets.is_empty().then(|| {
        "Networks are developed and evaluated on parts of one data set; there is no further test set.".into()
    })
}

/// Grades are severities.
pub fn grades(facts: &Facts) -> Option<String> {
    let is_ordinal = facts.results.data.task == "ordinal";
    is_ordinal.then(|| "Grades are counted by part.".into())
}

/// How much each part holds.
pub fn counts(facts: &Facts) -> Option<String> {
    let data = &facts.results.data;
    let parts = data.partitions.iter().map(|part| {
        let patients = part.patients.map(|count| format!(" of {count} patients"));
        format!(
            "{} {} pictures{}",
            part.name,
            part.images,
            patients.unwrap_or_default()
        )
    });
    Some(format!("{}.", parts.collect::<Vec<_>>().join("; ")))
}
