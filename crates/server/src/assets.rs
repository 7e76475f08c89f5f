//! Styles and scripts of the pages, part of the program.

use axum::extract::Path;
use axum::response::Response;

use crate::answer::typed;
use crate::refusal::Refusal;

const FILES: [(&str, &str, &str); 10] = [
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
    (
        "live.css",
        "text/css; charset=utf-8",
        include_str!("assets/live.css"),
    ),
    ("chart.js", SCRIPT, include_str!("assets/chart.js")),
    ("detail.js", SCRIPT, include_str!("assets/detail.js")),
    ("gallery.js", SCRIPT, include_str!("assets/gallery.js")),
    ("jobs.js", SCRIPT, include_str!("assets/jobs.js")),
    ("report.js", SCRIPT, include_str!("assets/report.js")),
    ("studies.js", SCRIPT, include_str!("assets/studies.js")),
    ("study.js", SCRIPT, include_str!("assets/study.js")),
    ("words.js", SCRIPT, include_str!("assets/words.js")),
];

const SCRIPT: &str = "text/javascript; charset=utf-8";

pub(crate) async fn asset(Path(name): Path<String>) -> Result<Response, Refusal> {
    let found = FILES.iter().find(|(known, _, _)| *known == name);
    let (_, format, text) = found.ok_or(Refusal::Nothing)?;
    Ok(typed(format, *text))
}
