//! What the user sees while a file arrives: a bar on a terminal, a line now and then otherwise.

use std::io::IsTerminal as _;
use std::path::Path;
use std::time::Instant;

use depot::download::Listener;
use indicatif::{ProgressBar, ProgressStyle};

use crate::bars::LINE_EVERY;
use terminal::{one_line, say};

/// Shows on stderr how much of a file is here.
#[derive(Debug, Default)]
pub struct Meter {
    arriving: Option<Arriving>,
}

/// A file that arrives.
#[derive(Debug)]
struct Arriving {
    bar: Option<ProgressBar>,
    name: String,
    /// Bytes that were here at first.
    first: u64,
    total: Option<u64>,
    began: Instant,
    shown: Instant,
}

impl Listener for Meter {
    fn waiting(&mut self, path: &Path) {
        say(format_args!(
            "waiting for another process that makes {}",
            path.display()
        ));
    }

    fn started(&mut self, path: &Path, first: u64, total: Option<u64>) {
        self.arriving = Some(Arriving::new(path, first, total));
    }

    fn arrived(&mut self, bytes: u64) {
        if let Some(arriving) = &mut self.arriving {
            arriving.show(bytes);
        }
    }

    fn ended(&mut self) {
        self.arriving = None;
    }
}

impl Arriving {
    /// For a file of which `first` bytes are here, of `total` if the server says so.
    fn new(path: &Path, first: u64, total: Option<u64>) -> Self {
        let name = path
            .file_name()
            .map(|n| one_line(&n.to_string_lossy()).into_owned())
            .unwrap_or_default();
        if first > 0 {
            say(format_args!(
                "{name}: goes on after {:.1} MB",
                megabytes(first)
            ));
        }
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = total.map_or_else(ProgressBar::no_length, ProgressBar::new);
            let style = "{prefix} {wide_bar:.cyan/dim} {decimal_bytes}/{decimal_total_bytes}, {decimal_bytes_per_sec}, {eta} left";
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            bar.set_position(first);
            bar.reset_eta();
            bar.with_prefix(name.clone())
        });
        Self {
            bar,
            name,
            first,
            total,
            began: Instant::now(),
            shown: Instant::now(),
        }
    }

    /// `bytes` are here in all.
    fn show(&mut self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(bytes);
        } else if self.shown.elapsed() >= LINE_EVERY {
            self.shown = Instant::now();
            let rate = (bytes - self.first) as f64 / self.began.elapsed().as_secs_f64().max(1e-9);
            let rest = self.total.map(|total| {
                let left = total.saturating_sub(bytes) as f64 / rate.max(1e-9);
                format!(" of {:.1} MB, {left:.0} s left", megabytes(total))
            });
            say(format_args!(
                "{}: {:.1}{}, {:.1} MB/s",
                self.name,
                megabytes(bytes),
                rest.unwrap_or(" MB".into()),
                rate / 1e6
            ));
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// In units of a million bytes.
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
