//! `greencheck import`.

use std::io::Read;
use std::path::Path;

use greencheck_core::catalog::{CatalogDocument, ImportReport, ParsedDocument};
use greencheck_core::ports::CatalogImport;
use greencheck_store::Store;

use crate::cli::Import;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{database, output};

mod asn;
mod co2;
pub(crate) mod networks;
mod rejections;
mod snapshot;

pub(crate) async fn run(settings: &Settings, what: Import) -> Result<(), Failure> {
    match what {
        Import::Catalog { file } => {
            // Read before the store is opened: a broken document makes no database file.
            let parsed = read(&file)?;
            catalog(&*database::open(settings).await?, &file, &parsed).await
        }
        Import::Snapshot { file } => {
            let snapshot = snapshot::open(file).await?;
            snapshot::import(database::open(settings).await?, snapshot).await
        }
        Import::Asn { files } => asn::import(settings, files).await,
        Import::Networks(args) => networks::import(settings, &args).await,
        Import::Co2(args) => co2::import(settings, &args).await,
    }
}

fn read(file: &Path) -> Result<ParsedDocument, Failure> {
    let cannot_read =
        |error: std::io::Error| Failure::input(error).context(format!("cannot read `{}`", file.display()));
    let json = if file == Path::new("-") {
        let mut json = Vec::new();
        std::io::stdin().lock().read_to_end(&mut json).map_err(cannot_read)?;
        json
    } else {
        std::fs::read(file).map_err(cannot_read)?
    };
    CatalogDocument::parse(&json).map_err(|error| broken(file, Failure::input(error)))
}

fn broken(file: &Path, failure: Failure) -> Failure {
    match failure {
        Failure::Input(_) => failure.context(format!("nothing was changed: {}", file.display())),
        Failure::Work(_) => failure.context("nothing was changed"),
    }
}

async fn catalog(store: &dyn Store, file: &Path, parsed: &ParsedDocument) -> Result<(), Failure> {
    let report = CatalogImport::import(store, &parsed.document).await;
    let report = report.map_err(|error| broken(file, error.into()))?;
    if let Some(warning) = ignored(parsed) {
        output::complain(&warning);
    }
    Ok(output::print(&imported(&report))?)
}

fn ignored(parsed: &ParsedDocument) -> Option<String> {
    let total: u64 = parsed.ignored.values().sum();
    let keys: Vec<_> = parsed.ignored.iter().map(|(path, count)| format!("{path} ({count})")).collect();
    (total > 0).then(|| format!("warning: ignored {total} unknown keys: {}", keys.join(", ")))
}

fn imported(report: &ImportReport) -> String {
    let sections: Vec<_> = report
        .sections
        .iter()
        .filter(|section| section.rows > 0)
        .map(|section| format!("{} {}", section.rows, section.section))
        .collect();
    let what = if sections.is_empty() { "nothing".to_owned() } else { sections.join(", ") };
    format!("imported {what}; the catalog is now at generation {}\n", report.generation)
}

#[cfg(test)]
mod tests {
    use greencheck_core::Generation;
    use greencheck_core::catalog::SectionReport;

    use super::*;

    #[test]
    fn the_report_names_what_came() {
        let section = |section, rows| SectionReport { section, rows };
        let sections = vec![section("providers", 12), section("users", 0), section("ip_ranges", 10)];
        let report = ImportReport { sections, generation: Generation(5) };
        assert_eq!(
            imported(&report),
            "imported 12 providers, 10 ip_ranges; the catalog is now at generation 5\n"
        );
        let nothing = ImportReport { sections: Vec::new(), generation: Generation(6) };
        assert_eq!(imported(&nothing), "imported nothing; the catalog is now at generation 6\n");
    }

    #[test]
    fn unknown_keys_are_counted_in_one_warning() {
        let json =
            r#"{"providers":[{"id":1,"name":"A","colour":1,"size":2},{"id":2,"name":"B","colour":3}]}"#;
        let warning = ignored(&CatalogDocument::parse(json).unwrap());
        assert_eq!(
            warning.as_deref(),
            Some("warning: ignored 3 unknown keys: providers.colour (2), providers.size (1)")
        );
        assert_eq!(ignored(&CatalogDocument::parse("{}").unwrap()), None);
    }
}
