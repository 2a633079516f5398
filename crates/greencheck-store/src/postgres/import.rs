use diesel::dsl::now;
use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::RunQueryDsl;
use greencheck_core::Generation;
use greencheck_core::catalog::{CatalogDocument, ImportReport};

use super::sequences::move_past_ids;
use super::{Conn, take_your_time};
use crate::failure::Failure;
use crate::import::{Existing, Hashes, Prepared, links, prepare, report};
use crate::queries::{
    self, next_generation, upsert_asns, upsert_co2_intensity, upsert_datacenters, upsert_documents,
    upsert_linked_domains, upsert_providers, upsert_ranges, upsert_verdicts,
};
use crate::schema::{
    asns, carbon_txts, datacenter_certificates, datacenter_providers, provider_services, user_groups,
    user_providers,
};

/// Rows in one statement, below PostgreSQL's limit of 65,535 parameters.
const ROWS: usize = 2_000;

/// Writes `$rows` in statements of a bearable size, each made by the macro `$statement`.
macro_rules! write {
    ($conn:expr, $rows:expr, $statement:ident) => {
        for chunk in $rows.chunks(ROWS) {
            $statement!(chunk).execute($conn).await?;
        }
    };
}

/// Deletes the children of `$owners`, then writes `$rows` in their place.
macro_rules! replace {
    ($conn:expr, $table:ident, $owner:ident, $owners:expr, $rows:expr) => {
        for chunk in $owners.chunks(ROWS) {
            diesel::delete($table::table.filter($table::$owner.eq_any(chunk))).execute($conn).await?;
        }
        for chunk in $rows.chunks(ROWS) {
            diesel::insert_into($table::table).values(chunk).execute($conn).await?;
        }
    };
}

pub(super) async fn import(
    conn: &mut Conn,
    document: &CatalogDocument,
    hashes: &Hashes,
) -> Result<ImportReport, Failure> {
    take_your_time(conn).await?;
    let generation: i64 = next_generation!().get_result(conn).await?;
    let existing = existing(conn, document).await?;
    let rows = prepare(document, &existing, hashes)?;
    write_evidence(conn, &rows).await?;
    write_networks(conn, &rows).await?;
    write_users(conn, document, &rows).await?;
    for table in ["providers", "supporting_documents", "datacenters", "ip_ranges", "asns"] {
        move_past_ids(conn, table).await?;
    }
    Ok(report(document, Generation(generation.unsigned_abs())))
}

async fn existing(conn: &mut Conn, document: &CatalogDocument) -> QueryResult<Existing> {
    Ok(Existing {
        providers: queries::providers().load(conn).await?,
        active_asns: queries::active_asns().load(conn).await?,
        carbon_txts: queries::carbon_txts().load(conn).await?,
        users: named_users(conn, document).await?,
        now: diesel::select(now).get_result(conn).await?,
    })
}

async fn named_users(conn: &mut Conn, document: &CatalogDocument) -> QueryResult<Vec<crate::rows::UserRow>> {
    let names: Vec<&str> = document.users.iter().map(|user| user.username.as_str()).collect();
    let mut rows = Vec::new();
    for chunk in names.chunks(ROWS) {
        rows.extend(queries::users_among(chunk).load::<crate::rows::UserRow>(conn).await?);
    }
    Ok(rows)
}

async fn write_evidence(conn: &mut Conn, rows: &Prepared) -> QueryResult<()> {
    write!(conn, rows.providers, upsert_providers);
    replace!(conn, provider_services, provider_id, rows.service_owners, rows.services);
    write!(conn, rows.documents, upsert_documents);
    write!(conn, rows.datacenters, upsert_datacenters);
    replace!(conn, datacenter_providers, datacenter_id, rows.datacenter_ids, rows.datacenter_providers);
    replace!(conn, datacenter_certificates, datacenter_id, rows.datacenter_ids, rows.certificates);
    write!(conn, rows.co2_intensity, upsert_co2_intensity);
    Ok(())
}

async fn write_networks(conn: &mut Conn, rows: &Prepared) -> QueryResult<()> {
    write!(conn, rows.ip_ranges, upsert_ranges);
    // What is unique may have changed hands within the document: first it is let go of.
    for chunk in rows.asns_given_up.chunks(ROWS) {
        diesel::update(asns::table.filter(asns::id.eq_any(chunk)))
            .set(asns::active.eq(false))
            .execute(conn)
            .await?;
    }
    write!(conn, rows.asns, upsert_asns);
    for chunk in rows.carbon_txts_given_up.chunks(ROWS) {
        diesel::update(carbon_txts::table.filter(carbon_txts::provider_id.eq_any(chunk)))
            .set(carbon_txts::domain.eq(None::<String>))
            .execute(conn)
            .await?;
    }
    for chunk in rows.carbon_txts.chunks(ROWS) {
        queries::upsert!(carbon_txts, chunk, provider_id, [domain, url, shared_secret]).execute(conn).await?;
    }
    write!(conn, rows.linked_domains, upsert_linked_domains);
    write!(conn, rows.green_domains, upsert_verdicts);
    Ok(())
}

async fn write_users(conn: &mut Conn, document: &CatalogDocument, rows: &Prepared) -> QueryResult<()> {
    for chunk in rows.users.chunks(ROWS) {
        queries::upsert!(users, chunk, username, [password_hash]).execute(conn).await?;
    }
    let links = links(document, &named_users(conn, document).await?);
    replace!(conn, user_providers, user_id, links.users, links.providers);
    replace!(conn, user_groups, user_id, links.users, links.groups);
    Ok(())
}
