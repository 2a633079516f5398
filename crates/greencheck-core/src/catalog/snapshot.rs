use chrono::{DateTime, Utc};

use super::parse_time;
use crate::{Host, ProviderId, StoredVerdict};

/// A row of a published snapshot as it is in the wild: every column may be missing or odd.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawSnapshotRow {
    pub url: Option<String>,
    pub hosted_by: Option<String>,
    pub hosted_by_website: Option<String>,
    pub partner: Option<String>,
    pub green: Option<i64>,
    pub hosted_by_id: Option<i64>,
    /// `2019-12-09 10:00:00`, with `T`, with a fraction, or a bare date; UTC.
    pub modified: Option<String>,
    pub created: Option<String>,
    pub listed_provider: Option<i64>,
    /// What made the name green, in the platform's words: `ip`, `as`, `carbontxt`, `url` or `none`. Only ever written: the
    /// networks of another catalog say nothing here.
    pub kind: Option<String>,
}

/// A row of a snapshot that can be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRow {
    pub host: Host,
    pub provider: ProviderId,
    pub hosted_by: String,
    pub hosted_by_website: String,
    pub partner: String,
    pub listed: bool,
    pub created: DateTime<Utc>,
    pub modified: DateTime<Utc>,
}

impl From<&StoredVerdict> for RawSnapshotRow {
    /// The row as the platform writes it, times in UTC without a zone.
    fn from(verdict: &StoredVerdict) -> Self {
        Self {
            url: Some(verdict.host.to_string()),
            hosted_by: Some(verdict.hosted_by.clone()),
            hosted_by_website: Some(verdict.hosted_by_website.clone()),
            partner: Some(verdict.partner.clone()),
            green: Some(i64::from(verdict.green)),
            hosted_by_id: Some(verdict.provider.0),
            modified: Some(platform_time(verdict.modified)),
            created: Some(platform_time(verdict.created)),
            listed_provider: Some(i64::from(verdict.listed)),
            kind: Some(verdict.by.kind.platform_type().to_owned()),
        }
    }
}

/// Microseconds only where there are any.
fn platform_time(time: DateTime<Utc>) -> String {
    let form =
        if time.timestamp_subsec_micros() == 0 { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S%.6f" };
    time.format(form).to_string()
}

/// Why a row of a snapshot cannot be stored. Counted by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum RejectedRow {
    #[error("no name")]
    NoName,
    #[error("the name is not a host name")]
    InvalidName,
    #[error("green is not 1")]
    NotGreen,
    #[error("no provider")]
    NoProvider,
    #[error("the date cannot be read")]
    InvalidDate,
}

/// Longer texts fit in no column of the platform.
const MAX_TEXT: usize = 255;

impl RejectedRow {
    pub const ALL: [Self; 5] =
        [Self::NoName, Self::InvalidName, Self::NotGreen, Self::NoProvider, Self::InvalidDate];
}

impl SnapshotRow {
    /// Cleans up a row, or says why that cannot be done.
    ///
    /// The name may have spaces, capitals, a final dot, a scheme or a slash around it, and may be an address or an IDN.
    /// A name with user info is an e-mail address, not the host of one; a URL with a path says nothing of its host:
    /// both are rejected. `created` falls back to `modified` and the other way round. The older table does not say
    /// whether the provider is listed: one with a name counts as listed.
    pub fn from_raw(raw: &RawSnapshotRow) -> Result<Self, RejectedRow> {
        let name =
            raw.url.as_deref().map(str::trim).filter(|name| !name.is_empty()).ok_or(RejectedRow::NoName)?;
        let host = host_alone(name).ok_or(RejectedRow::InvalidName)?;
        if raw.green != Some(1) {
            return Err(RejectedRow::NotGreen);
        }
        let provider =
            raw.hosted_by_id.filter(|&id| id >= 1).map(ProviderId).ok_or(RejectedRow::NoProvider)?;
        let (created, modified) = times(raw.created.as_deref(), raw.modified.as_deref())?;
        let hosted_by = cleaned(raw.hosted_by.as_deref());
        Ok(Self {
            host,
            provider,
            listed: raw.listed_provider.map_or(!hosted_by.is_empty(), |listed| listed == 1),
            hosted_by,
            hosted_by_website: cleaned(raw.hosted_by_website.as_deref()),
            partner: cleaned(raw.partner.as_deref()),
            created,
            modified,
        })
    }
}

fn host_alone(name: &str) -> Option<Host> {
    let authority = name.split_once("://").map_or(name, |(_, rest)| rest);
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    if authority.contains(['@', '/', '?', '#', '\\']) { None } else { Host::parse(name).ok() }
}

fn times(
    created: Option<&str>,
    modified: Option<&str>,
) -> Result<(DateTime<Utc>, DateTime<Utc>), RejectedRow> {
    let given = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
    let created = created.and_then(parse_time);
    let modified = if given(modified) { modified.and_then(parse_time) } else { created };
    let modified = modified.ok_or(RejectedRow::InvalidDate)?;
    Ok((created.unwrap_or(modified), modified))
}

/// Without what is around a text, what no database stores and what no page shows; short.
fn cleaned(text: Option<&str>) -> String {
    let text = text.unwrap_or_default().trim();
    if text.len() <= MAX_TEXT && !text.contains(char::is_control) {
        return text.to_owned();
    }
    let kept: String = text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect();
    kept.trim_end().to_owned()
}

#[cfg(test)]
mod tests;
