use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use greencheck_core::directory::{Co2Table, HostedDomain, Listing, ProviderDetail, ProviderProfile};
use greencheck_core::ports::{Directory, DirectoryError};
use greencheck_core::{Generation, Host, ProviderId};

/// A directory in memory. May be switched off, as a service that is away.
#[derive(Default)]
pub struct MemoryDirectory {
    content: Mutex<DirectoryContent>,
    asked: AtomicUsize,
    away: AtomicBool,
}

/// What a [`MemoryDirectory`] knows.
#[derive(Debug, Clone, Default)]
pub struct DirectoryContent {
    pub generation: Generation,
    pub providers: Vec<ProviderDetail>,
    /// All are at every provider.
    pub domains: Vec<HostedDomain>,
    pub co2: Co2Table,
}

impl MemoryDirectory {
    pub fn of(content: DirectoryContent) -> Self {
        Self { content: Mutex::new(content), ..Self::default() }
    }

    /// Changes what is known, under the next generation.
    pub fn change(&self, change: impl FnOnce(&mut DirectoryContent)) -> Generation {
        let mut content = self.content();
        change(&mut content);
        content.generation.0 += 1;
        content.generation
    }

    /// How many questions came.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// From now on every call fails, or works again.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    fn content(&self) -> MutexGuard<'_, DirectoryContent> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self) -> Result<MutexGuard<'_, DirectoryContent>, DirectoryError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            return Err(DirectoryError::Unavailable("switched off".into()));
        }
        Ok(self.content())
    }
}

#[async_trait]
impl Directory for MemoryDirectory {
    async fn listing(&self) -> Result<Listing, DirectoryError> {
        let content = self.ask()?;
        let profiles = content.providers.iter().map(|detail| detail.profile.clone());
        let providers = profiles.filter(|profile| profile.is_listed).collect();
        Ok(Listing { generation: content.generation, providers })
    }

    async fn provider(&self, id: ProviderId) -> Result<Option<ProviderDetail>, DirectoryError> {
        Ok(self.ask()?.providers.iter().find(|detail| detail.profile.id == id).cloned())
    }

    async fn providers(
        &self,
        after: Option<ProviderId>,
        limit: u16,
    ) -> Result<Vec<ProviderProfile>, DirectoryError> {
        let content = self.ask()?;
        let mut shown: Vec<_> = content
            .providers
            .iter()
            .map(|detail| &detail.profile)
            .filter(|profile| profile.is_listed && !profile.archived)
            .filter(|profile| after.is_none_or(|after| profile.id > after))
            .cloned()
            .collect();
        shown.sort_by_key(|profile| profile.id);
        shown.truncate(limit.into());
        Ok(shown)
    }

    async fn domains(
        &self,
        provider: ProviderId,
        after: Option<&Host>,
        limit: u16,
    ) -> Result<Option<Vec<HostedDomain>>, DirectoryError> {
        let content = self.ask()?;
        let known = content.providers.iter().any(|detail| detail.profile.id == provider);
        let mut domains: Vec<_> = content
            .domains
            .iter()
            .filter(|domain| after.is_none_or(|after| domain.host.as_str() > after.as_str()))
            .cloned()
            .collect();
        domains.sort_by(|one, other| one.host.as_str().cmp(other.host.as_str()));
        domains.truncate(limit.into());
        Ok(known.then_some(domains))
    }

    async fn co2(&self) -> Result<Co2Table, DirectoryError> {
        let content = self.ask()?;
        Ok(Co2Table { generation: content.generation, ..content.co2.clone() })
    }
}
