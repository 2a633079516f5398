use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use greencheck_core::Asn;
use greencheck_core::ports::{OriginAsns, OriginError};

mod convert;
mod cymru;
mod table;

pub use convert::{ConvertReport, convert};
pub use cymru::CymruOrigins;
pub use table::{AsnFileError, AsnTable, LocalOrigins};

use crate::{AsnConfig, Guard, HickoryDns, Metrics};

/// Nobody is asked.
pub struct NoOrigins;

#[async_trait]
impl OriginAsns for NoOrigins {
    async fn origins(&self, _: IpAddr) -> Result<Vec<Asn>, OriginError> {
        Ok(Vec::new())
    }
}

/// The table, and behind it, while there is none, the zones that are asked.
pub fn origins(
    config: &AsnConfig,
    dns: Arc<HickoryDns>,
    guard: Guard,
    metrics: &Metrics,
) -> Result<LocalOrigins, AsnFileError> {
    let elsewhere: Arc<dyn OriginAsns> =
        if config.origin_zone_v4.is_empty() && config.origin_zone_v6.is_empty() {
            Arc::new(NoOrigins)
        } else {
            Arc::new(CymruOrigins::new(config, dns, guard, metrics.clone()))
        };
    LocalOrigins::open(&config.table, elsewhere, metrics.clone())
}
