use chrono::NaiveDateTime;
use diesel::{Insertable, Queryable};
use greencheck_core::partner::{ApiKey, KeyProof, NewApiKey, UserId};

use super::times::{naive, utc};
use crate::schema::{api_keys, asns, ip_ranges};

/// A range of which the database chooses the id.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = ip_ranges, treat_none_as_default_value = false)]
pub(crate) struct NewIpRange {
    pub(crate) provider_id: i64,
    pub(crate) start_address: String,
    pub(crate) end_address: String,
    pub(crate) family: i32,
    pub(crate) active: bool,
    pub(crate) created: NaiveDateTime,
    pub(crate) modified: NaiveDateTime,
}

/// An AS number of which the database chooses the id.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = asns, treat_none_as_default_value = false)]
pub(crate) struct NewAsn {
    pub(crate) provider_id: i64,
    pub(crate) asn: i64,
    pub(crate) active: bool,
    pub(crate) created: NaiveDateTime,
    pub(crate) modified: NaiveDateTime,
}

// No Debug: it holds a secret's hash.
#[derive(Clone, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub(crate) struct NewApiKeyRow {
    pub(crate) user_id: i64,
    pub(crate) prefix: String,
    pub(crate) key_hash: String,
    pub(crate) service: String,
    pub(crate) privilege_level: Option<String>,
    pub(crate) note: String,
    pub(crate) created: NaiveDateTime,
    pub(crate) expires: Option<NaiveDateTime>,
}

impl NewApiKeyRow {
    pub(crate) fn new(user_id: i64, key: &NewApiKey, proof: &KeyProof) -> Self {
        Self {
            user_id,
            prefix: proof.prefix().to_owned(),
            key_hash: proof.stored().to_owned(),
            service: key.service.clone(),
            privilege_level: key.privilege_level.clone(),
            note: key.note.clone(),
            created: naive(key.created),
            expires: key.expires.map(naive),
        }
    }
}

// No Debug: it holds a secret's hash.
#[derive(Clone, Queryable)]
pub(crate) struct ApiKeyRow {
    id: i64,
    user_id: i64,
    username: String,
    prefix: String,
    key_hash: String,
    service: String,
    privilege_level: Option<String>,
    note: String,
    created: NaiveDateTime,
    expires: Option<NaiveDateTime>,
    revoked: Option<NaiveDateTime>,
}

impl ApiKeyRow {
    pub(crate) fn proved_by(&self, proof: &KeyProof) -> bool {
        proof.matches(&self.key_hash)
    }
}

impl From<ApiKeyRow> for ApiKey {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: row.id,
            user: UserId(row.user_id),
            username: row.username,
            prefix: row.prefix,
            service: row.service,
            privilege_level: row.privilege_level,
            note: row.note,
            created: utc(row.created),
            expires: row.expires.map(utc),
            revoked: row.revoked.map(utc),
        }
    }
}
