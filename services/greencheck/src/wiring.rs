//! Which adapters this process has.

use std::sync::Arc;

use greencheck_core::ports::Lookup;
use greencheck_store::Store;

use crate::settings::Settings;

/// Opens the database that `store.url` names.
pub(crate) async fn open_store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    Ok(greencheck_store::connect(&settings.store).await?)
}

/// A look-up in this process, for one command.
#[expect(clippy::unused_async, reason = "opening the network takes time, once there is one")]
pub(crate) async fn open_lookup(_: &Settings, _: Arc<dyn Store>) -> anyhow::Result<Arc<dyn Lookup>> {
    Err(not_built("check"))
}

/// A command whose parts this build does not have.
pub(crate) fn not_built(command: &str) -> anyhow::Error {
    anyhow::anyhow!("`{command}` is not part of this build: it lacks the network adapters")
}
