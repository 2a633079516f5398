use std::net::IpAddr;

use chrono::NaiveDateTime;
use diesel::Queryable;
use greencheck_core::history::{CatalogChange, Effect, Entry};
use greencheck_core::ports::StoreError;
use greencheck_core::{Asn, Check, Host, IpRange, Match, MatchKind, ProviderId, Source, VerdictKind};

use super::utc;

/// A row of the log as it is read.
#[derive(Debug, Queryable)]
pub(crate) struct LoggedRow {
    checked_at: NaiveDateTime,
    host: String,
    verdict: String,
    provider_id: Option<i64>,
    match_kind: Option<String>,
    match_id: Option<i64>,
    address: Option<String>,
    cached: bool,
    source: String,
}

impl TryFrom<LoggedRow> for Check {
    type Error = StoreError;

    fn try_from(row: LoggedRow) -> Result<Self, StoreError> {
        let corrupt = |what: &str, value: &str| StoreError::Corrupt(format!("{what} {value:?} of a check"));
        let kind = |name: String| MatchKind::from_name(&name).ok_or_else(|| corrupt("match", &name));
        let address = |text: String| text.parse::<IpAddr>().map_err(|_| corrupt("address", &text));
        Ok(Self {
            checked_at: utc(row.checked_at),
            host: Host::from_canonical(&row.host).map_err(|_| corrupt("host", &row.host))?,
            verdict: VerdictKind::from_name(&row.verdict).ok_or_else(|| corrupt("verdict", &row.verdict))?,
            provider: row.provider_id.map(ProviderId),
            matched: row.match_kind.map(kind).transpose()?.map(|kind| Match { kind, id: row.match_id }),
            address: row.address.map(address).transpose()?,
            cached: row.cached,
            request_id: None,
            source: Source::from_name(&row.source).ok_or_else(|| corrupt("source", &row.source))?,
        })
    }
}

/// A change of the catalog as it is read.
#[derive(Debug, Queryable)]
pub(crate) struct ChangeRow {
    pub(crate) id: i64,
    changed_at: NaiveDateTime,
    provider_id: i64,
    provider_name: Option<String>,
    kind: String,
    subject: String,
    added: bool,
}

impl TryFrom<ChangeRow> for CatalogChange {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        let entry = entry(&row.kind, &row.subject).ok_or_else(|| {
            StoreError::Corrupt(format!("{} {:?} of a change of the catalog", row.kind, row.subject))
        })?;
        Ok(Self {
            changed_at: utc(row.changed_at),
            provider: ProviderId(row.provider_id),
            provider_name: row.provider_name,
            effect: if row.added { Effect::Added } else { Effect::Removed },
            entry,
        })
    }
}

fn entry(kind: &str, subject: &str) -> Option<Entry> {
    Some(match kind {
        "range" => {
            let (start, end) = subject.split_once('-')?;
            Entry::Range(IpRange::new(start.parse().ok()?, end.parse().ok()?).ok()?)
        }
        "asn" => Entry::Asn { asn: Asn::parse(subject).ok()? },
        "linked_domain" => Entry::LinkedDomain { domain: Host::parse(subject).ok()? },
        "carbon_txt" => Entry::CarbonTxt { domain: Host::parse(subject).ok()? },
        "provider" => Entry::Provider,
        _ => return None,
    })
}
