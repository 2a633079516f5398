use std::time::Duration;

use async_trait::async_trait;
use chrono::NaiveDate;
use greencheck_core::partner::{
    ApiKey, KeyProof, Network, NetworkKind, PartnerNetwork, Scope, Sensitive, TokenHash, User, UserId,
};
use greencheck_core::ports::{Partners, PartnersError};
use greencheck_core::{ProviderId, Usage};
use serde::de::DeserializeOwned;

use crate::Caller;
use crate::caller::Patience;
use crate::partners_wire::{PARTNERS, PartnerQuestion, PartnerReply};

/// The partner accounts that the lookup-service keeps, asked over HTTP.
#[derive(Debug)]
pub struct RemotePartners {
    caller: Caller,
}

impl RemotePartners {
    /// A password may wait for its turn.
    const LIMIT: Duration = Duration::from_secs(6);
    const READ: Patience = Patience { limit: Self::LIMIT, again: true };
    const WRITE: Patience = Patience { limit: Self::LIMIT, again: false };

    pub fn new(caller: Caller) -> Self {
        Self { caller }
    }

    async fn ask<T>(&self, question: PartnerQuestion, patience: Patience) -> Result<T, PartnersError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        match self.caller.ask(PARTNERS, &question, patience).await? {
            PartnerReply::Answer(answer) => Ok(answer),
            PartnerReply::Refused(refusal) => Err(refusal.into()),
        }
    }
}

#[async_trait]
impl Partners for RemotePartners {
    async fn authenticate(
        &self,
        username: &str,
        password: &Sensitive,
    ) -> Result<Option<User>, PartnersError> {
        let (username, password) = (username.to_owned(), password.clone());
        self.ask(PartnerQuestion::Authenticate { username, password }, Self::READ).await
    }

    async fn issue_token(&self, user: UserId) -> Result<Sensitive, PartnersError> {
        self.ask(PartnerQuestion::IssueToken { user }, Self::WRITE).await
    }

    async fn token_owner(&self, token: &TokenHash) -> Result<Option<User>, PartnersError> {
        self.ask(PartnerQuestion::TokenOwner { token: token.clone() }, Self::READ).await
    }

    async fn networks(&self, scope: &Scope, kind: NetworkKind) -> Result<Vec<PartnerNetwork>, PartnersError> {
        self.ask(PartnerQuestion::Networks { scope: scope.clone(), kind }, Self::READ).await
    }

    async fn network(
        &self,
        scope: &Scope,
        kind: NetworkKind,
        id: i64,
    ) -> Result<Option<PartnerNetwork>, PartnersError> {
        self.ask(PartnerQuestion::Network { scope: scope.clone(), kind, id }, Self::READ).await
    }

    async fn add_network(
        &self,
        scope: &Scope,
        provider: ProviderId,
        network: Network,
    ) -> Result<PartnerNetwork, PartnersError> {
        let question = PartnerQuestion::AddNetwork { scope: scope.clone(), provider, network };
        self.ask(question, Self::WRITE).await
    }

    async fn remove_network(&self, scope: &Scope, kind: NetworkKind, id: i64) -> Result<bool, PartnersError> {
        self.ask(PartnerQuestion::RemoveNetwork { scope: scope.clone(), kind, id }, Self::WRITE).await
    }

    async fn shared_secret(&self, scope: &Scope) -> Result<Option<Sensitive>, PartnersError> {
        self.ask(PartnerQuestion::SharedSecret { scope: scope.clone() }, Self::READ).await
    }

    async fn rotate_shared_secret(&self, scope: &Scope) -> Result<Sensitive, PartnersError> {
        self.ask(PartnerQuestion::RotateSharedSecret { scope: scope.clone() }, Self::WRITE).await
    }

    async fn api_key(&self, proof: &KeyProof) -> Result<Option<ApiKey>, PartnersError> {
        self.ask(PartnerQuestion::ApiKey { proof: proof.clone() }, Self::READ).await
    }

    async fn key_usage(&self, key: i64, since: NaiveDate) -> Result<Vec<Usage>, PartnersError> {
        self.ask(PartnerQuestion::KeyUsage { key, since }, Self::READ).await
    }
}
