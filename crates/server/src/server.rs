//! The server: bound, started, and ended with its value.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use live::Watcher;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::error::ServerError;
use crate::gate::Gate;
use crate::hall::Hall;
use crate::report_room::ReportRoom;
use crate::routes::routes;
use crate::settings::Settings;
use crate::token::Token;

/// Threads that answer; those that wait for files are others.
const THREADS: usize = 2;
/// Threads that may wait for files at once, all studies together.
const WAITING: usize = 64;

/// A server at work, until it is dropped.
pub struct Server {
    address: SocketAddr,
    token: Option<Token>,
    /// Given up when the server is dropped, without waiting for who waits for a file server.
    runtime: Option<Runtime>,
    hall: Arc<Hall>,
}

impl Server {
    /// Binds the address and begins to answer.
    pub fn start(settings: Settings) -> Result<Self, ServerError> {
        let asked = settings.address;
        if !asked.ip().is_loopback() && settings.token.is_none() {
            return Err(ServerError::Open { address: asked });
        }
        let bind = |source| ServerError::Bind {
            address: asked,
            source,
        };
        let listener = TcpListener::bind(asked).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;

        let (changed, changes) = watch::channel(0_u64);
        let on_change = move || changed.send_modify(|count| *count = count.wrapping_add(1));
        let watcher = Watcher::start(settings.roots, on_change)?;
        let gate = Gate::new(address, settings.token.clone(), Token::random()?);
        let hall = Arc::new(Hall::new(
            watcher,
            changes,
            epoch(),
            gate,
            ReportRoom::new(settings.report),
            (settings.allow_stop, settings.program),
        ));
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .max_blocking_threads(WAITING)
            .thread_name("server")
            .enable_io()
            .enable_time()
            .build()
            .map_err(ServerError::Threads)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(bind)?
        };
        let pages = routes(hall.clone());
        runtime.spawn(async move {
            // It ends with the runtime; a connection that fails is that connection's alone.
            axum::serve(listener, pages).await.ok();
        });
        Ok(Self {
            address,
            token: settings.token,
            runtime: Some(runtime),
            hall,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of its first page, with the token where there is one.
    pub fn url(&self) -> String {
        self.with_token(format!("http://{}/", self.address))
    }

    /// The address of the page of its only study; that of the first page where it has none yet, or
    /// several.
    pub fn study_url(&self) -> String {
        match self.hall.watcher.studies().as_slice() {
            [study] => self.with_token(format!("http://{}/study/{}", self.address, study.key())),
            _ => self.url(),
        }
    }

    fn with_token(&self, url: String) -> String {
        match &self.token {
            Some(token) => format!("{url}?token={}", token.reveal()),
            None => url,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Another with every start.
fn epoch() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    format!("{:x}", now.map_or(0, |now| now.as_millis()))
}
