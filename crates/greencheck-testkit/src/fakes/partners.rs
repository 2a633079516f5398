use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use greencheck_core::partner::{
    ApiKey, KeyProof, Network, NetworkKind, PartnerNetwork, Scope, Sensitive, TokenHash, User, UserId,
};
use greencheck_core::ports::{Partners, PartnersError, Refusal};
use greencheck_core::{ProviderId, Usage};

/// Partners in memory. May be switched off, as a service that is away.
#[derive(Default)]
pub struct MemoryPartners {
    state: Mutex<State>,
    away: AtomicBool,
}

#[derive(Default)]
struct State {
    users: Vec<(User, Sensitive)>,
    tokens: BTreeMap<String, UserId>,
    networks: Vec<(PartnerNetwork, bool)>,
    asns: BTreeSet<u32>,
    secrets: BTreeMap<ProviderId, Sensitive>,
    keys: Vec<(KeyProof, ApiKey)>,
    usage: Vec<Usage>,
    made: u64,
    asked: usize,
}

impl MemoryPartners {
    /// Adds a user, numbered in the order of their coming.
    pub fn add_user(&self, name: &str, password: &str, scope: Scope) {
        let mut state = self.state();
        let id = UserId(i64::try_from(state.users.len()).expect("a few users") + 1);
        state.users.push((User { id, username: name.to_owned(), scope }, Sensitive::new(password)));
    }

    pub fn add_key(&self, text: &str, key: ApiKey) {
        self.state().keys.push((KeyProof::of(text).expect("a key"), key));
    }

    /// Takes a key away.
    pub fn revoke_key(&self, id: i64, at: DateTime<Utc>) {
        let mut state = self.state();
        for (_, key) in state.keys.iter_mut().filter(|(_, key)| key.id == id) {
            key.revoked = Some(at);
        }
    }

    /// Adds what was asked with a key; in the order in which it is to be told.
    pub fn add_usage(&self, usage: Usage) {
        self.state().usage.push(usage);
    }

    /// From now on every call fails, or works again.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// How often somebody asked.
    pub fn asked(&self) -> usize {
        self.state().asked
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn present(&self) -> Result<MutexGuard<'_, State>, PartnersError> {
        if self.away.load(Ordering::SeqCst) {
            return Err(PartnersError::Unavailable("switched off".into()));
        }
        let mut state = self.state();
        state.asked += 1;
        Ok(state)
    }
}

impl State {
    fn active(&self, scope: &Scope, kind: NetworkKind) -> Vec<PartnerNetwork> {
        let seen =
            |network: &PartnerNetwork| network.network.kind() == kind && scope.includes(network.provider);
        let active = self.networks.iter().filter(|(network, active)| *active && seen(network));
        active.map(|(network, _)| *network).collect()
    }

    fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }
}

fn first(scope: &Scope) -> Result<ProviderId, PartnersError> {
    match scope {
        Scope::Everything => Ok(ProviderId(1)),
        Scope::Providers(providers) => providers.first().copied().ok_or(Refusal::NoProvider.into()),
    }
}

#[async_trait]
impl Partners for MemoryPartners {
    async fn authenticate(
        &self,
        username: &str,
        password: &Sensitive,
    ) -> Result<Option<User>, PartnersError> {
        let state = self.present()?;
        let found = state.users.iter().find(|(user, known)| user.username == username && known == password);
        Ok(found.map(|(user, _)| user.clone()))
    }

    async fn issue_token(&self, user: UserId) -> Result<Sensitive, PartnersError> {
        let mut state = self.present()?;
        let token = format!("{:040x}", state.next());
        state.tokens.insert(TokenHash::of(&token).as_str().to_owned(), user);
        Ok(Sensitive::new(token))
    }

    async fn token_owner(&self, token: &TokenHash) -> Result<Option<User>, PartnersError> {
        let state = self.present()?;
        let Some(owner) = state.tokens.get(token.as_str()) else { return Ok(None) };
        Ok(state.users.iter().find(|(user, _)| user.id == *owner).map(|(user, _)| user.clone()))
    }

    async fn networks(&self, scope: &Scope, kind: NetworkKind) -> Result<Vec<PartnerNetwork>, PartnersError> {
        Ok(self.present()?.active(scope, kind))
    }

    async fn network(
        &self,
        scope: &Scope,
        kind: NetworkKind,
        id: i64,
    ) -> Result<Option<PartnerNetwork>, PartnersError> {
        Ok(self.present()?.active(scope, kind).into_iter().find(|network| network.id == id))
    }

    async fn add_network(
        &self,
        scope: &Scope,
        provider: ProviderId,
        network: Network,
    ) -> Result<PartnerNetwork, PartnersError> {
        let mut state = self.present()?;
        if !scope.includes(provider) {
            return Err(Refusal::NotManaged.into());
        }
        if let Network::Asn(asn) = network
            && !state.asns.insert(asn.get())
        {
            return Err(Refusal::AsnTaken.into());
        }
        let same = state.networks.iter().filter(|(known, _)| known.network.kind() == network.kind()).count();
        let id = i64::try_from(same).expect("a few networks") + 1;
        let added = PartnerNetwork { id, provider, network };
        state.networks.push((added, true));
        Ok(added)
    }

    async fn remove_network(&self, scope: &Scope, kind: NetworkKind, id: i64) -> Result<bool, PartnersError> {
        let mut state = self.present()?;
        let known = state.active(scope, kind).into_iter().find(|network| network.id == id);
        let Some(known) = known else { return Ok(false) };
        state.networks.iter_mut().filter(|(network, _)| *network == known).for_each(|entry| entry.1 = false);
        Ok(true)
    }

    async fn shared_secret(&self, scope: &Scope) -> Result<Option<Sensitive>, PartnersError> {
        let state = self.present()?;
        Ok(state.secrets.get(&first(scope)?).cloned())
    }

    async fn rotate_shared_secret(&self, scope: &Scope) -> Result<Sensitive, PartnersError> {
        let mut state = self.present()?;
        let secret = Sensitive::new(format!("GWF-{:082x}", state.next()));
        state.secrets.insert(first(scope)?, secret.clone());
        Ok(secret)
    }

    async fn api_key(&self, proof: &KeyProof) -> Result<Option<ApiKey>, PartnersError> {
        let state = self.present()?;
        Ok(state.keys.iter().find(|(known, _)| known == proof).map(|(_, key)| key.clone()))
    }

    async fn key_usage(&self, key: i64, since: NaiveDate) -> Result<Vec<Usage>, PartnersError> {
        let state = self.present()?;
        let asked = state.usage.iter().filter(|usage| usage.key == key && usage.day >= since);
        Ok(asked.cloned().collect())
    }
}
