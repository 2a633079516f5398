use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What the holder of one key asked of one route on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The id of the [`ApiKey`](crate::partner::ApiKey).
    pub key: i64,
    /// In UTC.
    pub day: NaiveDate,
    /// The path as the API's description has it, such as `/api/v4/check/{domain}`.
    pub route: String,
    pub requests: u64,
    /// Names that these requests asked about.
    pub names: u64,
}

impl Usage {
    /// Adds `other` if it is of the same key, day and route; says whether it is.
    pub fn absorb(&mut self, other: &Self) -> bool {
        let same = self.key == other.key && self.day == other.day && self.route == other.route;
        if same {
            self.requests += other.requests;
            self.names += other.names;
        }
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_of_one_key_day_and_route_adds_up_and_no_other() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let usage =
            |key, day, route: &str| Usage { key, day, route: route.to_owned(), requests: 1, names: 3 };
        let mut sum = usage(1, day, "/a");
        assert!(sum.absorb(&usage(1, day, "/a")));
        assert_eq!((sum.requests, sum.names), (2, 6));
        let next = day.succ_opt().unwrap();
        for other in [usage(2, day, "/a"), usage(1, next, "/a"), usage(1, day, "/b")] {
            assert!(!sum.absorb(&other), "{other:?}");
        }
        assert_eq!((sum.requests, sum.names), (2, 6));
    }
}
