//! What was measured, in one table.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use crate::cores::CpuTimes;
use crate::stats::{float, greatest, least, median};

/// What a figure should be; the median of its pairs counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    Exactly(f64),
    /// Told, not judged.
    None,
}

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) what: String,
    /// One for each pair.
    pub(crate) values: Vec<f64>,
    pub(crate) unit: &'static str,
    pub(crate) goal: Goal,
    /// Where the goal is out of reach so far: what has been reached, which a guarded run is to hold.
    pub(crate) reached: Option<Goal>,
    /// What both sides of the median were, and whatever else belongs to it.
    pub(crate) note: String,
    /// CPU-seconds for 1,000 operations, by process.
    pub(crate) cpu: Vec<(String, f64)>,
}

impl Figure {
    pub(crate) fn new(what: impl Into<String>, unit: &'static str, goal: Goal, values: Vec<f64>) -> Self {
        Self { what: what.into(), values, unit, goal, reached: None, note: String::new(), cpu: Vec::new() }
    }

    #[must_use]
    pub(crate) fn with_note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// With one more remark.
    #[must_use]
    pub(crate) fn also(self, remark: &str) -> Self {
        let note = format!("{}; {remark}", self.note);
        Self { note, ..self }
    }

    /// With what so many operations took, under names that begin with `side`.
    #[must_use]
    pub(crate) fn with_cpu(mut self, side: &str, times: &CpuTimes, operations: u64) -> Self {
        let thousands = float(operations) / 1000.0;
        self.cpu.extend(times.iter().map(|(name, seconds)| (format!("{side}{name}"), seconds / thousands)));
        self
    }

    pub(crate) fn median(&self) -> f64 {
        median(&self.values)
    }

    /// With what a guarded run holds while the goal is out of reach.
    #[must_use]
    pub(crate) fn reaching(self, reached: Goal) -> Self {
        Self { reached: Some(reached), ..self }
    }

    fn is_met(&self) -> bool {
        self.meets(self.goal, 1.0)
    }

    /// Whether a guarded run may pass: the goal, or what has been reached of it, with the slack of a small measurement.
    pub(crate) fn holds(&self, slack: f64) -> bool {
        self.meets(self.reached.unwrap_or(self.goal), slack)
    }

    fn meets(&self, goal: Goal, slack: f64) -> bool {
        match goal {
            Goal::AtLeast(goal) => self.median() >= goal * slack,
            Goal::AtMost(goal) => self.median() <= goal / slack,
            Goal::Exactly(goal) => self.values.iter().all(|value| (value - goal).abs() < f64::EPSILON),
            Goal::None => true,
        }
    }
}

/// Both tables, in Markdown.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut text =
        String::from("| what | median | min–max | goal | met | |\n| --- | --- | --- | --- | --- | --- |\n");
    for figure in figures {
        let Figure { what, values, unit, goal, note, .. } = figure;
        let range = if values.len() > 1 {
            format!("{}–{}", short(least(values)), short(greatest(values)))
        } else {
            "–".to_owned()
        };
        let met = match goal {
            Goal::None => "–",
            _ if figure.is_met() => "yes",
            _ => "NO",
        };
        let goal = match goal {
            Goal::AtLeast(goal) => format!("≥ {}{unit}", short(*goal)),
            Goal::AtMost(goal) => format!("≤ {}{unit}", short(*goal)),
            Goal::Exactly(goal) => format!("= {}{unit}", short(*goal)),
            Goal::None => "–".to_owned(),
        };
        let median = short(figure.median());
        writeln!(text, "| {what} | {median}{unit} | {range} | {goal} | {met} | {note} |")
            .expect("a String takes all");
    }
    if figures.iter().any(|figure| !figure.cpu.is_empty()) {
        text += "\nCPU-milliseconds for 1,000 operations:\n\n";
    }
    for figure in figures.iter().filter(|figure| !figure.cpu.is_empty()) {
        let used: Vec<_> =
            figure.cpu.iter().map(|(name, s)| format!("{name} {}", short(s * 1000.0))).collect();
        writeln!(text, "- {}: {}", figure.what, used.join(", ")).expect("a String takes all");
    }
    text
}

/// Three digits that count.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        small if small >= 0.1 || small == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

pub(crate) fn millis(time: Duration) -> String {
    format!("{} ms", short(time.as_secs_f64() * 1000.0))
}

/// Thousands a second.
pub(crate) fn rate(a_second: f64) -> String {
    format!("{} k/s", short(a_second / 1000.0))
}

pub(crate) fn mib(bytes: u64) -> String {
    format!("{} MB", short(float(bytes) / 1e6))
}

/// To standard output; results only.
pub(crate) fn say(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slack_helps_a_goal_from_both_sides() {
        let at_least = Figure::new("a", " ×", Goal::AtLeast(1.0), vec![0.85, 0.9, 0.1]);
        assert!(!at_least.is_met() && at_least.holds(0.8));
        let at_most = Figure::new("b", " ms", Goal::AtMost(1.0), vec![1.2]);
        assert!(!at_most.is_met() && at_most.holds(0.8));
        let far = Figure::new("d", " ×", Goal::AtLeast(2.0), vec![1.0]);
        assert!(!far.holds(0.8) && far.reaching(Goal::AtLeast(1.1)).holds(0.8));
        let exactly = Figure::new("c", "", Goal::Exactly(1.0), vec![1.0, 2.0]);
        assert!(!exactly.holds(0.8), "two look-ups are one too many");
    }

    #[test]
    fn the_table_says_what_was_missed() {
        let figures = [
            Figure::new("checks", " ×", Goal::AtLeast(0.85), vec![0.8, 0.7, 0.9]).with_note("1 of 2"),
            Figure::new("told", " MB", Goal::None, vec![1234.5]),
        ];
        let text = table(&figures);
        assert!(text.contains("| checks | 0.80 × | 0.70–0.90 | ≥ 0.85 × | NO | 1 of 2 |"), "{text}");
        assert!(text.contains("| told | 1234 MB | – | – | – |  |"), "{text}");
    }
}
