//! Studies as pages while they run: HTTP on one address, read-only unless asked otherwise.
//!
//! A [`Server`] answers from what [`live`] knows. It has no state of its own that a restart would
//! lose: pages come back by themselves. It asks nobody else for anything, and its pages may not either.
//!
//! ```
//! use std::net::Ipv4Addr;
//! use std::sync::Arc;
//!
//! use record::StudyDirectory;
//! use server::{Server, Settings};
//!
//! let folder = tempfile::tempdir()?;
//! let server = Server::start(Settings {
//!     roots: vec![folder.path().into()],
//!     address: (Ipv4Addr::LOCALHOST, 0).into(),
//!     token: None,
//!     allow_stop: false,
//!     program: "transfusion".into(),
//!     report: Arc::new(|_: &StudyDirectory| Err("no report here".into())),
//! })?;
//! println!("{}", server.url());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod actions;
mod answer;
mod assets;
mod entrance;
mod error;
mod events;
mod gallery;
mod gate;
mod hall;
mod jobs;
mod pages;
mod patience;
mod pictures;
mod predictions;
mod refusal;
mod report_room;
mod reports;
mod resumed;
mod routes;
mod server;
mod settings;
mod showing;
mod studies;
mod token;

pub use error::ServerError;
pub use server::Server;
pub use settings::{MakeReport, Settings};
pub use showing::may_show_pictures;
pub use token::Token;
