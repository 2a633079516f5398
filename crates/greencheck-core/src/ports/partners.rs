use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Source, StoreError};
use crate::catalog::UserRecord;
use crate::partner::{
    ApiKey, KeyProof, Network, NetworkKind, NewApiKey, PartnerNetwork, Scope, Sensitive, TokenHash, User,
    UserId,
};
use crate::{ProviderId, Usage};

/// What partners do over the API: prove who they are, and register the networks of their providers.
///
/// Every change to the catalog moves its generation on in the same transaction.
#[async_trait]
pub trait Partners: Send + Sync {
    /// The user with this name and password. `None` takes as long as a wrong password, whether or not the name exists.
    async fn authenticate(&self, username: &str, password: &Sensitive)
    -> Result<Option<User>, PartnersError>;

    /// A new token of the user, 40 hexadecimal digits, of which only the hash is kept. A user has at most
    /// [`TOKENS_PER_USER`]: the oldest makes room.
    async fn issue_token(&self, user: UserId) -> Result<Sensitive, PartnersError>;

    /// Whose token it is.
    async fn token_owner(&self, token: &TokenHash) -> Result<Option<User>, PartnersError>;

    /// The active networks of the providers in `scope`, in the order of their ids.
    async fn networks(&self, scope: &Scope, kind: NetworkKind) -> Result<Vec<PartnerNetwork>, PartnersError>;

    /// One of them; `None` also when it is outside `scope`.
    async fn network(
        &self,
        scope: &Scope,
        kind: NetworkKind,
        id: i64,
    ) -> Result<Option<PartnerNetwork>, PartnersError>;

    /// Registers a network, active at once. A range may be there already; an AS number may not, whoever holds it and
    /// whether or not it is active.
    async fn add_network(
        &self,
        scope: &Scope,
        provider: ProviderId,
        network: Network,
    ) -> Result<PartnerNetwork, PartnersError>;

    /// Makes a network inactive. False when there is no active one with this id in `scope`.
    async fn remove_network(&self, scope: &Scope, kind: NetworkKind, id: i64) -> Result<bool, PartnersError>;

    /// The secret of the first provider in `scope` for domain hashes in carbon.txt proofs, if one is set.
    async fn shared_secret(&self, scope: &Scope) -> Result<Option<Sensitive>, PartnersError>;

    /// Replaces it by a new one: `GWF-` and 82 characters of URL-safe Base64.
    async fn rotate_shared_secret(&self, scope: &Scope) -> Result<Sensitive, PartnersError>;

    /// The key that was shown, usable or not.
    async fn api_key(&self, proof: &KeyProof) -> Result<Option<ApiKey>, PartnersError>;

    /// What was asked with a key from the day `since` on, by day and then by route. What was asked just now is on its way.
    async fn key_usage(&self, key: i64, since: NaiveDate) -> Result<Vec<Usage>, PartnersError>;
}

/// Tokens that a user may have at once.
pub const TOKENS_PER_USER: usize = 50;

/// Why a partner did not get what they asked for.
#[derive(Debug, thiserror::Error)]
pub enum PartnersError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Passwords are expensive to verify; too many wait for it.
    #[error("too many passwords are being verified, try again in a moment")]
    Overloaded,
    #[error("the partner accounts are not reachable")]
    Unavailable(#[source] Source),
}

/// A rule that speaks against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    #[error("the provider does not exist or is managed by others")]
    NotManaged,
    #[error("this AS number is registered already")]
    AsnTaken,
    #[error("the user manages no provider")]
    NoProvider,
}

impl From<StoreError> for PartnersError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Users and the keys of callers, for operators. [`StoreError::Invalid`] says what is wrong with the input.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Adds a user, whose name must be new.
    async fn create_user(&self, user: &UserRecord) -> Result<(), StoreError>;

    /// Replaces the password and takes back all tokens of the user. False when there is no such user.
    async fn set_password(&self, username: &str, password: &Sensitive) -> Result<bool, StoreError>;

    /// Makes a key; its text is kept nowhere. A user has at most `usable_max` keys that are neither expired nor revoked.
    async fn create_key(&self, key: &NewApiKey, usable_max: usize)
    -> Result<(ApiKey, Sensitive), StoreError>;

    /// The keys of one user or of all, in the order of their ids.
    async fn keys(&self, username: Option<&str>) -> Result<Vec<ApiKey>, StoreError>;

    /// Takes a key back; repeating it changes nothing. False when there is no such key.
    async fn revoke_key(&self, id: i64, at: DateTime<Utc>) -> Result<bool, StoreError>;
}
