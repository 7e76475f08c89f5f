//! `export`: a finished run as a model that others can run.

use std::path::PathBuf;

use clap::Args;
use transfusion::export::export;

use super::exit::Exit;
use super::output::print_json;

/// Write the model of a finished run for use elsewhere: safetensors, ONNX, preprocessing, card
#[derive(Debug, Args)]
pub struct Export {
    /// Directory of the run, such as studies/demo/runs/cbr-tiny-s0-1a2b3c4d5e6f, or of a study: the
    /// first seed of the arm that its verdict recommends
    run: PathBuf,
    /// Directory to write, new or empty
    #[arg(long)]
    to: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Export {
    pub fn run(self) -> anyhow::Result<Exit> {
        let exported = export(&self.run, &self.to)?;
        if self.json {
            print_json(&exported.metadata)?;
            return Ok(Exit::Done);
        }
        output!(
            "{}: {} with {}'s names",
            self.to.display(),
            exported.metadata.name,
            exported.metadata.tensor_names
        );
        output!(
            "model.onnx checked in an independent runtime: probabilities differ by at most {:.1e}",
            exported.onnx_difference
        );
        output!("{}", exported.metadata.intended_use);
        Ok(Exit::Done)
    }
}
