use serde::{Deserialize, Serialize};

use crate::{Asn, IpRange, ProviderId};

/// What makes the names of a provider green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    Range(IpRange),
    Asn(Asn),
}

/// The kinds of [`Network`]. Each counts its ids by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkKind {
    Range,
    Asn,
}

impl Network {
    pub fn kind(&self) -> NetworkKind {
        match self {
            Self::Range(_) => NetworkKind::Range,
            Self::Asn(_) => NetworkKind::Asn,
        }
    }
}

/// An active network of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerNetwork {
    pub id: i64,
    pub provider: ProviderId,
    pub network: Network,
}
