//! Commands: what each reads, does and prints. Results go to stdout, everything else to stderr.

/// Prints a line of results on stdout.
macro_rules! output {
    ($($arguments:tt)*) => { crate::cli::output::print_line(format_args!($($arguments)*)) };
}

/// Warns on stderr, also where it is to be quiet.
macro_rules! warn {
    ($($arguments:tt)*) => { transfusion::terminal::warn(format_args!($($arguments)*)) };
}

/// Says a line on stderr.
macro_rules! say {
    ($($arguments:tt)*) => { transfusion::terminal::say(format_args!($($arguments)*)) };
}

mod begun;
mod beside;
mod cancel;
mod changes;
mod check_store;
mod colour;
mod compare;
mod completions;
mod data;
mod design;
mod device;
mod device_memory;
mod devices;
mod disk;
mod exit;
mod explain;
mod export;
mod external_tables;
mod from_data;
mod gallery;
pub mod interrupt;
mod location;
mod logs;
mod man;
mod models;
mod new;
mod offline;
pub mod output;
mod pack;
mod plan;
mod predict;
mod pretrain;
mod probe_tables;
mod proper;
mod prune;
mod repair;
mod report;
mod reproduce;
mod reuse_tables;
mod run;
mod schema;
mod score_tables;
mod self_check;
mod serve;
mod shell;
mod stats;
mod status;
mod submit;
mod table;
mod track;
mod tuning_tables;
mod verify;
mod version;
mod weights;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use colour::Colour;
pub use exit::{Exit, message};

/// Tells a team, on its own medical images, whether a pretrained network is worth using.
///
/// Exit codes: 0 done; 1 finished with findings; 2 wrong usage, configuration or data; 70 internal
/// error; 74 done, but stdout refused what was printed; 75 interrupted, or short of disk, memory,
/// files or time for now (run again to go on).
#[derive(Debug, Parser)]
#[command(about, long_about, arg_required_else_help = true)]
pub struct Arguments {
    /// Print the version
    #[arg(short = 'V', long)]
    version: bool,
    /// With --version: also the instruction set of the kernels and what the machine has
    #[arg(long, requires = "version")]
    verbose: bool,
    /// Say nothing on stderr but warnings and errors
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub quiet: bool,
    /// Colours of help, bars and --watch; NO_COLOR and CLICOLOR_FORCE count where it is auto
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    color: Colour,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Above options that every command takes.
const EVERYWHERE: &str = "Everywhere";

impl Arguments {
    /// The arguments of this process; its help and its errors are coloured as they ask for.
    pub fn read() -> Result<Self, clap::Error> {
        let colour = Colour::asked(std::env::args_os());
        colour.hold();
        let command = Self::command().color(colour.into());
        Self::from_arg_matches(&command.try_get_matches()?)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a complete small study on drawn pictures: no data needed, a few minutes
    Demo(run::Demo),
    /// Write a commented study.toml into a new directory
    New(new::New),
    /// Look at data: check, profile or fetch
    #[command(subcommand)]
    Data(data::Data),
    /// List every run of a study with its cost and an estimate of time; trains nothing
    Plan(plan::Plan),
    /// Run a study, or go on with it, and write its report
    Run(run::Run),
    /// Hand what a study still lacks to a scheduler, as arrays of tasks, and the report after them
    Submit(Box<submit::Submit>),
    /// Put the data of a study into few large files, for file systems of clusters
    Pack(pack::Pack),
    /// Show how far a study is
    Status(status::Status),
    /// Show what was said of a job, wherever it ran
    Logs(logs::Logs),
    /// Stop all work on a study, here and with schedulers
    Cancel(cancel::Cancel),
    /// Show studies as pages while they run
    Serve(serve::Serve),
    /// Mirror a study to TensorBoard, MLflow, CSV or Parquet
    Track(track::Track),
    /// Check whether a directory keeps what a study asks of a file system
    CheckStore(check_store::CheckStore),
    #[command(hide = true)]
    CheckStorePartner(check_store::CheckStorePartner),
    /// Check in about a minute that the program does on this machine what it promises
    SelfCheck(self_check::SelfCheck),
    /// Check that every file of a study is as it was written
    Verify(verify::Verify),
    /// Make again what `verify` finds damaged, and nothing else
    Repair(repair::Repair),
    /// Remove the results of earlier plans that no longer belong to a study
    Prune(prune::Prune),
    /// Compare what is finished and write report.html and results.json
    Report(report::Report),
    /// Ask the claims of a paper of your own images, and judge each
    Reproduce(reproduce::Reproduce),
    /// Tell how many patients and seeds a study needs
    Design(Box<design::Design>),
    /// Compare how two networks represent the same images, from files of activations
    Compare(Box<compare::Compare>),
    /// Write the model of a finished run for use elsewhere: safetensors, ONNX, preprocessing, card
    Export(export::Export),
    /// Judge pictures with an exported model, a run, or a pretrained network by name
    Predict(predict::Predict),
    /// Train a source network and keep its weights with their card
    Pretrain(pretrain::Pretrain),
    /// Compare anyone's predictions, or analyse published tables of results anew
    #[command(subcommand)]
    Stats(stats::Stats),
    /// Show what there is to compute on: the processor, GPUs, what these need
    Devices(devices::Devices),
    /// List the networks
    Models(models::Models),
    /// Pretrained weights that others published: list them, or fetch them into the cache
    #[command(subcommand)]
    Weights(weights::Weights),
    /// Tell what a key of study.toml means
    Explain(explain::Explain),
    /// Print the JSON schema of study.toml, for editors
    Schema(schema::Schema),
    /// Print what makes a shell complete commands and options
    Completions(completions::Completions),
    /// Print the manual page, or write the pages of all commands into a folder
    Man(man::Man),
}

/// Carries out a command.
pub fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    if arguments.version {
        return version::print(arguments.verbose);
    }
    // clap shows the help where there are no arguments at all.
    let Some(command) = arguments.command else {
        anyhow::bail!("expected a command; `transfusion --help` lists them");
    };
    match command {
        Command::Demo(command) => command.run(),
        Command::New(command) => command.run(),
        Command::Data(command) => command.run(),
        Command::Plan(command) => command.run(),
        Command::Run(command) => command.run(),
        Command::Submit(command) => command.run(),
        Command::Pack(command) => command.run(),
        Command::Status(command) => command.run(),
        Command::Logs(command) => command.run(),
        Command::Cancel(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Track(command) => command.run(),
        Command::Prune(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::CheckStore(command) => command.run(),
        Command::CheckStorePartner(command) => command.run(),
        Command::SelfCheck(command) => command.run(),
        Command::Repair(command) => command.run(),
        Command::Report(command) => command.run(),
        Command::Reproduce(command) => command.run(),
        Command::Design(command) => command.run(),
        Command::Compare(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Predict(command) => command.run(),
        Command::Pretrain(command) => command.run(),
        Command::Stats(command) => command.run(),
        Command::Devices(command) => command.run(),
        Command::Models(command) => command.run(),
        Command::Weights(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Completions(command) => command.run(Arguments::command()),
        Command::Man(command) => command.run(Arguments::command()),
    }
}
