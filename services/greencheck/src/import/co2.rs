use std::path::Path;

use greencheck_core::catalog::{CatalogDocument, Co2Table, ImportReport};
use greencheck_core::ports::CatalogImport;

use crate::cli::ImportCo2Args;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{database, output};

/// As many names of what was left out are shown.
const EXAMPLES: usize = 5;

/// Replaces the rows of the countries and years that the files have, in one transaction.
pub(super) async fn import(settings: &Settings, args: &ImportCo2Args) -> Result<(), Failure> {
    let table = Co2Table::join(&read(&args.intensities)?, &read(&args.shares)?).map_err(|error| {
        let file = if error.file == "shares" { &args.shares } else { &args.intensities };
        Failure::input(error).context(format!("nothing was changed: `{}`", file.display()))
    })?;
    if table.rows.is_empty() {
        let intensities = args.intensities.display();
        return Err(Failure::input(format!(
            "nothing was changed: no row of `{intensities}` names a country of the other file"
        )));
    }
    let document = CatalogDocument { co2_intensity: table.rows.clone(), ..CatalogDocument::default() };
    let store = database::open(settings).await?;
    let report = CatalogImport::import(&*store, &document).await;
    let report = report.map_err(|error| Failure::from(error).context("nothing was changed"))?;
    Ok(output::print(&imported(&table, &report))?)
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file)
        .map_err(|error| Failure::input(error).context(format!("cannot read `{}`", file.display())))
}

fn imported(table: &Co2Table, report: &ImportReport) -> String {
    let rows = table.rows.len();
    let left_out = |names: &[String], why: &str| match names.len() {
        0 => String::new(),
        count => {
            format!("left out {count} {why}, such as {}\n", names[..count.min(EXAMPLES)].join(", "))
        }
    };
    format!(
        "imported {rows} intensities; the catalog is now at generation {}\n{}{}",
        report.generation,
        left_out(&table.no_country, "names that are no country"),
        left_out(&table.no_share, "without a fossil share"),
    )
}
