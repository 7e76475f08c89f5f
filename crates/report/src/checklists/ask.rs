//! What answers an item.

use record::ChecklistAnswer;

use super::facts::Facts;

/// One thing that answers an item, or adds to an answer.
#[derive(Clone, Copy)]
pub enum Ask {
    /// The team's words under a key of `[reporting]`.
    Own(&'static str),
    /// A section of the page, where it is there.
    Section(&'static str),
    /// A paragraph of the methods, by its heading.
    Methods(&'static str),
    /// A sentence from the record.
    Record(fn(&Facts) -> Option<String>),
    /// A section that adds to an answer and is none itself.
    Beside(&'static str),
    /// A sentence from the record that adds to an answer and is none itself.
    Adds(fn(&Facts) -> Option<String>),
    /// Why the item does not concern the study, where it does not.
    Not(fn(&Facts) -> Option<String>),
}

/// One item of a guideline.
pub struct Row {
    /// Its number.
    pub number: &'static str,
    /// What it asks, in our words.
    pub topic: &'static str,
    /// What answers it.
    pub asks: &'static [Ask],
}

impl Row {
    /// The answer of a study.
    pub fn answer(&self, facts: &Facts) -> ChecklistAnswer {
        let (mut texts, mut own, mut sections) = (Vec::new(), Vec::new(), Vec::new());
        let mut is_answered = false;
        for ask in self.asks {
            match *ask {
                Ask::Own(key) => own.extend(facts.own(key)),
                Ask::Section(id) => {
                    is_answered |= facts.has(id);
                    sections.extend(facts.has(id).then(|| id.to_owned()));
                }
                Ask::Methods(title) => {
                    let found = facts.methods(title);
                    is_answered |= found.is_some();
                    sections.extend(found);
                }
                Ask::Record(say) => {
                    let said = say(facts);
                    is_answered |= said.is_some();
                    texts.extend(said);
                }
                Ask::Beside(id) => sections.extend(facts.has(id).then(|| id.to_owned())),
                Ask::Adds(say) => texts.extend(say(facts)),
                Ask::Not(why) => {
                    if let Some(reason) = why(facts) {
                        return ChecklistAnswer::NotApplicable { reason };
                    }
                }
            }
        }
        if is_answered || !own.is_empty() {
            return ChecklistAnswer::Answered {
                text: (!texts.is_empty()).then(|| texts.join(" ")),
                own,
                sections,
            };
        }
        let keys = self.asks.iter().filter_map(|ask| match ask {
            Ask::Own(key) => Some((*key).to_owned()),
            _ => None,
        });
        ChecklistAnswer::NotReported {
            keys: keys.collect(),
        }
    }
}
