use std::fmt::{Display, Write as _};

use greencheck_core::networks::{Delta, NetworkReport, PassedOver};
use serde::Serialize;

/// As many changes of each kind are shown.
const SHOWN: usize = 10;

/// The report as one JSON object, for programs.
pub(super) fn json(
    report: &NetworkReport,
    passed_over: &PassedOver,
    dry_run: bool,
) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Whole<'a> {
        dry_run: bool,
        #[serde(flatten)]
        report: &'a NetworkReport,
        passed_over: u64,
        examples: &'a [String],
    }
    let PassedOver { count, examples } = passed_over;
    let whole = Whole { dry_run, report, passed_over: *count, examples };
    Ok(serde_json::to_string(&whole)? + "\n")
}

/// The report for people.
pub(super) fn text(report: &NetworkReport, passed_over: &PassedOver, dry_run: bool) -> String {
    let NetworkReport { provider, name, ranges, asns, generation } = report;
    let mut out =
        format!("provider {provider} ({name}): networks {}, AS numbers {}\n", sum(ranges), sum(asns));
    changes(&mut out, ranges);
    changes(&mut out, asns);
    if passed_over.count > 0 {
        let examples = passed_over.examples.join("\n  ");
        writeln!(out, "passed over {}, such as\n  {examples}", passed_over.count).expect(TAKEN);
    }
    if dry_run {
        out.push_str("nothing was changed: this was a trial\n");
    } else {
        writeln!(out, "the catalog is now at generation {generation}").expect(TAKEN);
    }
    out
}

const TAKEN: &str = "a string takes everything";

fn sum<T>(delta: &Delta<T>) -> String {
    format!("{} added, {} removed, {} kept", delta.added.len(), delta.removed.len(), delta.kept)
}

fn changes<T: Display>(out: &mut String, delta: &Delta<T>) {
    for (sign, values) in [('+', &delta.added), ('-', &delta.removed)] {
        for value in values.iter().take(SHOWN) {
            writeln!(out, "  {sign} {value}").expect(TAKEN);
        }
        if values.len() > SHOWN {
            writeln!(out, "  {sign} and {} more", values.len() - SHOWN).expect(TAKEN);
        }
    }
}
