//! What a terminal takes: colours, and how wide it is.

use std::io::IsTerminal as _;

use console::{Term, set_colors_enabled, set_colors_enabled_stderr, truncate_str};

/// Fewer columns hold no table.
const NARROWEST: usize = 20;
/// Columns that a bar has beside the name of its job.
const OF_BAR: usize = 52;

/// From now on bars have colours, or none, whatever the environment says.
pub fn colour(are_wanted: bool) {
    set_colors_enabled(are_wanted);
    set_colors_enabled_stderr(are_wanted);
}

/// Columns of the terminal that stdout is; none where it is no terminal.
pub fn columns() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    let (_, columns) = Term::stdout().size_checked()?;
    Some(usize::from(columns).max(NARROWEST))
}

/// Whether bars are drawn: stderr is a terminal, and it is not to be quiet.
pub(crate) fn has_bars() -> bool {
    std::io::stderr().is_terminal() && !terminal::is_quiet()
}

/// A name that leaves room for its bar on the terminal that stderr is.
pub(crate) fn beside_bar(name: &str) -> String {
    let (_, columns) = Term::stderr().size();
    let room = usize::from(columns).saturating_sub(OF_BAR).max(NARROWEST);
    truncate_str(name, room, "…").into_owned()
}
