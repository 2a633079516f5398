//! The run's own connection to PostgreSQL.

use anyhow::Context;
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};

pub(crate) struct Database {
    pub(crate) client: Client,
    _driver: JoinSet<()>,
}

impl Database {
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.context("no PostgreSQL")?;
        let mut driver = JoinSet::new();
        // An error of the connection comes out of the query that needed it.
        driver.spawn(async move { drop(connection.await) });
        Ok(Self { client, _driver: driver })
    }

    pub(crate) async fn count(&self, table: &str) -> anyhow::Result<u64> {
        let row = self.client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await?;
        Ok(row.get::<_, i64>(0).try_into()?)
    }

    /// Green names 0 to `names`, as an import of a snapshot would leave them, and so many ranges, half of them IPv6.
    pub(crate) async fn fill(&self, names: u64, ranges: u64) -> anyhow::Result<()> {
        let statement = format!(
            "INSERT INTO providers (id, name, website, country, city, model, is_listed, archived)
             VALUES (1, 'Acme Green Hosting', 'https://acme.example', 'NL', '', 'groeneenergie', true, false)
             ON CONFLICT DO NOTHING;
             INSERT INTO green_domains (host, green, provider_id, hosted_by, hosted_by_website, partner, listed, match_kind,
                 created, modified)
             SELECT 'site-' || lpad(number::text, 7, '0') || '.com', true, 1, 'Acme Green Hosting', 'https://acme.example',
                 '', true, 'snapshot', '2026-11-01', now() AT TIME ZONE 'utc'
             FROM generate_series(0, {names} - 1) AS number
             ON CONFLICT DO NOTHING;
             INSERT INTO ip_ranges (provider_id, start_address, end_address, family, active, created, modified)
             SELECT 1, host(first), host(broadcast(first)), family(first), true, '2026-11-01', '2026-11-01'
             FROM generate_series(0, {ranges} - 1) AS number, LATERAL (SELECT CASE number % 2
                 WHEN 0 THEN set_masklen('16.0.0.0'::inet + number * 256, 24)
                 ELSE set_masklen(('2a00:' || to_hex(number / 65536) || ':' || to_hex(number % 65536) || '::')::inet, 48)
             END) AS ranges (first);
             ANALYZE green_domains; CHECKPOINT;"
        );
        Ok(self.client.batch_execute(&statement).await?)
    }
}
