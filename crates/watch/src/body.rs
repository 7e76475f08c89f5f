//! What is drawn.

use std::sync::Arc;

use live::{JobRow, JobState, Summary};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::spark::spark;
use crate::words::{auc, duration};

/// Columns that are used, of a terminal that has more.
const WIDEST: u16 = 120;
/// Columns of a row beside the name: curve, AUC, steps, time left, and spaces between them.
const BESIDE: u16 = 14 + 6 + 16 + 13;
/// Columns that a name takes at least.
const NARROWEST: u16 = 12;
/// Finished jobs that are shown.
const DONE: usize = 8;

/// What is shown of a study.
pub struct Shown {
    /// In short.
    pub summary: Summary,
    /// What somebody works on.
    pub running: Vec<Arc<JobRow>>,
    /// What failed.
    pub failed: Vec<Arc<JobRow>>,
    /// What is done, the last first.
    pub done: Vec<Arc<JobRow>>,
}

/// A drawing of a study.
pub struct Body<'a> {
    /// The study; none before it was looked at.
    pub shown: Option<&'a Shown>,
    /// Makes texts of others harmless for a terminal.
    pub visible: fn(&str) -> String,
    /// Whether colours are wanted.
    pub has_colours: bool,
}

impl Body<'_> {
    /// Draws it, from line `scroll` on; returns the line that it could be drawn from.
    pub fn draw(&self, frame: &mut Frame, scroll: u16) -> u16 {
        let mut area = frame.area();
        area.width = area.width.min(WIDEST);
        let parts = Layout::vertical([
            Constraint::Length(3),
            Constraint::Min(0),
            Constraint::Length(1),
        ]);
        let [head, middle, foot] = parts.areas(area);
        let Some(shown) = self.shown else {
            frame.render_widget(Paragraph::new("reading the study …"), head);
            return 0;
        };
        frame.render_widget(Paragraph::new(self.head(&shown.summary, area.width)), head);
        let lines = self.lines(shown, area.width);
        let most = (lines.len() as u16).saturating_sub(middle.height);
        let scroll = scroll.min(most);
        frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)), middle);
        let more = if most > scroll { "  ↓ more" } else { "" };
        let foot_line = Line::styled(format!("q leaves, arrows scroll{more}"), self.quiet());
        frame.render_widget(Paragraph::new(foot_line), foot);
        scroll
    }

    /// Title, how it stands, and a bar.
    fn head(&self, summary: &Summary, width: u16) -> Vec<Line<'static>> {
        let title = match summary.title.is_empty() {
            true => &summary.name,
            false => &summary.title,
        };
        let counts = &summary.counts;
        let mut words = format!("{} of {} done", counts.of(JobState::Done), summary.total);
        for state in [
            JobState::Running,
            JobState::Failed,
            JobState::Begun,
            JobState::ToDo,
        ] {
            let count = counts.of(state);
            if count > 0 {
                words += &format!(", {count} {}", state.word());
            }
        }
        if let Some(left) = summary.seconds_left {
            words += &format!(", about {} left", duration(left));
        }
        if let Some(silent) = summary.silent_for {
            words = format!(
                "its file system has not answered for {}",
                duration(silent as f64)
            );
        } else if let Some(problem) = &summary.problem {
            words = (self.visible)(problem);
        }
        let ended = counts.of(JobState::Done) + counts.of(JobState::Failed);
        let cells = usize::from(width.min(80));
        let full = (ended * cells)
            .checked_div(summary.total)
            .unwrap_or(0)
            .min(cells);
        let bar = vec![
            Span::styled("━".repeat(full), self.coloured(Color::Cyan)),
            Span::styled("─".repeat(cells - full), self.quiet()),
        ];
        let bold = Style::new().add_modifier(Modifier::BOLD);
        vec![
            Line::styled((self.visible)(title), bold),
            Line::raw(words),
            Line::from(bar),
        ]
    }

    fn lines(&self, shown: &Shown, width: u16) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        if !shown.running.is_empty() {
            lines.push(self.heading(
                "running",
                width,
                &format!("{:14} {:>5} {:>15} {:>12}", "curve", "AUC", "step", "left"),
            ));
            lines.extend(shown.running.iter().map(|row| self.running(row, width)));
        }
        if !shown.failed.is_empty() {
            lines.push(Line::raw(""));
            lines.push(self.heading("failed", width, ""));
            for row in &shown.failed {
                let why = row.error.as_deref().unwrap_or_default();
                lines.push(Line::raw((self.visible)(&row.what)));
                let why = format!("  {}", (self.visible)(why));
                lines.push(Line::styled(why, self.coloured(Color::Red)));
            }
        }
        if !shown.done.is_empty() {
            lines.push(Line::raw(""));
            lines.push(self.heading(
                "done last",
                width,
                &format!(
                    "{:14} {:>5} {:>15} {:>12}",
                    "curve", "best", "steps", "took"
                ),
            ));
            lines.extend(
                shown
                    .done
                    .iter()
                    .take(DONE)
                    .map(|row| self.done(row, width)),
            );
        }
        lines
    }

    fn heading(&self, word: &str, width: u16, columns: &str) -> Line<'static> {
        let name = padded(word, name_width(width));
        Line::styled(format!("{name} {columns}"), self.quiet())
    }

    fn running(&self, row: &JobRow, width: u16) -> Line<'static> {
        let left = row.work.as_ref().and_then(|work| work.seconds_left);
        let left = left.map_or_else(|| "–".into(), duration);
        self.row(row, width, row.auc, &steps(row), &left)
    }

    fn done(&self, row: &JobRow, width: u16) -> Line<'static> {
        let took = row
            .seconds
            .map_or_else(|| "–".into(), |s| duration(f64::from(s)));
        let step = row.step.map_or_else(|| "–".into(), |step| step.to_string());
        self.row(row, width, row.best_auc, &step, &took)
    }

    fn row(
        &self,
        row: &JobRow,
        width: u16,
        value: Option<f32>,
        steps: &str,
        time: &str,
    ) -> Line<'static> {
        let what = (self.visible)(&row.what);
        let numbers = format!(" {:>5} {steps:>15} {time:>12}", auc(value));
        Line::from(vec![
            Span::raw(padded(&what, name_width(width))),
            Span::raw(" "),
            Span::styled(
                format!("{:14}", spark(row.curve.points(), 14)),
                self.coloured(Color::Cyan),
            ),
            Span::raw(numbers),
        ])
    }

    fn coloured(&self, colour: Color) -> Style {
        match self.has_colours {
            true => Style::new().fg(colour),
            false => Style::new(),
        }
    }

    fn quiet(&self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }
}

fn steps(row: &JobRow) -> String {
    match (row.step, row.steps) {
        (step, Some(steps)) => format!("{}/{steps}", step.unwrap_or(0)),
        (Some(step), None) => step.to_string(),
        (None, None) => "–".into(),
    }
}

fn name_width(width: u16) -> usize {
    usize::from(width.saturating_sub(BESIDE + 1).max(NARROWEST))
}

/// A text in so many columns, cut or filled.
fn padded(text: &str, columns: usize) -> String {
    let width = |text: &str| Line::raw(text).width();
    let mut shown = text.to_owned();
    if width(&shown) > columns {
        while width(&shown) + 1 > columns && shown.pop().is_some() {}
        shown.push('…');
    }
    let missing = columns.saturating_sub(width(&shown));
    shown + &" ".repeat(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_the_columns_that_they_have() {
        for (text, shown) in [
            ("abc", "abc  "),
            ("abcde", "abcde"),
            ("abcdef", "abcd…"),
            ("漢字漢字", "漢字…"),
            ("", "     "),
        ] {
            assert_eq!(padded(text, 5), shown);
            assert_eq!(Line::raw(padded(text, 5)).width(), 5);
        }
    }

    #[test]
    fn a_row_fits_into_eighty_columns() {
        let beside = format!(" {:14} {:>5} {:>15} {:>12}", "", "", "", "");
        assert_eq!(name_width(80) + beside.len(), 80);
        assert_eq!(name_width(0), usize::from(NARROWEST));
    }
}
