use std::net::IpAddr;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Asn;

/// What a regional registry says of addresses (RDAP, RFC 9082 and 9083). For people who want to know whom to ask; it decides
/// nothing.
#[async_trait]
pub trait NetworkRegistry: Send + Sync {
    /// The network that `address` was given out with; `None` when no registry knows one.
    async fn network_of(&self, address: IpAddr) -> Result<Option<RegisteredNetwork>, RegistryError>;
}

/// A network as it is registered. Texts are bounded and printable; whoever registered them chose them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredNetwork {
    pub name: Option<String>,
    /// By which the registry knows it.
    pub handle: Option<String>,
    /// ISO 3166-1 alpha-2, in upper case.
    pub country: Option<String>,
    pub first: IpAddr,
    pub last: IpAddr,
    /// The AS numbers that are registered to announce it, where the registry tells.
    pub origins: Vec<Asn>,
    /// Who has answered in the end.
    pub registry: String,
}

/// Why nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "why", content = "detail", rename_all = "snake_case")]
pub enum RegistryError {
    #[error("registries are not asked: rdap.enabled is off")]
    Off,
    /// Such addresses are not given out, and not spoken of to others.
    #[error("the address is not global")]
    NotGlobal,
    #[error("the registry did not answer in time")]
    Timeout,
    #[error("the registry gave no answer: {0}")]
    Unavailable(String),
}
