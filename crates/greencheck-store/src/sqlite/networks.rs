use async_trait::async_trait;
use diesel::dsl::now;
use diesel::prelude::*;
use greencheck_core::networks::{NetworkList, NetworkPlan, NetworkReport};
use greencheck_core::ports::{NetworkImport, Replace, StoreError};
use greencheck_core::{Generation, ProviderId};

use super::SqliteStore;
use crate::failure::Failure;
use crate::networks::{NetworkRows, accept, asn_numbers, ids, new_asns, new_ranges};
use crate::queries::{self, next_generation, set_active};
use crate::rows::AsnRow;
use crate::schema::{asns, ip_ranges};

/// Rows in one statement, below SQLite's limit of 32,766 parameters.
const ROWS: usize = 500;

#[async_trait]
impl NetworkImport for SqliteStore {
    async fn replace_networks(
        &self,
        provider: ProviderId,
        list: &NetworkList,
        replace: Replace,
    ) -> Result<NetworkReport, StoreError> {
        let list = list.clone();
        self.write(move |conn| replace_networks(conn, provider, &list, replace)).await
    }
}

/// Within a write transaction: nobody else writes meanwhile.
fn replace_networks(
    conn: &mut SqliteConnection,
    provider: ProviderId,
    list: &NetworkList,
    replace: Replace,
) -> Result<NetworkReport, Failure> {
    let accepted = accept(provider, list, stored(conn, provider, list)?, replace.force)?;
    let generation: i64 = if replace.dry_run || accepted.plan.changes_nothing() {
        queries::generation().first(conn)?
    } else {
        let generation = next_generation!().get_result(conn)?;
        apply(conn, provider, &accepted.plan)?;
        generation
    };
    let generation = Generation(generation.unsigned_abs());
    Ok(NetworkReport::new(provider, accepted.name, &accepted.plan, generation))
}

fn stored(conn: &mut SqliteConnection, provider: ProviderId, list: &NetworkList) -> QueryResult<NetworkRows> {
    let mut taken: Vec<AsnRow> = Vec::new();
    for numbers in asn_numbers(list).chunks(ROWS) {
        taken.extend(queries::asns_of_others(provider.0, numbers).load::<AsnRow>(conn)?);
    }
    Ok(NetworkRows {
        provider: queries::provider_state(provider.0).first(conn).optional()?,
        ranges: queries::ranges_of(provider.0).load(conn)?,
        asns: queries::asns_of(provider.0).load(conn)?,
        taken,
    })
}

fn apply(conn: &mut SqliteConnection, provider: ProviderId, plan: &NetworkPlan) -> QueryResult<()> {
    let at: chrono::NaiveDateTime = diesel::select(now).get_result(conn)?;
    for (changes, active) in [(&plan.ranges.deactivate, false), (&plan.ranges.activate, true)] {
        for ids in ids(changes).chunks(ROWS) {
            set_active!(ip_ranges, ids, active, at).execute(conn)?;
        }
    }
    for (changes, active) in [(&plan.asns.deactivate, false), (&plan.asns.activate, true)] {
        for ids in ids(changes).chunks(ROWS) {
            set_active!(asns, ids, active, at).execute(conn)?;
        }
    }
    for rows in new_ranges(provider, &plan.ranges.insert, at).chunks(ROWS) {
        diesel::insert_into(ip_ranges::table).values(rows).execute(conn)?;
    }
    for rows in new_asns(provider, &plan.asns.insert, at).chunks(ROWS) {
        diesel::insert_into(asns::table).values(rows).execute(conn)?;
    }
    Ok(())
}
