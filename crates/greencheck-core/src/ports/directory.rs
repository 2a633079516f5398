use async_trait::async_trait;

use super::{Source, StoreError};
use crate::directory::{Co2Table, HostedDomain, Listing, ProviderDetail, ProviderProfile};
use crate::{Host, ProviderId};

/// The directory for readers. Each call costs a handful of queries, however much it answers.
#[async_trait]
pub trait Directory: Send + Sync {
    /// All listed providers, archived ones too, and the generation that they are of.
    async fn listing(&self) -> Result<Listing, DirectoryError>;

    /// A provider in full, unlisted and archived ones too. `None` when there is none with this id.
    async fn provider(&self, id: ProviderId) -> Result<Option<ProviderDetail>, DirectoryError>;

    /// At most `limit` listed and not archived providers by id, the first after `after`. Fewer than `limit` are the last.
    async fn providers(
        &self,
        after: Option<ProviderId>,
        limit: u16,
    ) -> Result<Vec<ProviderProfile>, DirectoryError>;

    /// At most `limit` green domains that were found at a provider, by name, the first after `after`. Fewer than `limit`
    /// are the last. `None` when there is no provider with this id.
    async fn domains(
        &self,
        provider: ProviderId,
        after: Option<&Host>,
        limit: u16,
    ) -> Result<Option<Vec<HostedDomain>>, DirectoryError>;

    /// The newest CO2 row of each country that has one.
    async fn co2(&self) -> Result<Co2Table, DirectoryError>;
}

/// Why the directory has no answer.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error("the directory is not reachable")]
    Unavailable(#[source] Source),
}

impl From<StoreError> for DirectoryError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
