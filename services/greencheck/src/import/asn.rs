use std::path::PathBuf;

use anyhow::Context;
use greencheck_net::{AsnFileError, ConvertReport, convert};

use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

/// Writes the table that `asn.table` names. A running process reads it again by itself.
pub(super) async fn import(settings: &Settings, files: Vec<PathBuf>) -> Result<(), Failure> {
    let table = settings.asn.table.clone();
    let shown = table.display().to_string();
    let converted = tokio::task::spawn_blocking(move || convert(&files, &table)).await;
    let report = converted.context("the conversion broke off")?.map_err(refused)?;
    let ConvertReport { v4, v6, kept, unannounced, bad } = report;
    output::print(&format!(
        "wrote {shown}: {v4} IPv4 and {v6} IPv6 ranges, {kept} kept of the other family; \
         passed over {unannounced} that nobody announces and {bad} that cannot be read\n"
    ))?;
    Ok(())
}

fn refused(error: AsnFileError) -> Failure {
    match error {
        AsnFileError::Io { .. } => Failure::Work(error.into()),
        AsnFileError::Line { .. } | AsnFileError::Mmdb { .. } | AsnFileError::Empty { .. } => {
            Failure::Input(error.into())
        }
    }
}
