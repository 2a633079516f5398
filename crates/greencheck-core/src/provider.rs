//! Hosting providers and the evidence they publish.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Identifies a hosting provider; the number that answers show as `hosted_by_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderId(pub i64);

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A provider as the decision and the answers need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pub id: ProviderId,
    pub name: String,
    /// May lack a scheme: it is shown as it was entered.
    pub website: String,
    /// Free text such as `Partner`; empty when there is none.
    pub partner: String,
    /// Whether the directory shows it. An unlisted provider is green all the same.
    pub is_listed: bool,
    /// An archived provider makes nothing green.
    pub archived: bool,
    /// Public, not archived evidence, oldest `valid_to` first.
    pub documents: Vec<Document>,
}

/// A piece of published evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub id: i64,
    pub title: String,
    pub link: String,
}

/// What an answer says of the provider that hosts a green name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostedBy {
    pub id: ProviderId,
    pub name: String,
    pub website: String,
    pub partner: String,
    pub listed: bool,
    /// `None` when the provider is no longer in the catalog.
    pub documents: Option<Vec<Document>>,
}

impl From<&Provider> for HostedBy {
    fn from(provider: &Provider) -> Self {
        Self {
            id: provider.id,
            name: provider.name.clone(),
            website: provider.website.clone(),
            partner: provider.partner.clone(),
            listed: provider.is_listed,
            documents: Some(provider.documents.clone()),
        }
    }
}
