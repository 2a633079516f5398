//! Where publishers have their lists.

use chrono::{Days, NaiveDate};

use crate::cli::Publisher;

const AMAZON: &str = "https://ip-ranges.amazonaws.com/ip-ranges.json";
const GOOGLE: &str = "https://www.gstatic.com/ipranges/cloud.json";
const CLOUDFLARE: [&str; 2] = ["https://www.cloudflare.com/ips-v4", "https://www.cloudflare.com/ips-v6"];
/// The file's name ends in the day of its publication, about once a week.
const MICROSOFT: &str =
    "https://download.microsoft.com/download/7/1/D/71D86715-5596-4529-9B13-DA13A5DE5B63/ServiceTags_Public_";
const DAYS_BACK: u64 = 7;

/// The parts of a publisher's list, each with the addresses to try one after the other; none if it has no fixed address.
pub(super) fn addresses(publisher: Publisher, today: NaiveDate) -> Vec<Vec<String>> {
    let at = |url: &str| vec![url.to_owned()];
    match publisher {
        Publisher::Amazon => vec![at(AMAZON)],
        Publisher::Google => vec![at(GOOGLE)],
        // For some days of 2022 only the second was answered, the first pointed to it.
        Publisher::Cloudflare => CLOUDFLARE.map(|url| vec![url.to_owned(), format!("{url}/")]).into(),
        Publisher::Microsoft => {
            let days = (0..=DAYS_BACK).filter_map(|days| today.checked_sub_days(Days::new(days)));
            vec![days.map(|day| format!("{MICROSOFT}{}.json", day.format("%Y%m%d"))).collect()]
        }
        Publisher::Equinix | Publisher::Csv => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;
    use url::Url;

    use super::*;

    #[test]
    fn the_file_of_microsoft_is_looked_for_a_week_back() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();
        let parts = addresses(Publisher::Microsoft, today);
        assert_eq!((parts.len(), parts[0].len()), (1, 8));
        assert!(parts[0][0].ends_with("/ServiceTags_Public_20260303.json"), "{parts:?}");
        assert!(parts[0][7].ends_with("/ServiceTags_Public_20260224.json"), "{parts:?}");
    }

    #[test]
    fn every_address_is_one_that_may_be_asked() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();
        for url in Publisher::value_variants().iter().flat_map(|of| addresses(*of, today)).flatten() {
            let url: Url = url.parse().unwrap();
            assert_eq!((url.scheme(), url.port_or_known_default()), ("https", Some(443)), "{url}");
        }
    }
}
