//! The store, ready for a command.

use std::sync::Arc;

use greencheck_core::ports::StoreError;
use greencheck_store::{Migrate, Store};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::wiring;

/// Opens the store. A SQLite file belongs to whoever runs the command: its tables are made and brought up to date.
/// A server's tables are shared: changing them is a step of its own.
pub(crate) async fn open(settings: &Settings) -> Result<Arc<dyn Store>, Failure> {
    let store = wiring::open_store(settings).await.map_err(refused)?;
    if Migrate::pending(&*store).await?.is_empty() {
        return Ok(store);
    }
    if !settings.store.url.starts_with("sqlite:") {
        return Err(Failure::Work(anyhow::anyhow!(
            "the tables of the store are older than this program: run `greencheck migrate` first"
        )));
    }
    Migrate::migrate(&*store).await?;
    Ok(store)
}

/// A store that does not open for a mistake in the settings, or for anything else.
pub(crate) fn refused(error: anyhow::Error) -> Failure {
    let failure = match error.downcast::<StoreError>() {
        Ok(error) => Failure::from(error),
        Err(error) => Failure::from(error),
    };
    failure.context("cannot open the store of `store.url`")
}
