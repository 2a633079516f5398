//! The carbon intensity of electricity by country, from the two files that Ember publishes (CC BY 4.0).

use std::collections::BTreeMap;

use csv::{ReaderBuilder, Trim};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Co2IntensityRecord;
use crate::Country;

#[cfg(test)]
mod tests;

/// What the other columns of the table mean: averages, not marginal values.
const AVERAGE: &str = "avg";
const FOSSIL: &str = "fossil";

/// Rows for the table of intensities, and what has no place there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Co2Table {
    /// By country and year.
    pub rows: Vec<Co2IntensityRecord>,
    /// Names such as `World` or `EU`: they have no code of a country.
    pub no_country: Vec<String>,
    /// Countries of the first file, with the year, that the second does not know.
    pub no_share: Vec<String>,
}

/// Which of the two files, with its line, is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct InvalidCo2 {
    /// `intensities` or `shares`.
    pub file: &'static str,
    problem: String,
}

#[derive(Deserialize)]
struct Intensity {
    country_or_region: String,
    country_code: Option<String>,
    year: i32,
    #[serde(rename = "emissions_intensity_gco2_per_kwh")]
    grams_per_kwh: Option<f64>,
}

#[derive(Deserialize)]
struct Share {
    country_or_region: String,
    year: i32,
    variable: String,
    #[serde(rename = "share_of_generation_pct")]
    percent: Option<f64>,
}

impl Co2Table {
    /// Joins `intensities` (`country_or_region`, `country_code`, `year`, `emissions_intensity_gco2_per_kwh`) with the
    /// fossil shares of generation (`country_or_region`, `year`, `variable`, `share_of_generation_pct`), by the name of
    /// the country and the year. Where the files end with different years, the latest share there is stands in.
    pub fn join(intensities: &[u8], shares: &[u8]) -> Result<Self, InvalidCo2> {
        let shares = fossil(shares)?;
        let mut table = Self::default();
        let mut rows = BTreeMap::new();
        for row in read::<Intensity>("intensities", intensities)? {
            let Some(grams_per_kwh) = row.grams_per_kwh else { continue };
            let code = row.country_code.as_deref().unwrap_or_default();
            let Some((iso3, iso2)) = codes(code) else {
                table.no_country.push(row.country_or_region);
                continue;
            };
            let years = shares.get(&row.country_or_region);
            let Some(percent) = years.and_then(|years| share_of(years, row.year)) else {
                table.no_share.push(format!("{} {}", row.country_or_region, row.year));
                continue;
            };
            let record = Co2IntensityRecord {
                country_name: row.country_or_region,
                iso2: Some(iso2.to_owned()),
                iso3: iso3.clone(),
                carbon_intensity: grams_per_kwh,
                carbon_intensity_type: AVERAGE.to_owned(),
                generation_from_fossil: percent,
                year: row.year,
            };
            rows.insert((iso3, row.year), record);
        }
        table.rows = rows.into_values().collect();
        table.no_country.sort();
        table.no_country.dedup();
        Ok(table)
    }
}

/// Fossil shares in percent, by country and year.
fn fossil(csv: &[u8]) -> Result<BTreeMap<String, BTreeMap<i32, f64>>, InvalidCo2> {
    let mut shares: BTreeMap<String, BTreeMap<i32, f64>> = BTreeMap::new();
    for row in read::<Share>("shares", csv)? {
        if let Some(percent) = row.percent.filter(|_| row.variable.eq_ignore_ascii_case(FOSSIL)) {
            shares.entry(row.country_or_region).or_default().insert(row.year, percent);
        }
    }
    if shares.is_empty() {
        let problem = format!("no row has the variable `{FOSSIL}` and a share");
        return Err(InvalidCo2 { file: "shares", problem });
    }
    Ok(shares)
}

fn share_of(years: &BTreeMap<i32, f64>, year: i32) -> Option<f64> {
    years.get(&year).or_else(|| years.values().next_back()).copied()
}

/// Both codes of a country. Kosovo has none in ISO 3166-1 but is in use everywhere with these (CLDR, user-assigned).
fn codes(alpha3: &str) -> Option<(String, &'static str)> {
    let alpha2 = match alpha3 {
        "XKX" => "XK",
        other => Country::by_alpha3(other)?.code,
    };
    Some((alpha3.to_ascii_uppercase(), alpha2))
}

fn read<T: DeserializeOwned>(file: &'static str, csv: &[u8]) -> Result<Vec<T>, InvalidCo2> {
    let csv = csv.strip_prefix("\u{feff}".as_bytes()).unwrap_or(csv);
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(csv);
    let rows = reader.deserialize().collect::<Result<_, _>>();
    rows.map_err(|error: csv::Error| InvalidCo2 { file, problem: error.to_string() })
}
