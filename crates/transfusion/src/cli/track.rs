//! `track`: a study mirrored to tools that log.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::{Args, ValueEnum};
use record::StudyDirectory;
use tracking::{Follower, Looked, Target, TrackError};

use super::exit::Exit;
use super::interrupt;

/// Between two questions whether somebody asks for an end.
const BLINK: Duration = Duration::from_millis(100);

/// Mirror a study to TensorBoard, MLflow, CSV or Parquet
///
/// The study itself is never changed; the mirror can be made again at any time, and mirroring twice
/// doubles nothing.
#[derive(Debug, Args)]
pub struct Track {
    /// Directory of the study
    study: PathBuf,
    /// The tool
    #[arg(long, value_enum)]
    to: Tool,
    /// Folder to write to (tensorboard, csv, parquet)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Address of the server (mlflow)
    #[arg(long)]
    url: Option<String>,
    /// Name of the experiment (mlflow) [default: the title of the study]
    #[arg(long, value_name = "NAME")]
    experiment: Option<String>,
    /// Go on until the study ends
    #[arg(long)]
    follow: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Tool {
    Tensorboard,
    Mlflow,
    Csv,
    Parquet,
}

impl Track {
    pub fn run(self) -> anyhow::Result<Exit> {
        let target = self.target()?;
        let mut follower = Follower::new(StudyDirectory::new(&self.study), target.clone());
        let looked = match self.follow {
            false => follower.look(),
            true => follower.follow(true, &mut wait(), &|line| say!("{line}")),
        };
        let Looked {
            runs,
            evaluations,
            notes,
            ..
        } = match looked {
            Err(error @ (TrackError::Server { .. } | TrackError::Busy { .. })) => {
                say!("error: {error}");
                return Ok(Exit::Interrupted);
            }
            looked => looked?,
        };
        output!("{target}: {runs} runs, {evaluations} evaluations");
        for note in &notes {
            say!("{note}");
        }
        Ok(match notes.is_empty() {
            true => Exit::Done,
            false => Exit::Findings,
        })
    }

    fn target(&self) -> anyhow::Result<Target> {
        let place = match (self.to, &self.out, &self.url) {
            (Tool::Mlflow, None, Some(url)) => {
                return Ok(Target::mlflow(url, self.experiment.clone())?);
            }
            (Tool::Mlflow, ..) => bail!("--to mlflow takes --url, and no --out"),
            (_, Some(out), None) if self.experiment.is_none() => out.clone(),
            _ => bail!("expected --out DIR, and neither --url nor --experiment"),
        };
        Ok(match self.to {
            Tool::Tensorboard => Target::TensorBoard(place),
            Tool::Csv => Target::Csv(place),
            Tool::Parquet => Target::Parquet(place),
            Tool::Mlflow => bail!("--to mlflow takes --url"),
        })
    }
}

/// Waits as long as it is told, or until somebody asks for an end.
fn wait() -> impl FnMut(Duration) -> bool {
    let flag = interrupt::quiet_flag();
    move |pause| {
        let end = Instant::now() + pause;
        while Instant::now() < end {
            if flag.load(Ordering::Relaxed) {
                return false;
            }
            std::thread::sleep(BLINK);
        }
        true
    }
}
