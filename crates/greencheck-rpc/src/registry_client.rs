use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use greencheck_core::ports::{NetworkRegistry, RegisteredNetwork, RegistryError};

use crate::caller::Patience;
use crate::wire::{self, RegistryQuestion};
use crate::{Caller, ClientError};

/// The registries that the lookup-service asks, asked over HTTP.
#[derive(Debug)]
pub struct RemoteRegistry {
    caller: Caller,
}

impl RemoteRegistry {
    /// Longer than anybody will have `rdap.timeout`.
    const PATIENCE: Patience = Patience { limit: Duration::from_secs(30), again: true };

    pub fn new(caller: Caller) -> Self {
        Self { caller }
    }
}

#[async_trait]
impl NetworkRegistry for RemoteRegistry {
    async fn network_of(&self, address: IpAddr) -> Result<Option<RegisteredNetwork>, RegistryError> {
        let question = RegistryQuestion { address };
        let reply: Result<Result<_, _>, _> = self.caller.ask(wire::REGISTRY, &question, Self::PATIENCE).await;
        reply.unwrap_or_else(|failed| {
            let error: ClientError = failed.into();
            Err(RegistryError::Unavailable(error.to_string()))
        })
    }
}
