use std::time::Duration;

use async_trait::async_trait;
use greencheck_core::directory::{Co2Table, HostedDomain, Listing, ProviderDetail, ProviderProfile};
use greencheck_core::ports::{Directory, DirectoryError};
use greencheck_core::{Host, ProviderId};

use crate::Caller;
use crate::caller::Patience;
use crate::wire::{
    self, DomainsQuestion, DomainsReply, ProviderQuestion, ProviderReply, ProvidersQuestion, ProvidersReply,
};

/// The directory of the lookup-service, asked over HTTP.
#[derive(Debug)]
pub struct RemoteDirectory {
    caller: Caller,
}

impl RemoteDirectory {
    /// All listed providers are some megabytes at most; the database is given time for a snapshot.
    const WHOLE: Patience = Patience { limit: Duration::from_secs(10), again: true };
    const PAGE: Patience = Patience { limit: Duration::from_secs(3), again: true };

    pub fn new(caller: Caller) -> Self {
        Self { caller }
    }
}

#[async_trait]
impl Directory for RemoteDirectory {
    async fn listing(&self) -> Result<Listing, DirectoryError> {
        Ok(self.caller.get(wire::LISTING, Self::WHOLE).await?)
    }

    async fn provider(&self, id: ProviderId) -> Result<Option<ProviderDetail>, DirectoryError> {
        let reply: ProviderReply =
            self.caller.ask(wire::PROVIDER, &ProviderQuestion { id }, Self::PAGE).await?;
        Ok(reply.provider)
    }

    async fn providers(
        &self,
        after: Option<ProviderId>,
        limit: u16,
    ) -> Result<Vec<ProviderProfile>, DirectoryError> {
        let question = ProvidersQuestion { after, limit };
        let reply: ProvidersReply = self.caller.ask(wire::PROVIDERS, &question, Self::PAGE).await?;
        Ok(reply.providers)
    }

    async fn domains(
        &self,
        provider: ProviderId,
        after: Option<&Host>,
        limit: u16,
    ) -> Result<Option<Vec<HostedDomain>>, DirectoryError> {
        let question = DomainsQuestion { provider, after: after.cloned(), limit };
        let reply: DomainsReply = self.caller.ask(wire::DOMAINS, &question, Self::PAGE).await?;
        Ok(reply.domains)
    }

    async fn co2(&self) -> Result<Co2Table, DirectoryError> {
        Ok(self.caller.get(wire::CO2, Self::PAGE).await?)
    }
}
