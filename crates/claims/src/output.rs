//! What a judgement leaves in a folder.

use std::path::Path;

use durable::{Manifest, write};

use crate::error::ClaimsError;
use crate::finding::{CLAIMS, Judgement};
use crate::page::{PAGE, page};
use crate::picture::picture;

/// Writes a picture a claim, the page, and `claims.json` last.
pub fn write_judgement(judgement: &Judgement, folder: &Path) -> Result<(), ClaimsError> {
    for finding in &judgement.findings {
        if let Some(figure) = picture(finding) {
            let path = folder.join(format!("{}.svg", finding.claim));
            write(&path, figure.svg().as_bytes())?;
        }
    }
    write(&folder.join(PAGE), page(judgement).as_bytes())?;
    CLAIMS.write(folder, judgement, &Manifest::default())?;
    Ok(())
}
