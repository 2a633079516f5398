//! Rows of a provider's networks as the plan of an import, and back. Pure: both databases use it.

use chrono::NaiveDateTime;
use greencheck_core::networks::{
    NetworkList, NetworkPlan, NetworkRefusal, StoredEntry, StoredNetworks, TakenAsn,
};
use greencheck_core::ports::StoreError;
use greencheck_core::{Asn, IpRange, ProviderId};

use crate::rows::{AsnRow, IpRangeRow, ListedAsn, ListedRange};

/// A provider's rows, and active rows of others with AS numbers of the list.
pub(crate) struct NetworkRows {
    /// Name, and whether it is archived; `None` if there is no such provider.
    pub(crate) provider: Option<(String, bool)>,
    pub(crate) ranges: Vec<IpRangeRow>,
    pub(crate) asns: Vec<AsnRow>,
    pub(crate) taken: Vec<AsnRow>,
}

/// A plan that may be carried out.
pub(crate) struct Accepted {
    /// The name of the provider.
    pub(crate) name: String,
    pub(crate) plan: NetworkPlan,
}

/// Compares the list with what is stored, or says why it is not taken.
pub(crate) fn accept(
    provider: ProviderId,
    list: &NetworkList,
    rows: NetworkRows,
    force: bool,
) -> Result<Accepted, StoreError> {
    let name = match rows.provider {
        None => return Err(refused(&NetworkRefusal::UnknownProvider(provider))),
        Some((name, true)) => return Err(refused(&NetworkRefusal::Archived(provider, name))),
        Some((name, false)) => name,
    };
    let stored = StoredNetworks {
        ranges: rows.ranges.iter().map(stored_range).collect::<Result<_, _>>()?,
        asns: rows.asns.iter().map(stored_asn).collect::<Result<_, _>>()?,
        taken: rows.taken.iter().map(taken).collect::<Result<_, _>>()?,
    };
    let plan = NetworkPlan::new(list, &stored);
    plan.check(list, &stored, force).map_err(|refusal| refused(&refusal))?;
    Ok(Accepted { name, plan })
}

/// The AS numbers of the list, as the column has them.
pub(crate) fn asn_numbers(list: &NetworkList) -> Vec<i64> {
    list.asns.iter().map(|asn| i64::from(asn.get())).collect()
}

pub(crate) fn ids<T>(entries: &[StoredEntry<T>]) -> Vec<i64> {
    entries.iter().map(|entry| entry.id).collect()
}

pub(crate) fn new_ranges(provider: ProviderId, ranges: &[IpRange], now: NaiveDateTime) -> Vec<ListedRange> {
    let row = |range: &IpRange| ListedRange {
        provider_id: provider.0,
        start_address: range.start().to_string(),
        end_address: range.end().to_string(),
        family: if range.is_v4() { 4 } else { 6 },
        active: true,
        created: now,
        modified: now,
    };
    ranges.iter().map(row).collect()
}

pub(crate) fn new_asns(provider: ProviderId, asns: &[Asn], now: NaiveDateTime) -> Vec<ListedAsn> {
    let row = |asn: &Asn| ListedAsn {
        provider_id: provider.0,
        asn: asn.get().into(),
        active: true,
        created: now,
        modified: now,
    };
    asns.iter().map(row).collect()
}

fn stored_range(row: &IpRangeRow) -> Result<StoredEntry<IpRange>, StoreError> {
    let bounds = row.start_address.parse().ok().zip(row.end_address.parse().ok());
    let range = bounds.and_then(|(start, end)| IpRange::new(start, end).ok()).ok_or_else(|| {
        let (start, end) = (&row.start_address, &row.end_address);
        StoreError::Corrupt(format!("ip_ranges: row {} from `{start}` to `{end}`", row.id))
    })?;
    Ok(StoredEntry { id: row.id, value: range, active: row.active })
}

fn stored_asn(row: &AsnRow) -> Result<StoredEntry<Asn>, StoreError> {
    Ok(StoredEntry { id: row.id, value: asn(row)?, active: row.active })
}

fn taken(row: &AsnRow) -> Result<TakenAsn, StoreError> {
    Ok(TakenAsn { id: row.id, asn: asn(row)?, provider: ProviderId(row.provider_id) })
}

fn asn(row: &AsnRow) -> Result<Asn, StoreError> {
    let asn = u32::try_from(row.asn).ok().and_then(Asn::new);
    asn.ok_or_else(|| StoreError::Corrupt(format!("asns: row {} with number {}", row.id, row.asn)))
}

fn refused(refusal: &NetworkRefusal) -> StoreError {
    StoreError::Invalid(refusal.to_string())
}
