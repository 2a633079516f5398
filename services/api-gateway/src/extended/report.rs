use std::fmt::{self, Write as _};

use greencheck_core::{printable, took};

use super::Findings;
use super::rows::time;

/// All of it as plain text, to be pasted into a ticket.
pub(crate) fn report(findings: &Findings) -> String {
    let mut out = String::new();
    write(&mut out, findings).expect("a string takes everything");
    out
}

fn write(out: &mut String, findings: &Findings) -> fmt::Result {
    writeln!(out, "Extended check of {}", findings.named.host)?;
    writeln!(out, "submitted: {}", printable(&findings.submitted))?;
    writeln!(out, "at: {}", time(findings.now))?;
    writeln!(out, "request: {}", findings.request_id)?;
    writeln!(out, "greencheck {}", env!("CARGO_PKG_VERSION"))?;
    verdict(out, findings)?;
    if let Some(registered) = findings.registered() {
        writeln!(out, "registered: {}", printable(&registered))?;
    }
    if let Some(kept) = &findings.kept {
        writeln!(out, "\nKept in the {} until now | looked up now", kept.place)?;
        for row in findings.compared() {
            let mark = if row.differs { "!" } else { " " };
            writeln!(
                out,
                "{mark} {}: {} | {}",
                row.label.to_lowercase(),
                printable(&row.kept),
                printable(&row.fresh)
            )?;
        }
    } else {
        writeln!(out, "\nNothing was kept of this name until now.")?;
    }
    writeln!(out, "\n{}", findings.since())?;
    for change in findings.changed() {
        writeln!(out, "  {} {}", change.at, printable(&change.what))?;
    }
    let logged = findings.logged();
    if !logged.is_empty() {
        writeln!(out, "\nThe last checks in the log:")?;
    }
    for row in logged {
        let words = [row.verdict, &row.provider, &row.matched, &row.address, row.answered_by, row.source];
        let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).map(printable).collect();
        writeln!(out, "  {} {}", row.at, words.join(", "))?;
    }
    Ok(())
}

fn verdict(out: &mut String, findings: &Findings) -> fmt::Result {
    let fresh = match &findings.fresh {
        Err(error) => return writeln!(out, "\nNot looked up: {error}"),
        Ok(fresh) => fresh,
    };
    writeln!(out, "\nverdict: {} ({})", fresh.verdict.kind().as_str(), fresh.verdict.reason())?;
    let Some(explanation) = &fresh.explanation else { return Ok(()) };
    writeln!(out, "{}", printable(&explanation.because))?;
    for step in &explanation.steps {
        let told = step.finding.told();
        writeln!(out, "  {} ({})", printable(&told.line), took(step.took_us))?;
        for detail in &told.details {
            writeln!(out, "    {}", printable(detail))?;
        }
    }
    Ok(())
}
