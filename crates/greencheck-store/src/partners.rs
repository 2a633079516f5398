//! What both databases need for partners and the keys of callers. Pure, but for passwords, which take their time.

mod passwords;
mod random;

use chrono::NaiveDateTime;
use greencheck_core::partner::{Network, PartnerNetwork, Scope, User, UserId};
use greencheck_core::ports::{PartnersError, StoreError};
use greencheck_core::{Asn, IpRange, ProviderId};
pub(crate) use passwords::{Passwords, hash};
pub(crate) use random::{key_character, shared_secret, token};

use crate::assemble::{self, RangeColumns};
use crate::rows::{AsnRow, NewAsn, NewIpRange, UserRow};

/// A password hash, and whose it is.
pub(crate) fn named(row: Option<UserRow>) -> (Option<(i64, String)>, Option<String>) {
    row.map_or((None, None), |row| (Some((row.id, row.username)), row.password_hash))
}

pub(crate) fn user(id: i64, username: String, groups: &[String], providers: &[i64]) -> User {
    let providers = providers.iter().copied().map(ProviderId);
    let scope = Scope::new(groups.iter().map(String::as_str), providers);
    User { id: UserId(id), username, scope }
}

pub(crate) fn ids(providers: &[ProviderId]) -> Vec<i64> {
    providers.iter().map(|provider| provider.0).collect()
}

pub(crate) fn range(columns: RangeColumns) -> Result<PartnerNetwork, PartnersError> {
    let entry = assemble::network(columns)?;
    Ok(PartnerNetwork { id: entry.id, provider: entry.provider, network: Network::Range(entry.range) })
}

pub(crate) fn asn(row: &AsnRow) -> Result<PartnerNetwork, PartnersError> {
    let entry = assemble::origin(row)?;
    Ok(PartnerNetwork { id: entry.id, provider: entry.provider, network: Network::Asn(entry.asn) })
}

pub(crate) fn new_range(provider: ProviderId, range: IpRange, now: NaiveDateTime) -> NewIpRange {
    NewIpRange {
        provider_id: provider.0,
        start_address: range.start().to_string(),
        end_address: range.end().to_string(),
        family: if range.is_v4() { 4 } else { 6 },
        active: true,
        created: now,
        modified: now,
    }
}

pub(crate) fn new_asn(provider: ProviderId, asn: Asn, now: NaiveDateTime) -> NewAsn {
    NewAsn { provider_id: provider.0, asn: asn.get().into(), active: true, created: now, modified: now }
}

/// Ends a transaction that finds the AS number taken. Nothing else in it is [`StoreError::Invalid`].
pub(crate) fn taken() -> StoreError {
    StoreError::Invalid("the AS number is registered already".to_owned())
}

pub(crate) fn no_such_user(username: &str) -> StoreError {
    StoreError::Invalid(format!("there is no user `{username}`: make one with `greencheck user create`"))
}

pub(crate) fn user_exists(username: &str) -> StoreError {
    StoreError::Invalid(format!("there is a user `{username}` already"))
}

pub(crate) fn too_many_keys(username: &str, usable_max: usize) -> StoreError {
    StoreError::Invalid(format!(
        "`{username}` has {usable_max} usable keys, which is the most: revoke one first, or raise `partners.keys_per_user`"
    ))
}
