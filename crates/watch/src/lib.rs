//! A study on a terminal while it runs: what is done, what runs and how far it is, what failed.
//!
//! [`watch`] takes the terminal until somebody presses `q`, and gives it back as it was, also when
//! the program panics.

mod body;
mod error;
mod spark;
mod words;

pub use body::{Body, Shown};
pub use error::WatchError;

use std::io::{ErrorKind, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, poll, read};
use crossterm::style::{Colored, force_color_output};
use live::{Study, Watcher};
use ratatui::DefaultTerminal;

/// Between two drawings.
const FRAME: Duration = Duration::from_millis(250);
/// Lines that a page is.
const PAGE: u16 = 10;

/// From now on there are colours, or none, whatever the environment says.
pub fn colour(are_wanted: bool) {
    force_color_output(are_wanted);
}

/// Shows the study at `path` on the terminal until `q` or Ctrl-C is pressed or `is_over` is set.
/// `visible` makes texts of others harmless for a terminal.
pub fn watch(
    path: &Path,
    is_over: &AtomicBool,
    visible: fn(&str) -> String,
) -> Result<(), WatchError> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(WatchError::NoTerminal);
    }
    let watcher = Watcher::start(vec![path.into()], || {})?;
    let mut terminal = ratatui::try_init().map_err(WatchError::Terminal)?;
    let shown = show(&mut terminal, &watcher, is_over, visible);
    ratatui::try_restore().map_err(WatchError::Terminal)?;
    shown.map_err(WatchError::Terminal)
}

fn show(
    terminal: &mut DefaultTerminal,
    watcher: &Watcher,
    is_over: &AtomicBool,
    visible: fn(&str) -> String,
) -> std::io::Result<()> {
    let has_colours = !Colored::ansi_color_disabled_memoized();
    let mut scroll = 0;
    while !is_over.load(Ordering::Relaxed) {
        let studies = watcher.studies();
        let shown = studies.first().map(Shown::of);
        let body = Body {
            shown: shown.as_ref(),
            visible,
            has_colours,
        };
        terminal.draw(|frame| scroll = body.draw(frame, scroll))?;
        let key = match poll(FRAME).and_then(|is_there| is_there.then(read).transpose()) {
            Ok(Some(Event::Key(key))) => key,
            Ok(_) => continue,
            // A signal: what it asks for is looked at above.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        let has_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return Ok(()),
            KeyCode::Char('c' | 'd') if has_control => return Ok(()),
            KeyCode::Down | KeyCode::Char('j') => scroll = scroll.saturating_add(1),
            KeyCode::Up | KeyCode::Char('k') => scroll = scroll.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => scroll = scroll.saturating_add(PAGE),
            KeyCode::PageUp => scroll = scroll.saturating_sub(PAGE),
            KeyCode::Home => scroll = 0,
            KeyCode::End => scroll = u16::MAX,
            _ => {}
        }
    }
    Ok(())
}

impl Shown {
    /// What is shown of a study now.
    fn of(study: &Arc<Study>) -> Self {
        let listed = |state, order| {
            let query = live::Query {
                state: Some(state),
                order,
                ..live::Query::default()
            };
            study.jobs(&query).jobs
        };
        Self {
            summary: study.summary(),
            running: listed(live::JobState::Running, live::Order::Number),
            failed: listed(live::JobState::Failed, live::Order::Number),
            done: listed(live::JobState::Done, live::Order::Change),
        }
    }
}
