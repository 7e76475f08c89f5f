//! MLflow over its REST interface: an experiment a study, a run a run.

mod client;
mod known;
mod mirror;
mod remote_run;

pub(crate) use client::{Credentials, check_url};
pub(crate) use mirror::MlFlow;
