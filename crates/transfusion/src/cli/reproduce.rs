//! `reproduce`: the claims of a paper, asked of the user's own images.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use claims::{
    Casting, Claim, Judgement, OwnStudy, PAGE, Template, Templates, judge, read_studies,
    write_judgement,
};
use clap::{Args, ValueEnum};
use record::StudyDirectory;
use runs::{Estimate, Share, Tally};
use study::{OpenStudy, StudySpec, check, parse, read_text};

use super::begun::Begun;
use super::device::DeviceOptions;
use super::exit::Exit;
use super::location::study_directory;
use super::offline;
use super::output::print_json;
use super::report::{Printed, finish};
use super::shell::word;
use super::table::{counted, duration, table};
use super::version::program;

/// What to do where weights of the templates are not there.
const MAKE_WEIGHTS: &str = " (in a check-out of the source, `transfusion pretrain \
     configs/claims/pretrain/<name>.toml --weights configs/claims/pretrain/<name>.safetensors --half` \
     makes the weights that it lacks; or name your own in [weights] of --data)";

/// Where the paths of the templates lead to, from a check-out of the source.
const TEMPLATES: &str = "configs/claims";

/// Ask the claims of a paper of your own images, and judge each: agrees, disagrees, undecided
///
/// Writes ten claims' studies below a folder, runs what is not finished there, and writes claims.md,
/// claims.json and a picture a claim. Given again, it goes on.
#[derive(Debug, Args)]
pub struct Reproduce {
    /// Whose claims
    #[arg(value_enum)]
    paper: Paper,
    /// Claims, by number [default: all]
    #[arg(long, value_delimiter = ',', value_name = "C1,C8", value_parser = claim)]
    claims: Vec<Claim>,
    /// A study of yours: its [data] takes the place of the templates', and so do its [weights] and
    /// margin and thresholds of [compare] where it has them
    #[arg(long, value_name = "STUDY.TOML", conflicts_with = "evaluate")]
    data: Option<PathBuf>,
    /// Rehearse in minutes, with few steps, seeds and pixels; needs no data, and decides nothing
    #[arg(long)]
    reduced: bool,
    /// Folder of the studies and of what comes of them [default: studies/raghu2019, or
    /// studies/raghu2019-reduced]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// List the studies with their runs and an estimate of time, and run nothing
    #[arg(long, conflicts_with = "evaluate")]
    plan: bool,
    /// Run nothing, and judge by the studies in these folders, each one or a folder of several
    #[arg(long, value_name = "DIR", num_args = 1..)]
    evaluate: Vec<PathBuf>,
    /// The table that says which claim is read from which study, in place of the program's
    #[arg(long, value_name = "CLAIMS.TOML", requires = "evaluate")]
    table: Option<PathBuf>,
    /// Runs at once [default: what is faster here, by measurement and memory]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    #[command(flatten)]
    device: DeviceOptions,
    /// Download nothing, and name all that would have to be
    #[arg(long)]
    offline: bool,
    /// Print claims.json
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Paper {
    /// Raghu, Zhang, Kleinberg, Bengio: Transfusion, NeurIPS 2019
    Raghu2019,
}

fn claim(word: &str) -> Result<Claim, String> {
    word.trim()
        .to_lowercase()
        .parse()
        .map_err(|e: claims::ClaimsError| e.to_string())
}

impl Reproduce {
    pub fn run(self) -> anyhow::Result<Exit> {
        let Paper::Raghu2019 = self.paper;
        let asked = match self.claims.is_empty() {
            true => Claim::ALL.to_vec(),
            false => Claim::ALL
                .into_iter()
                .filter(|c| self.claims.contains(c))
                .collect(),
        };
        let name = if self.reduced {
            "raghu2019-reduced"
        } else {
            "raghu2019"
        };
        let folder = study_directory(self.to.clone(), name);
        let mut templates = Templates::embedded(self.reduced)?;
        if !self.evaluate.is_empty() {
            let casting = match &self.table {
                Some(path) => Casting::parse(&read_text(path)?, path)?,
                None => templates.casting,
            };
            self.judge(&asked, &casting, &self.evaluate, &folder)?;
            return Ok(Exit::Done);
        }
        let is_here = Path::new(TEMPLATES).is_dir();
        let mut base = PathBuf::from(if is_here { TEMPLATES } else { "." });
        if let Some(path) = &self.data {
            let own = OwnStudy::read(path)?;
            templates = templates.about(&own, &base)?;
            base = own.base();
        }
        let studies = templates.of(&asked)?;
        if self.plan {
            self.plan(&studies, &base)?;
            return Ok(Exit::Done);
        }
        // Nothing trains before every study is known to be fit.
        for template in &studies {
            let place = StudyDirectory::new(folder.join(&template.name));
            if place.plan().is_err() {
                self.open(template, &base)?;
            }
        }
        let mut all = Tally::default();
        for template in &studies {
            say!("{}: {}", template.name, word(&folder.join(&template.name)));
            let tally = self.carry_out(template, &base, &folder)?;
            all.failed += tally.failed;
            if tally.pending > 0 {
                return Ok(tally.into());
            }
        }
        let folders = [folder.clone()];
        self.judge(&asked, &templates.casting, &folders, &folder)?;
        Ok(all.into())
    }

    /// The study of a template, checked against data, networks and weights.
    fn open(&self, template: &Template, base: &Path) -> anyhow::Result<OpenStudy> {
        let opened = || -> anyhow::Result<OpenStudy> {
            let path = PathBuf::from(format!("{}.toml", template.name));
            let spec: StudySpec = parse(&template.text, &path)?;
            offline::check(self.offline, &spec, base)?;
            check(&spec, base)
        };
        opened().map_err(|error| {
            let lacks_weights = format!("{error:#}").contains("`weights`");
            let advice = if lacks_weights { MAKE_WEIGHTS } else { "" };
            error.context(format!(
                "the study `{}` of the claims{advice}",
                template.name
            ))
        })
    }

    /// Does what the study of a template still lacks, and writes its report.
    fn carry_out(&self, template: &Template, base: &Path, folder: &Path) -> anyhow::Result<Tally> {
        let devices = self.device.open_all()?;
        let study = self.open(template, base)?;
        let directory = StudyDirectory::new(folder.join(&template.name));
        let begun = Begun::new(study, directory, &template.text, base, devices)?;
        let tally = begun.carry_out(Share::All, self.jobs, false, false)?;
        finish(&begun.directory, Some(&begun.source()), Printed::Nothing)?;
        Ok(tally)
    }

    fn plan(&self, studies: &[Template], base: &Path) -> anyhow::Result<()> {
        let devices = self.device.open()?;
        let (mut rows, mut runs, mut seconds) = (Vec::new(), 0, 0.0);
        for template in studies {
            let study = self.open(template, base)?;
            let estimate = Estimate::of(&study, devices.first())?;
            let planned = &study.plan.runs;
            let takes: f64 = planned.iter().map(|run| estimate.run(run)).sum();
            runs += planned.len();
            seconds += takes;
            rows.push(vec![
                template.name.clone(),
                study.plan.title.clone(),
                planned.len().to_string(),
                duration(takes),
            ]);
        }
        output!(
            "{}",
            table(&["study", "question", "runs", "about"], 2, rows)
        );
        output!(
            "{}, about {} on this machine without the analyses; nothing was trained",
            counted(runs, "run"),
            duration(seconds)
        );
        Ok(())
    }

    fn judge(
        &self,
        asked: &[Claim],
        casting: &Casting,
        from: &[PathBuf],
        to: &Path,
    ) -> anyhow::Result<()> {
        let studies = read_studies(from, &casting.studies(asked))?;
        let judgement = judge(asked, casting, &studies, &program(), self.reduced);
        std::fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
        write_judgement(&judgement, to)?;
        match self.json {
            true => print_json(&judgement)?,
            false => print(&judgement),
        }
        say!("{}", word(&to.join(PAGE)));
        Ok(())
    }
}

fn print(judgement: &Judgement) {
    let rows = judgement.findings.iter().map(|finding| {
        vec![
            finding.claim.to_string(),
            finding.says.clone(),
            finding.outcome.word().to_owned(),
        ]
    });
    output!("{}", table(&["claim", "the paper says", "here"], 3, rows));
    if judgement.is_reduced {
        output!("This was the rehearsal: it shows that everything works, and decides nothing.");
    }
}
