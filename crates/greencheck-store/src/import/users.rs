use std::collections::{BTreeSet, HashMap};

use greencheck_core::catalog::CatalogDocument;

use super::{Existing, Hashes, UserLinks};
use crate::rows::{NewUser, UserGroupRow, UserProviderRow, UserRow};

/// A user without a password keeps the password it has: documents are exported without.
pub(super) fn users(document: &CatalogDocument, existing: &Existing, hashes: &Hashes) -> Vec<NewUser> {
    let known: HashMap<&str, &UserRow> =
        existing.users.iter().map(|row| (row.username.as_str(), row)).collect();
    let mut rows = Vec::with_capacity(document.users.len());
    for (at, record) in document.users.iter().enumerate() {
        let kept = || known.get(record.username.as_str()).and_then(|row| row.password_hash.clone());
        let password_hash = hashes.get(&at).cloned().or_else(kept);
        rows.push(NewUser { username: record.username.clone(), password_hash });
    }
    rows
}

/// The links of the document's users, which are stored by now.
pub(crate) fn links(document: &CatalogDocument, stored: &[UserRow]) -> UserLinks {
    let ids: HashMap<&str, i64> = stored.iter().map(|row| (row.username.as_str(), row.id)).collect();
    let mut links = UserLinks { users: Vec::new(), providers: Vec::new(), groups: Vec::new() };
    for record in &document.users {
        let Some(&user_id) = ids.get(record.username.as_str()) else { continue };
        links.users.push(user_id);
        let providers: BTreeSet<i64> = record.providers.iter().copied().collect();
        links
            .providers
            .extend(providers.into_iter().map(|provider_id| UserProviderRow { user_id, provider_id }));
        let groups: BTreeSet<&String> = record.groups.iter().collect();
        links
            .groups
            .extend(groups.into_iter().map(|group| UserGroupRow { user_id, group_name: group.clone() }));
    }
    links
}
