//! Decisions for people: a tree of what was tried, found and how long it took.

use std::fmt::{self, Write as _};

use greencheck_core::{Answer, Explanation, Step, Told, VerdictKind, printable};

#[cfg(test)]
mod tests;

/// Whether the reader shows colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Colour,
    Plain,
}

/// The decision as a tree, with a line end.
pub(crate) fn tree(answer: &Answer, style: Style) -> String {
    let mut out = String::new();
    draw(&mut out, answer, style).expect("a string takes everything");
    out
}

/// The answer as one line of JSON, with a line end.
pub(crate) fn json_line(answer: &Answer) -> String {
    serde_json::to_string(answer).expect("an answer is always JSON") + "\n"
}

fn draw(out: &mut String, answer: &Answer, style: Style) -> fmt::Result {
    let kind = answer.verdict.kind();
    writeln!(out, "{}", style.verdict(kind, &title(answer)))?;
    let generation = answer.generation;
    let Some(explanation) = &answer.explanation else {
        return writeln!(
            out,
            "└─ stored {}, catalog {generation}",
            answer.modified.format("%Y-%m-%d %H:%M:%S UTC")
        );
    };
    for step in &explanation.steps {
        draw_step(out, step, style)?;
    }
    let total = style.faint(&duration(explanation.took_us));
    writeln!(out, "└─ {} in all {total}, catalog {generation}", steps(explanation))
}

fn title(answer: &Answer) -> String {
    match (&answer.explanation, &answer.hosted_by) {
        (Some(explanation), _) => printable(&explanation.because),
        (None, Some(hosted_by)) => {
            format!("{} is green, hosted by {}", answer.host, printable(&hosted_by.name))
        }
        (None, None) => format!("{} is {}", answer.host, answer.verdict.kind().as_str()),
    }
}

fn steps(explanation: &Explanation) -> String {
    match explanation.steps.len() {
        1 => "1 step".to_owned(),
        count => format!("{count} steps"),
    }
}

fn draw_step(out: &mut String, step: &Step, style: Style) -> fmt::Result {
    let Told { line, details } = step.finding.told();
    writeln!(out, "├─ {} {}", printable(&line), style.faint(&duration(step.took_us)))?;
    for (index, detail) in details.iter().enumerate() {
        let branch = if index + 1 == details.len() { "└─" } else { "├─" };
        writeln!(out, "│  {branch} {}", printable(detail))?;
    }
    Ok(())
}

fn duration(micros: u64) -> String {
    format!("({})", greencheck_core::took(micros))
}

impl Style {
    fn verdict(self, kind: VerdictKind, text: &str) -> String {
        match kind {
            VerdictKind::Green => self.escaped("1;32", text),
            VerdictKind::Grey => self.escaped("1;90", text),
            VerdictKind::Unknown => self.escaped("1;33", text),
        }
    }

    fn faint(self, text: &str) -> String {
        self.escaped("2", text)
    }

    fn escaped(self, code: &str, text: &str) -> String {
        match self {
            Self::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
            Self::Plain => text.to_owned(),
        }
    }
}
