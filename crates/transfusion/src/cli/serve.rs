//! `serve`: studies as pages while they run.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use clap::Args;
use record::StudyDirectory;
use server::{Server, ServerError, Settings, Token};

use super::exit::Exit;
use super::{interrupt, report};

/// Where pages are served if nothing else is said.
const PORT: u16 = 8420;
/// Holds the token, for who does not want it in the list of processes.
const TOKEN: &str = "TRANSFUSION_TOKEN";

/// Show studies as pages while they run
///
/// Every study in or below the folders, with its runs as they go, its report with today's numbers and
/// its pictures. Only this machine reaches it, and nothing is changed, unless you say otherwise.
#[derive(Debug, Args)]
pub struct Serve {
    /// Directories of studies, or folders with studies below them
    #[arg(required = true)]
    studies: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// Let pages stop and resume studies
    #[arg(long)]
    allow_stop: bool,
}

/// Where pages are served, and to whom.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Port; 0 for any that is free [default: 8420]
    #[arg(long)]
    port: Option<u16>,
    /// Address to listen on; one that other machines reach takes a token, which is printed
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<IpAddr>,
    /// Demand this token, of 16 letters, digits, - and _ at least, or a random one [default: that of TRANSFUSION_TOKEN]
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "TOKEN")]
    token: Option<Option<String>>,
}

impl Serve {
    pub fn run(self) -> anyhow::Result<Exit> {
        for study in &self.studies {
            ensure!(study.is_dir(), "{}: expected a folder", study.display());
        }
        let server = self.place.serve(self.studies, self.allow_stop)?;
        if !server.address().ip().is_loopback() {
            say!(
                "note: what is served is not encrypted; over a network that others share, forward the port by ssh instead: ssh -L {0}:localhost:{0} <this machine>",
                server.address().port()
            );
        }
        output!("{}", server.url());
        interrupt::wait();
        Ok(Exit::Done)
    }
}

impl Place {
    /// Whether anything of it was said.
    pub fn is_said(&self) -> bool {
        self.port.is_some() || self.listen.is_some() || self.token.is_some()
    }

    /// Begins to serve what is in or below `roots`.
    pub fn serve(&self, roots: Vec<PathBuf>, allow_stop: bool) -> anyhow::Result<Server> {
        let ip = self.listen.unwrap_or(Ipv4Addr::LOCALHOST.into());
        let program = std::env::current_exe().context("cannot find this program")?;
        Ok(Server::start(Settings {
            roots,
            address: SocketAddr::new(ip, self.port.unwrap_or(PORT)),
            token: self.token(ip)?,
            allow_stop,
            program,
            report: Arc::new(|directory: &StudyDirectory| {
                report::page(directory).map_err(|error| format!("{error:#}"))
            }),
        })?)
    }

    /// The same beside a run, which does not end for it: on another port where the usual one is
    /// taken and none was asked for.
    pub fn serve_beside(&self, root: PathBuf) -> Option<Server> {
        let served = self.serve(vec![root.clone()], false).or_else(|error| {
            let is_taken = matches!(error.downcast_ref(), Some(ServerError::Bind { .. }));
            let other = Self {
                port: Some(0),
                ..self.clone()
            };
            match self.port.is_none() && is_taken {
                true => other.serve(vec![root], false),
                false => Err(error),
            }
        });
        match served {
            Ok(server) => {
                say!("pages: {}", server.url());
                Some(server)
            }
            Err(error) => {
                say!("note: no pages are served ({error:#}); the study goes on");
                None
            }
        }
    }

    /// The token that was asked for, or that the address takes.
    fn token(&self, ip: IpAddr) -> Result<Option<Token>, ServerError> {
        let of_environment = || std::env::var(TOKEN).ok().filter(|text| !text.is_empty());
        let chosen = match &self.token {
            Some(Some(text)) => Some(text.clone()),
            Some(None) => return Token::random().map(Some),
            None => of_environment(),
        };
        match chosen {
            Some(text) => Token::chosen(&text).map(Some),
            None if ip.is_loopback() => Ok(None),
            None => Token::random().map(Some),
        }
    }
}
