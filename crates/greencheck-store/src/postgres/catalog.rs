use async_trait::async_trait;
use diesel_async::{AsyncConnection, RunQueryDsl};
use greencheck_core::Generation;
use greencheck_core::catalog::{CatalogData, CatalogDocument, ImportReport};
use greencheck_core::ports::{CatalogImport, Catalogs, StoreError};

use super::{Conn, PgStore, import, take_your_time};
use crate::assemble::{self, CatalogRows};
use crate::export::{self, StoredRows};
use crate::failure::{Failure, query_error};
use crate::queries;

#[async_trait]
impl Catalogs for PgStore {
    async fn load(&self) -> Result<(Generation, CatalogData), StoreError> {
        let mut conn = self.conn().await?;
        // One snapshot for all queries.
        let mut transaction = conn.build_transaction().read_only().repeatable_read();
        let (generation, rows) =
            transaction.run(async |conn| catalog_rows(conn).await).await.map_err(query_error)?;
        Ok((Generation(generation.unsigned_abs()), assemble::catalog(rows)?))
    }

    async fn generation(&self) -> Result<Generation, StoreError> {
        let mut conn = self.conn().await?;
        let generation: i64 = queries::generation().first(&mut conn).await.map_err(query_error)?;
        Ok(Generation(generation.unsigned_abs()))
    }
}

#[async_trait]
impl CatalogImport for PgStore {
    async fn import(&self, document: &CatalogDocument) -> Result<ImportReport, StoreError> {
        let hashes = crate::import::begin(document).await?;
        let mut conn = self.conn().await?;
        let report = conn
            .transaction::<_, Failure, _>(async |conn| import::import(conn, document, &hashes).await)
            .await?;
        Ok(report)
    }

    async fn export(&self, with_secrets: bool) -> Result<CatalogDocument, StoreError> {
        let mut conn = self.conn().await?;
        let mut transaction = conn.build_transaction().read_only().repeatable_read();
        let rows = transaction.run(async |conn| stored_rows(conn).await).await.map_err(query_error)?;
        export::document(rows, with_secrets)
    }
}

async fn catalog_rows(conn: &mut Conn) -> diesel::QueryResult<(i64, CatalogRows)> {
    take_your_time(conn).await?;
    let generation = queries::generation().first(conn).await?;
    let rows = CatalogRows {
        providers: queries::providers().load(conn).await?,
        documents: queries::public_documents().load(conn).await?,
        ranges: queries::active_ranges().load(conn).await?,
        asns: queries::active_asns().load(conn).await?,
        carbon_txts: queries::carbon_txts().load(conn).await?,
        linked_domains: queries::approved_domains().load(conn).await?,
    };
    Ok((generation, rows))
}

async fn stored_rows(conn: &mut Conn) -> diesel::QueryResult<StoredRows> {
    take_your_time(conn).await?;
    Ok(StoredRows {
        providers: queries::providers().load(conn).await?,
        services: queries::services().load(conn).await?,
        documents: queries::documents().load(conn).await?,
        datacenters: queries::datacenters().load(conn).await?,
        datacenter_providers: queries::datacenter_providers().load(conn).await?,
        certificates: queries::certificates().load(conn).await?,
        ip_ranges: queries::ranges().load(conn).await?,
        asns: queries::asns().load(conn).await?,
        carbon_txts: queries::carbon_txts().load(conn).await?,
        linked_domains: queries::linked_domains().load(conn).await?,
        users: queries::users().load(conn).await?,
        user_providers: queries::user_providers().load(conn).await?,
        user_groups: queries::user_groups().load(conn).await?,
        green_domains: queries::all_verdicts().load(conn).await?,
        co2_intensity: queries::co2_intensity().load(conn).await?,
    })
}
