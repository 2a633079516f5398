use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use greencheck_core::IpRange;
use greencheck_core::catalog::CatalogDocument;
use greencheck_core::ports::StoreError;

use super::Existing;
use super::fields::{address, invalid};
use crate::rows::{AsnRow, IpRangeRow};

pub(super) fn ranges(document: &CatalogDocument, now: NaiveDateTime) -> Result<Vec<IpRangeRow>, StoreError> {
    let mut rows = Vec::with_capacity(document.ip_ranges.len());
    for (at, record) in document.ip_ranges.iter().enumerate() {
        let path = |field: &str| format!("ip_ranges[{at}].{field}");
        let start = address(&record.start, || path("start"))?;
        let end = address(&record.end, || path("end"))?;
        let range = IpRange::new(start, end).map_err(|error| invalid(&path("end"), error))?;
        rows.push(IpRangeRow {
            id: record.id,
            provider_id: record.provider,
            start_address: start.to_string(),
            end_address: end.to_string(),
            family: if range.is_v4() { 4 } else { 6 },
            active: record.active,
            created: now,
            modified: now,
        });
    }
    Ok(rows)
}

pub(super) fn asns(document: &CatalogDocument, existing: &Existing) -> Result<Vec<AsnRow>, StoreError> {
    let replaced: HashSet<i64> = document.asns.iter().map(|record| record.id).collect();
    let taken: HashMap<i64, &AsnRow> = existing
        .active_asns
        .iter()
        .filter(|row| !replaced.contains(&row.id))
        .map(|row| (row.asn, row))
        .collect();
    let mut rows = Vec::with_capacity(document.asns.len());
    for (at, record) in document.asns.iter().enumerate() {
        let asn = i64::from(record.asn);
        if let Some(row) = taken.get(&asn).filter(|_| record.active) {
            let problem = format!("{asn} is entry {} of provider {} already", row.id, row.provider_id);
            return Err(invalid(&format!("asns[{at}].asn"), problem));
        }
        rows.push(AsnRow {
            id: record.id,
            provider_id: record.provider,
            asn,
            active: record.active,
            created: existing.now,
            modified: existing.now,
        });
    }
    Ok(rows)
}

/// The entries whose number `rows` change or end.
pub(super) fn given_up(rows: &[AsnRow], existing: &Existing) -> Vec<i64> {
    let active: HashMap<i64, i64> = existing.active_asns.iter().map(|row| (row.id, row.asn)).collect();
    let changed =
        rows.iter().filter(|row| active.get(&row.id).is_some_and(|asn| !row.active || *asn != row.asn));
    changed.map(|row| row.id).collect()
}
