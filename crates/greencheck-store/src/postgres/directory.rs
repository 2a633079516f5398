use async_trait::async_trait;
use diesel::{OptionalExtension, QueryResult};
use diesel_async::RunQueryDsl;
use greencheck_core::directory::{Co2Table, HostedDomain, Listing, ProviderDetail, ProviderProfile};
use greencheck_core::ports::{Directory, DirectoryError};
use greencheck_core::{Generation, Host, ProviderId};

use super::{Conn, PgStore};
use crate::directory::{self, DetailRows, DomainColumns, ProfileRows, RegisteredRows};
use crate::failure::query_error;
use crate::queries;
use crate::rows::ProviderRow;

#[async_trait]
impl Directory for PgStore {
    async fn listing(&self) -> Result<Listing, DirectoryError> {
        let mut conn = self.conn().await?;
        // One snapshot for all queries, here and below.
        let mut transaction = conn.build_transaction().read_only().repeatable_read();
        let (generation, rows) =
            transaction.run(async |conn| listing(conn).await).await.map_err(query_error)?;
        drop(conn);
        Ok(Listing { generation, providers: directory::profiles(rows) })
    }

    async fn provider(&self, id: ProviderId) -> Result<Option<ProviderDetail>, DirectoryError> {
        let mut conn = self.conn().await?;
        let mut transaction = conn.build_transaction().read_only().repeatable_read();
        let rows = transaction.run(async |conn| provider(conn, id.0).await).await.map_err(query_error)?;
        drop(conn);
        Ok(directory::detail(rows))
    }

    async fn providers(
        &self,
        after: Option<ProviderId>,
        limit: u16,
    ) -> Result<Vec<ProviderProfile>, DirectoryError> {
        let after = after.map_or(i64::MIN, |id| id.0);
        let mut conn = self.conn().await?;
        let mut transaction = conn.build_transaction().read_only().repeatable_read();
        let page = async |conn: &mut Conn| {
            let shown = queries::shown_providers_after(after, limit.into()).load(conn).await?;
            profiles_of(conn, shown).await
        };
        let rows = transaction.run(page).await.map_err(query_error)?;
        drop(conn);
        Ok(directory::profiles(rows))
    }

    async fn domains(
        &self,
        provider: ProviderId,
        after: Option<&Host>,
        limit: u16,
    ) -> Result<Option<Vec<HostedDomain>>, DirectoryError> {
        let mut conn = self.conn().await?;
        let known: Option<ProviderRow> =
            queries::provider(provider.0).first(&mut conn).await.optional().map_err(query_error)?;
        if known.is_none() {
            return Ok(None);
        }
        let after = after.map_or("", Host::as_str);
        let page = queries::domains_of_after(provider.0, after, limit.into());
        let rows: Vec<DomainColumns> = page.load(&mut conn).await.map_err(query_error)?;
        drop(conn);
        Ok(Some(directory::domains(rows)?))
    }

    async fn co2(&self) -> Result<Co2Table, DirectoryError> {
        let mut conn = self.conn().await?;
        let mut transaction = conn.build_transaction().read_only().repeatable_read();
        let read = async |conn: &mut Conn| -> QueryResult<_> {
            let generation: i64 = queries::generation().first(conn).await?;
            Ok((generation, queries::co2_by_year().load(conn).await?))
        };
        let (generation, rows) = transaction.run(read).await.map_err(query_error)?;
        drop(conn);
        let generation = Generation(generation.unsigned_abs());
        Ok(Co2Table { generation, rows: directory::newest_by_country(rows) })
    }
}

async fn listing(conn: &mut Conn) -> QueryResult<(Generation, ProfileRows)> {
    let generation: i64 = queries::generation().first(conn).await?;
    let rows = ProfileRows {
        providers: queries::listed_providers().load(conn).await?,
        services: queries::services().load(conn).await?,
        documents: queries::public_documents().load(conn).await?,
        carbon_txts: queries::carbon_txt_urls().load(conn).await?,
    };
    Ok((Generation(generation.unsigned_abs()), rows))
}

async fn provider(conn: &mut Conn, id: i64) -> QueryResult<DetailRows> {
    let found: Vec<ProviderRow> = queries::provider(id).load(conn).await?;
    let profile = profiles_of(conn, found).await?;
    let datacenters: Vec<i64> = queries::datacenter_ids_of(id).load(conn).await?;
    Ok(DetailRows {
        profile,
        datacenters: queries::datacenters_among(&datacenters).load(conn).await?,
        certificates: queries::certificates_of(&datacenters).load(conn).await?,
        registered: registered(conn, id).await?,
    })
}

async fn registered(conn: &mut Conn, id: i64) -> QueryResult<RegisteredRows> {
    Ok(RegisteredRows {
        ipv4_ranges: queries::count_ranges_of(id, 4).first(conn).await?,
        ipv6_ranges: queries::count_ranges_of(id, 6).first(conn).await?,
        asns: queries::announced_by(id).load(conn).await?,
        linked_domains: queries::count_linked_domains_of(id).first(conn).await?,
    })
}

async fn profiles_of(conn: &mut Conn, providers: Vec<ProviderRow>) -> QueryResult<ProfileRows> {
    let ids: Vec<i64> = providers.iter().map(|row| row.id).collect();
    Ok(ProfileRows {
        providers,
        services: queries::services_of(&ids).load(conn).await?,
        documents: queries::public_documents_of(&ids).load(conn).await?,
        carbon_txts: queries::carbon_txt_urls_of(&ids).load(conn).await?,
    })
}
