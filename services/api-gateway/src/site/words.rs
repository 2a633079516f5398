//! Words for verdicts, times and what to do.

use chrono::{DateTime, SecondsFormat, Utc};
use greencheck_core::VerdictKind;

/// A time for machines and for people.
pub(crate) struct Moment {
    pub(crate) iso: String,
    pub(crate) shown: String,
}

impl Moment {
    pub(super) fn of(time: DateTime<Utc>) -> Self {
        Self {
            iso: time.to_rfc3339_opts(SecondsFormat::Secs, true),
            shown: time.format("%-d %B %Y, %H:%M:%S UTC").to_string(),
        }
    }
}

/// `micros` microseconds for people.
pub(super) fn duration(micros: u64) -> String {
    match micros {
        0..1_000 => "less than 1 ms".to_owned(),
        1_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
    }
}

pub(super) fn word(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Green => "Green",
        VerdictKind::Grey => "Not green",
        VerdictKind::Unknown => "No result",
    }
}

pub(super) fn headline(kind: VerdictKind, name: &str) -> String {
    match kind {
        VerdictKind::Green => format!("{name} is hosted green"),
        VerdictKind::Grey => format!("No evidence found for green hosting of {name}"),
        VerdictKind::Unknown => format!("{name} could not be looked up"),
    }
}

/// What an earlier check found at `time`.
pub(super) fn known(kind: VerdictKind, time: DateTime<Utc>) -> String {
    let found = match kind {
        VerdictKind::Green => "it is hosted green",
        VerdictKind::Grey => "no evidence for green hosting",
        VerdictKind::Unknown => "it could not be looked up",
    };
    format!("The check of {} found: {found}.", Moment::of(time).shown)
}

/// What to do when the verdict looks wrong.
pub(super) fn advice(kind: VerdictKind) -> &'static [&'static str] {
    match kind {
        VerdictKind::Green => &[
            "Has the site moved to another provider? Check again: the verdict follows its addresses.",
            "Does the evidence not hold? Tell whoever runs this service, with the permanent link below.",
        ],
        VerdictKind::Grey => &[
            "Is the site behind a content delivery network? Its addresses are those of the network then. Its hosting provider \
             can confirm the name as a linked domain, or publish a carbon.txt that the name points to.",
            "Is the provider in the directory? Ask it to register the address or the AS number that is shown above.",
            "Are you the provider? Register your ranges and AS numbers by the API, and publish your evidence.",
        ],
        VerdictKind::Unknown => &[
            "Is the name spelled as in the address bar of a browser?",
            "Name servers are silent at times: check again in some minutes.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_for_people() {
        assert_eq!(duration(999), "less than 1 ms");
        assert_eq!(duration(12_999), "12 ms");
        assert_eq!(duration(2_340_000), "2.3 s");
        let moment = Moment::of("2026-11-02T09:05:07.25Z".parse().unwrap());
        assert_eq!((&*moment.iso, &*moment.shown), ("2026-11-02T09:05:07Z", "2 November 2026, 09:05:07 UTC"));
    }
}
