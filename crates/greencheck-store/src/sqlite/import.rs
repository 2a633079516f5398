use diesel::dsl::now;
use diesel::prelude::*;
use greencheck_core::Generation;
use greencheck_core::catalog::{CatalogDocument, ImportReport};

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

/// Rows in one statement, below SQLite's limit of 32,766 parameters.
const ROWS: usize = 500;

/// Writes `$rows` in statements of a bearable size, each made by the macro `$statement`.
macro_rules! write {
    ($conn:expr, $rows:expr, $statement:ident) => {
        for chunk in $rows.chunks(ROWS) {
            $statement!(chunk).execute($conn)?;
        }
    };
}

/// Deletes the children of `$owners`, then writes `$rows` in their place.
macro_rules! replace {
    ($conn:expr, $table:ident, $owner:ident, $owners:expr, $rows:expr) => {
        for chunk in $owners.chunks(ROWS) {
            diesel::delete($table::table.filter($table::$owner.eq_any(chunk))).execute($conn)?;
        }
        for chunk in $rows.chunks(ROWS) {
            diesel::insert_into($table::table).values(chunk).execute($conn)?;
        }
    };
}

pub(super) fn import(
    conn: &mut SqliteConnection,
    document: &CatalogDocument,
    hashes: &Hashes,
) -> Result<ImportReport, Failure> {
    let generation: i64 = next_generation!().get_result(conn)?;
    let existing = existing(conn, document)?;
    let rows = prepare(document, &existing, hashes)?;
    write_evidence(conn, &rows)?;
    write_networks(conn, &rows)?;
    write_users(conn, document, &rows)?;
    Ok(report(document, Generation(generation.unsigned_abs())))
}

fn existing(conn: &mut SqliteConnection, document: &CatalogDocument) -> QueryResult<Existing> {
    Ok(Existing {
        providers: queries::providers().load(conn)?,
        active_asns: queries::active_asns().load(conn)?,
        carbon_txts: queries::carbon_txts().load(conn)?,
        users: named_users(conn, document)?,
        now: diesel::select(now).get_result(conn)?,
    })
}

fn named_users(
    conn: &mut SqliteConnection,
    document: &CatalogDocument,
) -> QueryResult<Vec<crate::rows::UserRow>> {
    let names: Vec<&str> = document.users.iter().map(|user| user.username.as_str()).collect();
    let mut rows = Vec::new();
    for chunk in names.chunks(ROWS) {
        rows.extend(queries::users_among(chunk).load::<crate::rows::UserRow>(conn)?);
    }
    Ok(rows)
}

fn write_evidence(conn: &mut SqliteConnection, rows: &Prepared) -> QueryResult<()> {
    write!(conn, rows.providers, upsert_providers);
    replace!(conn, provider_services, provider_id, rows.service_owners, rows.services);
    write!(conn, rows.documents, upsert_documents);
    write!(conn, rows.datacenters, upsert_datacenters);
    replace!(conn, datacenter_providers, datacenter_id, rows.datacenter_ids, rows.datacenter_providers);
    replace!(conn, datacenter_certificates, datacenter_id, rows.datacenter_ids, rows.certificates);
    write!(conn, rows.co2_intensity, upsert_co2_intensity);
    Ok(())
}

fn write_networks(conn: &mut SqliteConnection, rows: &Prepared) -> QueryResult<()> {
    write!(conn, rows.ip_ranges, upsert_ranges);
    // What is unique may have changed hands within the document: first it is let go of.
    for chunk in rows.asns_given_up.chunks(ROWS) {
        diesel::update(asns::table.filter(asns::id.eq_any(chunk)))
            .set(asns::active.eq(false))
            .execute(conn)?;
    }
    write!(conn, rows.asns, upsert_asns);
    for chunk in rows.carbon_txts_given_up.chunks(ROWS) {
        diesel::update(carbon_txts::table.filter(carbon_txts::provider_id.eq_any(chunk)))
            .set(carbon_txts::domain.eq(None::<String>))
            .execute(conn)?;
    }
    for chunk in rows.carbon_txts.chunks(ROWS) {
        queries::upsert!(carbon_txts, chunk, provider_id, [domain, url, shared_secret]).execute(conn)?;
    }
    write!(conn, rows.linked_domains, upsert_linked_domains);
    write!(conn, rows.green_domains, upsert_verdicts);
    Ok(())
}

fn write_users(conn: &mut SqliteConnection, document: &CatalogDocument, rows: &Prepared) -> QueryResult<()> {
    for chunk in rows.users.chunks(ROWS) {
        queries::upsert!(users, chunk, username, [password_hash]).execute(conn)?;
    }
    let links = links(document, &named_users(conn, document)?);
    replace!(conn, user_providers, user_id, links.users, links.providers);
    replace!(conn, user_groups, user_id, links.users, links.groups);
    Ok(())
}
