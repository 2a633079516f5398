//! The settings of this process: one section for each part that it has.

use greencheck_runtime::TracingConfig;
use greencheck_store::StoreConfig;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) store: StoreConfig,
    pub(crate) tracing: TracingConfig,
}
