use crate::{Asn, Host, IpRange, Provider, ProviderId};

/// The catalog as rows, for the decision: everything active, nothing that only an operator reads.
#[derive(Debug, Clone, Default)]
pub struct CatalogData {
    /// All providers, archived ones too.
    pub providers: Vec<Provider>,
    /// Active ranges.
    pub networks: Vec<NetworkEntry>,
    /// Active AS numbers.
    pub asns: Vec<OriginEntry>,
    /// carbon.txt records that have a URL.
    pub carbon_txts: Vec<CarbonTxtEntry>,
    /// Approved linked domains.
    pub linked_domains: Vec<LinkedDomainEntry>,
}

/// An active IP range of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkEntry {
    pub id: i64,
    pub provider: ProviderId,
    pub range: IpRange,
}

/// An active AS number of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginEntry {
    pub id: i64,
    pub provider: ProviderId,
    pub asn: Asn,
}

/// Where a provider publishes its carbon.txt.
#[derive(Clone, PartialEq, Eq)]
pub struct CarbonTxtEntry {
    pub id: i64,
    pub provider: ProviderId,
    pub url: String,
    /// Proves domain hashes; never shown.
    pub shared_secret: Option<String>,
}

impl std::fmt::Debug for CarbonTxtEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CarbonTxtEntry")
            .field("id", &self.id)
            .field("provider", &self.provider)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// A domain that a provider declared its own and an operator approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedDomainEntry {
    pub id: i64,
    pub provider: ProviderId,
    pub domain: Host,
}
