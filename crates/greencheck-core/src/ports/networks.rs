use async_trait::async_trait;

use super::StoreError;
use crate::ProviderId;
use crate::networks::{NetworkList, NetworkReport};

/// The networks of a provider, as it publishes them.
#[async_trait]
pub trait NetworkImport: Send + Sync {
    /// Makes the networks of `list` the active ones of `provider`, in one transaction, which moves the generation on if it
    /// changes anything: entries that are not listed any more stay as inactive ones.
    /// [`Invalid`](StoreError::Invalid) is a [refusal](crate::networks::NetworkRefusal); nothing has changed then.
    async fn replace_networks(
        &self,
        provider: ProviderId,
        list: &NetworkList,
        replace: Replace,
    ) -> Result<NetworkReport, StoreError>;
}

/// How networks are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Replace {
    /// Only say what would happen.
    pub dry_run: bool,
    /// Take a list that is empty or suspiciously short.
    pub force: bool,
}
