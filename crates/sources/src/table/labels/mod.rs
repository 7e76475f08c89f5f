//! What the columns of labels are: a class, one-hot classes, findings, lists of findings.

mod cells;
mod class_column;
mod finding_columns;
mod lists;
mod one_hot;

use images::Task;

pub(crate) use cells::{Cells, Labels};

use crate::refusal::Refusal;

/// Reads the labels of a table.
pub(crate) fn labels(cells: &Cells) -> Result<Labels, Refusal> {
    let options = cells.options;
    let is_multilabel = options.task == Task::Multilabel;
    match (is_multilabel, &options.separator, options.labels.len()) {
        (_, _, 0) => Err(Refusal::at(
            "`data.label`",
            "a column, or several",
            "none",
            "write label = \"column\"",
        )),
        (true, Some(separator), 1) => cells.lists(separator),
        (true, None, _) => cells.findings(),
        (false, None, 1) => cells.classes(),
        (false, None, _) => cells.one_hot(),
        (true, Some(_), several) => Err(Refusal::at(
            "`data.separator`",
            "one column of lists",
            format!("{several} label columns"),
            "remove the separator, or name one column as label",
        )),
        (false, Some(_), _) => Err(Refusal::at(
            "`data.separator`",
            "task = \"multilabel\", where a picture has a list of findings",
            "a task of one class a picture",
            "write task = \"multilabel\", or remove the separator",
        )),
    }
}
