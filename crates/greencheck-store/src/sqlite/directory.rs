use async_trait::async_trait;
use diesel::prelude::*;
use greencheck_core::directory::{Co2Table, HostedDomain, Listing, ProviderDetail, ProviderProfile};
use greencheck_core::ports::{Directory, DirectoryError};
use greencheck_core::{Generation, Host, ProviderId};

use super::SqliteStore;
use crate::directory::{self, DetailRows, DomainColumns, ProfileRows, RegisteredRows};
use crate::failure::Failure;
use crate::queries;
use crate::rows::ProviderRow;

#[async_trait]
impl Directory for SqliteStore {
    async fn listing(&self) -> Result<Listing, DirectoryError> {
        let (generation, rows) = self.read(|conn| conn.transaction(listing)).await?;
        Ok(Listing { generation, providers: directory::profiles(rows) })
    }

    async fn provider(&self, id: ProviderId) -> Result<Option<ProviderDetail>, DirectoryError> {
        let rows = self.read(move |conn| conn.transaction(|conn| provider(conn, id.0))).await?;
        Ok(directory::detail(rows))
    }

    async fn providers(
        &self,
        after: Option<ProviderId>,
        limit: u16,
    ) -> Result<Vec<ProviderProfile>, DirectoryError> {
        let after = after.map_or(i64::MIN, |id| id.0);
        let page = move |conn: &mut SqliteConnection| {
            conn.transaction(|conn| {
                let shown = queries::shown_providers_after(after, limit.into()).load(conn)?;
                profiles_of(conn, shown)
            })
        };
        Ok(directory::profiles(self.read(page).await?))
    }

    async fn domains(
        &self,
        provider: ProviderId,
        after: Option<&Host>,
        limit: u16,
    ) -> Result<Option<Vec<HostedDomain>>, DirectoryError> {
        let after = after.cloned();
        let rows = self
            .read(move |conn| {
                let known: Option<ProviderRow> = queries::provider(provider.0).first(conn).optional()?;
                let after = after.as_ref().map_or("", Host::as_str);
                let page = queries::domains_of_after(provider.0, after, limit.into());
                Ok(known.map(|_| page.load::<DomainColumns>(conn)).transpose()?)
            })
            .await?;
        Ok(rows.map(directory::domains).transpose()?)
    }

    async fn co2(&self) -> Result<Co2Table, DirectoryError> {
        let (generation, rows) = self
            .read(|conn| {
                conn.transaction(|conn| {
                    let generation: i64 = queries::generation().first(conn)?;
                    Ok((generation, queries::co2_by_year().load(conn)?))
                })
            })
            .await?;
        let generation = Generation(generation.unsigned_abs());
        Ok(Co2Table { generation, rows: directory::newest_by_country(rows) })
    }
}

fn listing(conn: &mut SqliteConnection) -> Result<(Generation, ProfileRows), Failure> {
    let generation: i64 = queries::generation().first(conn)?;
    let rows = ProfileRows {
        providers: queries::listed_providers().load(conn)?,
        services: queries::services().load(conn)?,
        documents: queries::public_documents().load(conn)?,
        carbon_txts: queries::carbon_txt_urls().load(conn)?,
    };
    Ok((Generation(generation.unsigned_abs()), rows))
}

fn provider(conn: &mut SqliteConnection, id: i64) -> Result<DetailRows, Failure> {
    let found: Vec<ProviderRow> = queries::provider(id).load(conn)?;
    let profile = profiles_of(conn, found)?;
    let datacenters: Vec<i64> = queries::datacenter_ids_of(id).load(conn)?;
    Ok(DetailRows {
        profile,
        datacenters: queries::datacenters_among(&datacenters).load(conn)?,
        certificates: queries::certificates_of(&datacenters).load(conn)?,
        registered: registered(conn, id)?,
    })
}

fn registered(conn: &mut SqliteConnection, id: i64) -> Result<RegisteredRows, Failure> {
    Ok(RegisteredRows {
        ipv4_ranges: queries::count_ranges_of(id, 4).first(conn)?,
        ipv6_ranges: queries::count_ranges_of(id, 6).first(conn)?,
        asns: queries::announced_by(id).load(conn)?,
        linked_domains: queries::count_linked_domains_of(id).first(conn)?,
    })
}

fn profiles_of(conn: &mut SqliteConnection, providers: Vec<ProviderRow>) -> Result<ProfileRows, Failure> {
    let ids: Vec<i64> = providers.iter().map(|row| row.id).collect();
    Ok(ProfileRows {
        providers,
        services: queries::services_of(&ids).load(conn)?,
        documents: queries::public_documents_of(&ids).load(conn)?,
        carbon_txts: queries::carbon_txt_urls_of(&ids).load(conn)?,
    })
}
