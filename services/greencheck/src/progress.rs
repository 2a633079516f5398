//! How far long work has come: a bar on a terminal, log lines elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A log line every so often is enough to see that work goes on.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

pub(crate) struct Progress {
    what: &'static str,
    total: u64,
    done: u64,
    /// The bar; `None` without a terminal.
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl Progress {
    /// Begins to show work on `total` rows.
    pub(crate) fn new(what: &'static str, total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| bar(what, total));
        if bar.is_none() {
            tracing::info!(total, "{what}");
        }
        Self { what, total, done: 0, bar, last_line: Instant::now() }
    }

    pub(crate) fn advance(&mut self, rows: u64) {
        self.done += rows;
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
        } else if self.last_line.elapsed() >= BETWEEN_LINES {
            self.last_line = Instant::now();
            tracing::info!(done = self.done, total = self.total, "{}", self.what);
        }
    }

    /// Takes the bar off the terminal: what follows is the report.
    pub(crate) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        } else {
            tracing::info!(done = self.done, total = self.total, "{}: ended", self.what);
        }
    }
}

fn bar(what: &'static str, total: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg} [{bar:30}] {human_pos} of {human_len}, {per_sec}, {eta} left")
            .expect("the template is valid")
            .progress_chars("=> ");
    ProgressBar::new(total).with_style(style).with_message(what)
}
