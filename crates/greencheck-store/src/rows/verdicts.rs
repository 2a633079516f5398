use std::net::IpAddr;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{Insertable, Queryable};
use greencheck_core::carbon_txt::Resolved;
use greencheck_core::catalog::SnapshotRow;
use greencheck_core::ports::StoreError;
use greencheck_core::{Host, Match, MatchKind, ProviderId, StoredVerdict};

use super::{naive, utc};
use crate::schema::{carbon_txt_results, green_domains};

/// A row to insert; what is missing is the database's business.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = green_domains, treat_none_as_default_value = false)]
pub(crate) struct NewGreenDomain {
    pub(crate) host: String,
    pub(crate) green: bool,
    pub(crate) provider_id: i64,
    pub(crate) hosted_by: String,
    pub(crate) hosted_by_website: String,
    pub(crate) partner: String,
    pub(crate) listed: bool,
    pub(crate) match_kind: &'static str,
    pub(crate) match_id: Option<i64>,
    pub(crate) address: Option<String>,
    pub(crate) created: NaiveDateTime,
    pub(crate) modified: NaiveDateTime,
}

impl From<&StoredVerdict> for NewGreenDomain {
    fn from(verdict: &StoredVerdict) -> Self {
        Self {
            host: verdict.host.as_str().to_owned(),
            green: verdict.green,
            provider_id: verdict.provider.0,
            hosted_by: verdict.hosted_by.clone(),
            hosted_by_website: verdict.hosted_by_website.clone(),
            partner: verdict.partner.clone(),
            listed: verdict.listed,
            match_kind: verdict.by.kind.as_str(),
            match_id: verdict.by.id,
            address: verdict.address.map(|address| address.to_string()),
            created: naive(verdict.created),
            modified: naive(verdict.modified),
        }
    }
}

impl From<SnapshotRow> for NewGreenDomain {
    fn from(row: SnapshotRow) -> Self {
        Self {
            host: row.host.as_str().to_owned(),
            green: true,
            provider_id: row.provider.0,
            hosted_by: row.hosted_by,
            hosted_by_website: row.hosted_by_website,
            partner: row.partner,
            listed: row.listed,
            match_kind: MatchKind::Snapshot.as_str(),
            match_id: None,
            address: None,
            created: naive(row.created),
            modified: naive(row.modified),
        }
    }
}

/// What a verdict is read from.
#[derive(Debug, Queryable)]
pub(crate) struct GreenDomainRow {
    pub(crate) host: String,
    pub(crate) green: bool,
    pub(crate) provider_id: i64,
    pub(crate) hosted_by: String,
    pub(crate) hosted_by_website: String,
    pub(crate) partner: String,
    pub(crate) listed: bool,
    pub(crate) match_kind: String,
    pub(crate) match_id: Option<i64>,
    pub(crate) address: Option<String>,
    pub(crate) created: NaiveDateTime,
    pub(crate) modified: NaiveDateTime,
}

impl GreenDomainRow {
    /// The verdict on `host`, which is the row's.
    pub(crate) fn verdict_on(self, host: Host) -> Result<StoredVerdict, StoreError> {
        let kind = self.kind()?;
        let address = self.address.as_deref().map(|text| self.parse_address(text)).transpose()?;
        Ok(StoredVerdict {
            host,
            green: self.green,
            provider: ProviderId(self.provider_id),
            by: Match { kind, id: self.match_id },
            address,
            hosted_by: self.hosted_by,
            hosted_by_website: self.hosted_by_website,
            partner: self.partner,
            listed: self.listed,
            created: utc(self.created),
            modified: utc(self.modified),
        })
    }

    pub(crate) fn kind(&self) -> Result<MatchKind, StoreError> {
        MatchKind::from_name(&self.match_kind).ok_or_else(|| {
            StoreError::Corrupt(format!("green_domains: match_kind `{}` of `{}`", self.match_kind, self.host))
        })
    }

    fn parse_address(&self, text: &str) -> Result<IpAddr, StoreError> {
        text.parse()
            .map_err(|_| StoreError::Corrupt(format!("green_domains: address `{text}` of `{}`", self.host)))
    }
}

#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = carbon_txt_results, treat_none_as_default_value = false)]
pub(crate) struct CarbonTxtResultRow {
    pub(crate) host: String,
    pub(crate) location: Option<String>,
    pub(crate) found_at: Option<String>,
    /// A JSON array.
    pub(crate) hashes: String,
    pub(crate) created: NaiveDateTime,
}

impl CarbonTxtResultRow {
    pub(crate) fn new(host: &Host, resolved: &Resolved, at: DateTime<Utc>) -> Self {
        Self {
            host: host.as_str().to_owned(),
            location: resolved.location.clone(),
            found_at: resolved.found_at.as_ref().map(|host| host.as_str().to_owned()),
            hashes: serde_json::Value::from(resolved.hashes.clone()).to_string(),
            created: naive(at),
        }
    }

    pub(crate) fn into_resolved(self) -> Result<Resolved, StoreError> {
        let corrupt =
            |what: &str| StoreError::Corrupt(format!("carbon_txt_results: {what} of `{}`", self.host));
        let found_at = self
            .found_at
            .as_deref()
            .map(Host::from_canonical)
            .transpose()
            .map_err(|_| corrupt("found_at"))?;
        let hashes = serde_json::from_str(&self.hashes).map_err(|_| corrupt("hashes"))?;
        Ok(Resolved { location: self.location, found_at, hashes })
    }
}
