//! The directory and the CO2 table as the gateway has them at hand: read once for each generation of the catalog.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use greencheck_core::directory::{Co2Intensity, HostedDomain, ProviderDetail, ProviderProfile};
use greencheck_core::ports::{Countries, Directory, DirectoryError};
use greencheck_core::{Clock, CurrentGeneration, Generation, Host, ProviderId};
use ipnet::IpNet;
use moka::future::Cache;

use crate::limits::{Exceeded, Limits, LimitsConfig};

mod edition;
mod fresh;
mod legacy;
pub(crate) mod links;
mod page;

pub(crate) use edition::Edition;
use fresh::Fresh;
pub(crate) use legacy::provider as legacy_provider;
pub(crate) use page::label;

/// How many providers are kept in full.
const PROVIDERS: u64 = 10_000;

/// What the pages ask.
#[derive(Clone)]
pub struct PagePorts {
    pub directory: Arc<dyn Directory>,
    pub countries: Arc<dyn Countries>,
    pub clock: Arc<dyn Clock>,
}

/// Answers everything about providers and their countries. One per process, shared by all HTTP workers.
pub struct Pages {
    ports: PagePorts,
    /// What a [`ChangeListener`](crate::ChangeListener) moves on.
    generation: Arc<CurrentGeneration>,
    trusted_proxies: Vec<IpNet>,
    limits: Arc<Limits>,
    is_demo: bool,
    edition: Fresh<Edition>,
    intensities: Fresh<HashMap<String, Co2Intensity>>,
    providers: Cache<(Generation, ProviderId), Option<Arc<ProviderDetail>>>,
}

impl Pages {
    /// `generation` says when to read again; `trusted_proxies` are believed about the address of a client.
    pub fn new(ports: PagePorts, generation: Arc<CurrentGeneration>, trusted_proxies: Vec<IpNet>) -> Self {
        let limits = Arc::new(Limits::new(LimitsConfig::default(), trusted_proxies.clone(), None));
        let (edition, intensities) = (Fresh::default(), Fresh::default());
        let providers = Cache::new(PROVIDERS);
        Self { ports, generation, trusted_proxies, limits, is_demo: false, edition, intensities, providers }
    }

    /// With limits that count what a caller asks here and elsewhere.
    #[must_use]
    pub fn with_limits(self, limits: Arc<Limits>) -> Self {
        Self { limits, ..self }
    }

    /// With pages that say that all providers are made up.
    #[must_use]
    pub fn with_demo(self, is_demo: bool) -> Self {
        Self { is_demo, ..self }
    }

    /// The catalog that answers should go by.
    pub(crate) fn generation(&self) -> Generation {
        self.generation.get()
    }

    pub(crate) async fn admit(&self, request: &HttpRequest) -> Result<(), Exceeded> {
        self.limits.admit(request).await
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.ports.clock.now()
    }

    pub(crate) fn client(&self, request: &HttpRequest) -> IpAddr {
        greencheck_runtime::client_ip(request.head(), &self.trusted_proxies)
    }

    /// All listed providers. Costs nothing until the catalog changes.
    pub(crate) async fn edition(&self) -> Result<Arc<Edition>, DirectoryError> {
        let read = async || {
            let listing = self.ports.directory.listing().await?;
            Ok((listing.generation, Edition::of(listing.providers, self.is_demo)))
        };
        self.edition.get(self.generation.get(), self.now(), read).await
    }

    /// A provider in full. Costs nothing the second time, until the catalog changes.
    pub(crate) async fn provider(
        &self,
        id: ProviderId,
    ) -> Result<Option<Arc<ProviderDetail>>, Arc<DirectoryError>> {
        let read = async { Ok(self.ports.directory.provider(id).await?.map(Arc::new)) };
        self.providers.try_get_with((self.generation.get(), id), read).await
    }

    pub(crate) async fn providers(
        &self,
        after: Option<ProviderId>,
        limit: u16,
    ) -> Result<Vec<ProviderProfile>, DirectoryError> {
        self.ports.directory.providers(after, limit).await
    }

    pub(crate) async fn domains(
        &self,
        provider: ProviderId,
        after: Option<&Host>,
        limit: u16,
    ) -> Result<Option<Vec<HostedDomain>>, DirectoryError> {
        self.ports.directory.domains(provider, after, limit).await
    }

    /// How much CO2 electricity causes where `address` is used; the world's when that cannot be told.
    pub(crate) async fn intensity(&self, address: IpAddr) -> Co2Intensity {
        match self.ports.countries.country(address) {
            Some(country) => self.intensity_of(&country).await,
            None => Co2Intensity::world(),
        }
    }

    async fn intensity_of(&self, country: &str) -> Co2Intensity {
        let read = async || {
            let table = self.ports.directory.co2().await?;
            Ok((table.generation, table.rows.into_iter().map(|row| (row.iso2.clone(), row)).collect()))
        };
        let rows = self.intensities.get(self.generation.get(), self.now(), read).await;
        let row = rows.ok().and_then(|rows| rows.get(country).cloned());
        row.unwrap_or_else(Co2Intensity::world)
    }
}
