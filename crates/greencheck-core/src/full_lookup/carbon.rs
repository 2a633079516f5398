use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{FullLookup, Journal, Tried, Trust};
use crate::carbon_txt::{Resolution, Resolved, is_valid_hash, resolve};
use crate::catalog::CarbonTxtEntry;
use crate::{CarbonTxtFinding, Finding, Host, Match, MatchKind, Proof};

impl FullLookup<'_> {
    /// The provider whose carbon.txt the name points to, if that provider agrees.
    pub(super) async fn carbon_txt(&self, host: &Host, journal: &Journal<'_>) -> Tried {
        if !self.rules.carbon_txt || !self.catalog.has_carbon_txts() {
            return Tried::default();
        }
        journal
            .step(async {
                let Resolution { resolved, problem } = self.resolved_carbon_txt(host).await;
                let entry =
                    resolved.location.as_deref().and_then(|location| self.catalog.carbon_txt(location));
                let proof = entry.map(|entry| self.proof(host, entry, &resolved));
                let tried = match (entry, proof) {
                    (Some(entry), Some(proof)) if proof != Proof::Missing => {
                        self.tried(entry.provider, Match { kind: MatchKind::CarbonTxt, id: Some(entry.id) })
                    }
                    _ => Tried::default(),
                };
                let provider = entry.map(|entry| self.catalog.provider_ref(entry.provider));
                let Resolved { location, found_at, .. } = resolved;
                (Finding::CarbonTxt(CarbonTxtFinding { location, found_at, provider, proof, problem }), tried)
            })
            .await
    }

    /// The result of an earlier look-up, if it may be used and is fresh; else a new one, kept if everything answered.
    async fn resolved_carbon_txt(&self, host: &Host) -> Resolution {
        let now = self.clock.now();
        if self.use_kept
            && let Ok(Some(resolved)) = self.carbon_txt_results.get(host, self.oldest_kept(now)).await
        {
            return Resolution { resolved, problem: None };
        }
        let resolution = resolve(host, self.dns, self.web).await;
        if resolution.problem.is_none()
            && let Err(error) = self.carbon_txt_results.put(host, &resolution.resolved, now).await
        {
            return Resolution { problem: Some(format!("the result was not kept: {error}")), ..resolution };
        }
        resolution
    }

    fn oldest_kept(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        TimeDelta::from_std(self.rules.carbon_txt_ttl)
            .ok()
            .and_then(|ttl| now.checked_sub_signed(ttl))
            .unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    fn proof(&self, host: &Host, entry: &CarbonTxtEntry, resolved: &Resolved) -> Proof {
        if lies_on(&entry.url, host) {
            return Proof::OwnHost;
        }
        let hashes = resolved.hashes.iter().map(String::as_str);
        match &entry.shared_secret {
            Some(secret) if !secret.is_empty() && is_valid_hash(host, secret, hashes) => Proof::DomainHash,
            _ if self.rules.trust == Trust::Delegation => Proof::Delegation,
            _ => Proof::Missing,
        }
    }
}

/// Whether the carbon.txt lies on the name itself or on its `www.` alternate, which has the same owner.
fn lies_on(url: &str, host: &Host) -> bool {
    let Some(owner) = Url::parse(url).ok().and_then(|url| Host::parse(url.host_str()?).ok()) else {
        return false;
    };
    owner == *host || host.www_alternate().is_some_and(|alternate| alternate == owner)
}
