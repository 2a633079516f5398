use async_trait::async_trait;
use diesel::dsl::now;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, RunQueryDsl};
use greencheck_core::networks::{NetworkList, NetworkPlan, NetworkReport};
use greencheck_core::ports::{NetworkImport, Replace, StoreError};
use greencheck_core::{Generation, ProviderId};

use super::{Conn, PgStore, take_your_time};
use crate::failure::Failure;
use crate::networks::{NetworkRows, accept, asn_numbers, ids, new_asns, new_ranges};
use crate::queries::{self, next_generation, set_active};
use crate::schema::{asns, ip_ranges};

/// Rows in one statement, below PostgreSQL's limit of 65,535 parameters.
const ROWS: usize = 2_000;

#[async_trait]
impl NetworkImport for PgStore {
    async fn replace_networks(
        &self,
        provider: ProviderId,
        list: &NetworkList,
        replace: Replace,
    ) -> Result<NetworkReport, StoreError> {
        let mut conn = self.conn().await?;
        let replaced = conn
            .transaction::<_, Failure, _>(async |conn| replace_networks(conn, provider, list, replace).await);
        Ok(replaced.await?)
    }
}

async fn replace_networks(
    conn: &mut Conn,
    provider: ProviderId,
    list: &NetworkList,
    replace: Replace,
) -> Result<NetworkReport, Failure> {
    take_your_time(conn).await?;
    // Whoever writes to the catalog takes this row's lock: what is read below stays true to the end.
    let current: i64 = queries::generation().for_update().first(conn).await?;
    let accepted = accept(provider, list, stored(conn, provider, list).await?, replace.force)?;
    let generation = if replace.dry_run || accepted.plan.changes_nothing() {
        current
    } else {
        let generation = next_generation!().get_result(conn).await?;
        apply(conn, provider, &accepted.plan).await?;
        generation
    };
    let generation = Generation(generation.unsigned_abs());
    Ok(NetworkReport::new(provider, accepted.name, &accepted.plan, generation))
}

async fn stored(conn: &mut Conn, provider: ProviderId, list: &NetworkList) -> QueryResult<NetworkRows> {
    Ok(NetworkRows {
        provider: queries::provider_state(provider.0).first(conn).await.optional()?,
        ranges: queries::ranges_of(provider.0).load(conn).await?,
        asns: queries::asns_of(provider.0).load(conn).await?,
        taken: queries::asns_of_others(provider.0, &asn_numbers(list)).load(conn).await?,
    })
}

async fn apply(conn: &mut Conn, provider: ProviderId, plan: &NetworkPlan) -> QueryResult<()> {
    let at: chrono::NaiveDateTime = diesel::select(now).get_result(conn).await?;
    for (changes, active) in [(&plan.ranges.deactivate, false), (&plan.ranges.activate, true)] {
        for ids in ids(changes).chunks(ROWS) {
            set_active!(ip_ranges, ids, active, at).execute(conn).await?;
        }
    }
    for (changes, active) in [(&plan.asns.deactivate, false), (&plan.asns.activate, true)] {
        for ids in ids(changes).chunks(ROWS) {
            set_active!(asns, ids, active, at).execute(conn).await?;
        }
    }
    for rows in new_ranges(provider, &plan.ranges.insert, at).chunks(ROWS) {
        diesel::insert_into(ip_ranges::table).values(rows).execute(conn).await?;
    }
    for rows in new_asns(provider, &plan.asns.insert, at).chunks(ROWS) {
        diesel::insert_into(asns::table).values(rows).execute(conn).await?;
    }
    Ok(())
}
