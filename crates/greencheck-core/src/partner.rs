//! Who may change the catalog over the API, what they may change, and the keys that callers show.

mod api_key;
mod credentials;
mod network;

pub use api_key::{ApiKey, KeyProof, NewApiKey};
pub use credentials::{Sensitive, TokenHash};
pub use network::{Network, NetworkKind, PartnerNetwork};
use serde::{Deserialize, Serialize};

use crate::ProviderId;

/// Identifies a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub i64);

/// Somebody who has proved who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub username: String,
    pub scope: Scope,
}

/// The providers whose entries somebody sees and changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of them: members of the group [`Scope::ADMIN_GROUP`].
    Everything,
    /// These, in the order of their ids.
    Providers(Vec<ProviderId>),
}

impl Scope {
    /// The group whose members manage every provider.
    pub const ADMIN_GROUP: &str = "admin";

    /// The scope of a member of `groups` who manages `providers`.
    pub fn new<'a>(
        groups: impl IntoIterator<Item = &'a str>,
        providers: impl IntoIterator<Item = ProviderId>,
    ) -> Self {
        if groups.into_iter().any(|group| group == Self::ADMIN_GROUP) {
            return Self::Everything;
        }
        let mut providers: Vec<_> = providers.into_iter().collect();
        providers.sort_unstable();
        Self::Providers(providers)
    }

    pub fn includes(&self, provider: ProviderId) -> bool {
        match self {
            Self::Everything => true,
            Self::Providers(providers) => providers.contains(&provider),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admins_manage_everything_and_others_what_they_hold() {
        let held = [ProviderId(3), ProviderId(1)];
        assert_eq!(Scope::new(["hostingprovider", "admin"], held), Scope::Everything);
        let scope = Scope::new(["hostingprovider"], held);
        assert_eq!(scope, Scope::Providers(vec![ProviderId(1), ProviderId(3)]));
        assert!(scope.includes(ProviderId(3)) && !scope.includes(ProviderId(2)));
        assert!(!Scope::new([], []).includes(ProviderId(1)));
    }
}
