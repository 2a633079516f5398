use std::collections::BTreeMap;
use std::fmt::Write as _;

use greencheck_core::catalog::{RawSnapshotRow, RejectedRow};

/// As many rows of each kind are shown.
const EXAMPLES: usize = 3;

/// The rows of a snapshot that are no use, by reason.
#[derive(Debug, Default)]
pub(super) struct Rejections(BTreeMap<RejectedRow, Rejected>);

#[derive(Debug, Default)]
struct Rejected {
    count: u64,
    examples: Vec<String>,
}

impl Rejections {
    /// Counts a row. What it looked like is asked only while there is room for examples.
    pub(super) fn count(&mut self, reason: RejectedRow, row: &RawSnapshotRow) {
        let rejected = self.0.entry(reason).or_default();
        rejected.count += 1;
        if rejected.examples.len() < EXAMPLES {
            rejected.examples.push(shown(reason, row));
        }
    }

    /// Adds what another part of the snapshot had.
    pub(super) fn merge(&mut self, other: Self) {
        for (reason, more) in other.0 {
            let rejected = self.0.entry(reason).or_default();
            rejected.count += more.count;
            rejected.examples.extend(more.examples);
            rejected.examples.truncate(EXAMPLES);
        }
    }

    pub(super) fn total(&self) -> u64 {
        self.0.values().map(|rejected| rejected.count).sum()
    }

    /// A line for each reason.
    pub(super) fn report(&self) -> String {
        self.0.iter().fold(String::new(), |mut out, (reason, Rejected { count, examples })| {
            let examples = examples.join(", ");
            writeln!(out, "  {count} × {reason}, such as {examples}").expect("a string takes everything");
            out
        })
    }
}

fn shown(reason: RejectedRow, row: &RawSnapshotRow) -> String {
    let quoted =
        |text: &str| format!("`{}`", text.chars().take(80).flat_map(char::escape_debug).collect::<String>());
    let name = row.url.as_deref().map_or_else(|| "NULL".to_owned(), quoted);
    let number = |number: Option<i64>| number.map_or_else(|| "NULL".to_owned(), |number| number.to_string());
    match reason {
        RejectedRow::NoName | RejectedRow::InvalidName => name,
        RejectedRow::NotGreen => format!("{name} (green {})", number(row.green)),
        RejectedRow::NoProvider => format!("{name} (hosted_by_id {})", number(row.hosted_by_id)),
        RejectedRow::InvalidDate => {
            format!("{name} (modified {})", row.modified.as_deref().map_or_else(|| "NULL".to_owned(), quoted))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(url: &str) -> RawSnapshotRow {
        RawSnapshotRow { url: Some(url.to_owned()), green: Some(3), ..RawSnapshotRow::default() }
    }

    #[test]
    fn every_reason_has_its_number_and_at_most_three_examples() {
        let mut first = Rejections::default();
        first.count(RejectedRow::InvalidName, &row("a@example.com"));
        first.count(RejectedRow::NotGreen, &row("example.com"));
        let mut second = Rejections::default();
        for name in ["b\u{7}", "c", "d", "e"] {
            second.count(RejectedRow::InvalidName, &row(name));
        }
        second.count(RejectedRow::NoName, &RawSnapshotRow::default());
        second.count(RejectedRow::InvalidDate, &row("example.org"));
        first.merge(second);
        assert_eq!(first.total(), 8);
        assert_eq!(
            first.report(),
            "  1 × no name, such as NULL\n\
             \x20 5 × the name is not a host name, such as `a@example.com`, `b\\u{7}`, `c`\n\
             \x20 1 × green is not 1, such as `example.com` (green 3)\n\
             \x20 1 × the date cannot be read, such as `example.org` (modified NULL)\n"
        );
    }
}
