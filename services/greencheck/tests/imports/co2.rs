use serde_json::json;

use crate::desk::Desk;

const INTENSITIES: &str = "country_or_region,country_code,year,emissions_intensity_gco2_per_kwh\n\
    Netherlands,NLD,2022,354.31\nWorld,,2022,436.34\nGibraltar,GIB,2022,600\n";
const SHARES: &str = "country_or_region,country_code,year,variable,share_of_generation_pct,latest_year\n\
    Netherlands,NLD,2022,Fossil,55.06,2022\n";

#[test]
fn intensities_are_joined_and_replaced() {
    let desk = Desk::new();
    desk.write("intensities.csv", INTENSITIES);
    desk.write("shares.csv", SHARES);
    let report = desk.run(&["import", "co2", "intensities.csv", "shares.csv"]).succeeded();
    assert_eq!(
        report,
        "imported 1 intensities; the catalog is now at generation 2\n\
         left out 1 names that are no country, such as World\n\
         left out 1 without a fossil share, such as Gibraltar 2022\n"
    );
    let row = json!([{
        "country_name": "Netherlands", "iso2": "NL", "iso3": "NLD", "carbon_intensity": 354.31,
        "carbon_intensity_type": "avg", "generation_from_fossil": 55.06, "year": 2022
    }]);
    assert_eq!(desk.export()["co2_intensity"], row);
    desk.write("intensities.csv", INTENSITIES.replace("354.31", "300.5"));
    desk.run(&["import", "co2", "intensities.csv", "shares.csv"]).succeeded();
    assert_eq!(desk.export()["co2_intensity"][0]["carbon_intensity"], 300.5);
}

#[test]
fn files_that_do_not_fit_change_nothing() {
    let desk = Desk::new();
    desk.write("intensities.csv", INTENSITIES);
    desk.write("shares.csv", SHARES);
    let error = desk.run(&["import", "co2", "shares.csv", "intensities.csv"]).failed(2);
    assert!(error.starts_with("error: nothing was changed: `intensities.csv`: shares: "), "{error}");
    desk.write("shares.csv", SHARES.replace("Netherlands", "Atlantis"));
    let error = desk.run(&["import", "co2", "intensities.csv", "shares.csv"]).failed(2);
    assert!(error.contains("no row of `intensities.csv` names a country of the other file"), "{error}");
    assert!(
        desk.run(&["import", "co2", "intensities.csv", "none.csv"])
            .failed(2)
            .contains("cannot read `none.csv`")
    );
    assert!(!desk.path("store.db").exists());
}
