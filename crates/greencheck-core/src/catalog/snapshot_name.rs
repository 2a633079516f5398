use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

const PREFIX: &str = "green_urls_";

/// The name of a published snapshot: `green_urls_2026-11-20.db`, `….db.gz` or `….db.bz2`. Ordered by day.
///
/// Nothing else is ever listed or handed out, whatever lies in the same folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotName {
    pub day: NaiveDate,
    pub packing: Packing,
}

/// How a snapshot is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Packing {
    Plain,
    Gzip,
    Bzip2,
}

/// A name that no snapshot has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no snapshot: their names look like green_urls_2026-11-20.db.gz")]
pub struct InvalidSnapshotName(String);

impl Packing {
    pub const ALL: [Self; 3] = [Self::Plain, Self::Gzip, Self::Bzip2];

    /// What the name ends in.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Plain => ".db",
            Self::Gzip => ".db.gz",
            Self::Bzip2 => ".db.bz2",
        }
    }
}

impl FromStr for SnapshotName {
    type Err = InvalidSnapshotName;

    fn from_str(name: &str) -> Result<Self, InvalidSnapshotName> {
        let parsed = name.strip_prefix(PREFIX).and_then(|rest| {
            let (day, suffix) = rest.split_at_checked(10)?;
            let packing = Packing::ALL.into_iter().find(|packing| packing.suffix() == suffix)?;
            Some(Self { day: day.parse().ok()?, packing })
        });
        // Dates have other spellings too; each file has one name.
        let parsed = parsed.filter(|parsed| parsed.to_string() == name);
        parsed.ok_or_else(|| InvalidSnapshotName(name.chars().take(60).collect()))
    }
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}{}", self.day.format("%Y-%m-%d"), self.packing.suffix())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    fn a_name_is_read_back(
        #[values("green_urls_2026-11-20.db", "green_urls_2026-11-20.db.gz", "green_urls_1999-01-01.db.bz2")]
        name: &str,
    ) {
        assert_eq!(name.parse::<SnapshotName>().unwrap().to_string(), name);
    }

    #[rstest]
    fn nothing_else_is_a_snapshot(
        #[values(
            "",
            "green_urls_.db",
            "green_urls_2026-11-20",
            "green_urls_2026-11-20.db.xz",
            "green_urls_2026-11-20.db/",
            "green_urls_2026-02-30.db",
            "green_urls_+2026-1-20.db",
            "green_urls_2026-1-020.db",
            "greencheck.db",
            "../green_urls_2026-11-20.db",
            "green_urls_2026-11-20.db\0",
            "green_urls_äöüäöü.db"
        )]
        name: &str,
    ) {
        let error = name.parse::<SnapshotName>().unwrap_err().to_string();
        assert!(error.contains("is no snapshot"), "{error}");
    }

    #[test]
    fn a_later_day_is_greater() {
        let name = |text: &str| text.parse::<SnapshotName>().unwrap();
        assert!(name("green_urls_2026-11-20.db.bz2") < name("green_urls_2026-11-21.db"));
    }
}
