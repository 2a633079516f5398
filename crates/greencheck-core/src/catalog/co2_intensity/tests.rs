use rstest::rstest;

use super::Co2Table;

const INTENSITIES: &str = "\u{feff}country_or_region,country_code,year,emissions_intensity_gco2_per_kwh\n\
    Netherlands,NLD,2022,354.31\n\
    Netherlands,NLD,2021,390.02\n\
    Kosovo,XKX,2022,894.65\n\
    World,,2022,436.34\n\
    EU,,2022,277.11\n\
    Gibraltar,GIB,2022,600\n\
    Nauru,NRU,2022,\n\
    Iceland,ISL,2022,27.68\n";
const SHARES: &str = "country_or_region,country_code,year,variable,share_of_generation_pct,latest_year\n\
    Netherlands,NLD,2022,Fossil,55.06,2022\n\
    Netherlands,NLD,2022,Clean,44.94,2022\n\
    Netherlands,NLD,2021,Fossil,62.96,2022\n\
    Kosovo,XKX,2020,Fossil,95.1,2021\n\
    Kosovo,XKX,2021,Fossil,94.8,2021\n\
    Iceland,ISL,2022,Fossil,0,2022\n\
    World,,2022,Fossil,61.3,2022\n";

fn join(intensities: &str, shares: &str) -> Result<Co2Table, String> {
    Co2Table::join(intensities.as_bytes(), shares.as_bytes()).map_err(|error| error.to_string())
}

#[test]
fn the_two_files_are_joined_by_country_and_year() {
    let table = join(INTENSITIES, SHARES).unwrap();
    let rows: Vec<_> = table
        .rows
        .iter()
        .map(|row| {
            let codes = (row.iso2.as_deref().unwrap(), row.iso3.as_str());
            (codes, row.year, row.carbon_intensity, row.generation_from_fossil)
        })
        .collect();
    assert_eq!(
        rows,
        [
            (("IS", "ISL"), 2022, 27.68, 0.0),
            (("NL", "NLD"), 2021, 390.02, 62.96),
            (("NL", "NLD"), 2022, 354.31, 55.06),
            (("XK", "XKX"), 2022, 894.65, 94.8),
        ]
    );
    assert_eq!(table.rows[0].country_name, "Iceland");
    assert!(table.rows.iter().all(|row| row.carbon_intensity_type == "avg"));
    assert_eq!(table.no_country, ["EU", "World"]);
    assert_eq!(table.no_share, ["Gibraltar 2022"]);
}

#[rstest]
#[case::swapped(SHARES, INTENSITIES, "shares: ")]
#[case::number(
    "country_or_region,country_code,year,emissions_intensity_gco2_per_kwh\nNetherlands,NLD,2022,lots\n",
    SHARES,
    "intensities: CSV deserialize error: record 1 (line: 2"
)]
#[case::page("<html>", SHARES, "")]
#[case::no_fossil(
    INTENSITIES,
    "country_or_region,country_code,year,variable,share_of_generation_pct\nNetherlands,NLD,2022,Coal,10\n",
    "shares: no row has the variable `fossil` and a share"
)]
#[case::empty(INTENSITIES, "", "shares: no row has the variable")]
fn files_that_are_something_else_are_told(
    #[case] intensities: &str,
    #[case] shares: &str,
    #[case] expected: &str,
) {
    // A page has one line, which is its heading: there is nothing to join then, and the command says so.
    match join(intensities, shares) {
        Ok(table) => assert!(expected.is_empty() && table.rows.is_empty(), "{table:?}"),
        Err(problem) => assert!(problem.starts_with(expected) && !expected.is_empty(), "{problem}"),
    }
}
