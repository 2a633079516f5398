use async_trait::async_trait;
use diesel::prelude::*;
use greencheck_core::Generation;
use greencheck_core::catalog::{CatalogData, CatalogDocument, ImportReport};
use greencheck_core::ports::{CatalogImport, Catalogs, StoreError};

use super::{SqliteStore, import};
use crate::assemble::{self, CatalogRows};
use crate::export::{self, StoredRows};
use crate::failure::Failure;
use crate::queries;

#[async_trait]
impl Catalogs for SqliteStore {
    async fn load(&self) -> Result<(Generation, CatalogData), StoreError> {
        let (generation, rows) = self.read(|conn| conn.transaction(catalog_rows)).await?;
        Ok((generation, assemble::catalog(rows)?))
    }

    async fn generation(&self) -> Result<Generation, StoreError> {
        self.read(generation).await
    }
}

#[async_trait]
impl CatalogImport for SqliteStore {
    async fn import(&self, document: &CatalogDocument) -> Result<ImportReport, StoreError> {
        let hashes = crate::import::begin(document).await?;
        let document = document.clone();
        self.write(move |conn| import::import(conn, &document, &hashes)).await
    }

    async fn export(&self, with_secrets: bool) -> Result<CatalogDocument, StoreError> {
        let rows = self.read(|conn| conn.transaction(stored_rows)).await?;
        export::document(rows, with_secrets)
    }
}

fn generation(conn: &mut SqliteConnection) -> Result<Generation, Failure> {
    Ok(Generation(queries::generation().first::<i64>(conn)?.unsigned_abs()))
}

fn catalog_rows(conn: &mut SqliteConnection) -> Result<(Generation, CatalogRows), Failure> {
    let generation = generation(conn)?;
    let rows = CatalogRows {
        providers: queries::providers().load(conn)?,
        documents: queries::public_documents().load(conn)?,
        ranges: queries::active_ranges().load(conn)?,
        asns: queries::active_asns().load(conn)?,
        carbon_txts: queries::carbon_txts().load(conn)?,
        linked_domains: queries::approved_domains().load(conn)?,
    };
    Ok((generation, rows))
}

fn stored_rows(conn: &mut SqliteConnection) -> Result<StoredRows, Failure> {
    Ok(StoredRows {
        providers: queries::providers().load(conn)?,
        services: queries::services().load(conn)?,
        documents: queries::documents().load(conn)?,
        datacenters: queries::datacenters().load(conn)?,
        datacenter_providers: queries::datacenter_providers().load(conn)?,
        certificates: queries::certificates().load(conn)?,
        ip_ranges: queries::ranges().load(conn)?,
        asns: queries::asns().load(conn)?,
        carbon_txts: queries::carbon_txts().load(conn)?,
        linked_domains: queries::linked_domains().load(conn)?,
        users: queries::users().load(conn)?,
        user_providers: queries::user_providers().load(conn)?,
        user_groups: queries::user_groups().load(conn)?,
        green_domains: queries::all_verdicts().load(conn)?,
        co2_intensity: queries::co2_intensity().load(conn)?,
    })
}
