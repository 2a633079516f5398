//! The settings of this process: one section for each part that it has.

use api_gateway::{ApiConfig, CacheTimes, LimitsConfig, PartnersConfig, SiteConfig};
use greencheck_cache::CacheConfig;
use greencheck_core::LookupConfig;
use greencheck_core::badge::BadgeConfig;
use greencheck_net::{AsnConfig, CarbonTxtConfig, DnsConfig, GeoConfig, NetConfig, RdapConfig};
use greencheck_objects::SnapshotsConfig;
use greencheck_queue::{LogConfig, QueueConfig};
use greencheck_rpc::ForwarderConfig;
use greencheck_runtime::{AdminConfig, HttpConfig, ProcessConfig, RuntimeConfig, TracingConfig};
use greencheck_store::StoreConfig;
use serde::{Deserialize, Serialize};

use crate::jobs::JobsConfig;
use crate::notices::NoticesConfig;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) admin: AdminConfig,
    pub(crate) api: ApiConfig,
    pub(crate) asn: AsnConfig,
    pub(crate) badge: BadgeConfig,
    pub(crate) cache: CacheConfig,
    pub(crate) cache_ttl: CacheTimes,
    pub(crate) carbon_txt: CarbonTxtConfig,
    pub(crate) dns: DnsConfig,
    /// Not used in one process; the services that talk to each other share a file with it.
    pub(crate) forwarder: ForwarderConfig,
    pub(crate) geo: GeoConfig,
    pub(crate) http: HttpConfig,
    pub(crate) jobs: JobsConfig,
    pub(crate) limits: LimitsConfig,
    pub(crate) log: LogConfig,
    pub(crate) lookup: LookupConfig,
    pub(crate) net: NetConfig,
    pub(crate) notices: NoticesConfig,
    pub(crate) partners: PartnersConfig,
    pub(crate) process: ProcessConfig,
    pub(crate) queue: QueueConfig,
    pub(crate) rdap: RdapConfig,
    pub(crate) site: SiteConfig,
    pub(crate) snapshots: SnapshotsConfig,
    pub(crate) store: StoreConfig,
    pub(crate) tracing: TracingConfig,
}

impl Settings {
    pub(crate) fn runtime(&self) -> RuntimeConfig {
        RuntimeConfig {
            admin: self.admin.clone(),
            process: self.process.clone(),
            tracing: self.tracing.clone(),
        }
    }
}
