use async_trait::async_trait;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, dsl};
use diesel_async::{AsyncConnection, RunQueryDsl};
use greencheck_core::partner::{
    ApiKey, KeyProof, Network, NetworkKind, PartnerNetwork, Scope, Sensitive, TokenHash, User, UserId,
};
use greencheck_core::ports::{Partners, PartnersError, Refusal, StoreError, TOKENS_PER_USER};
use greencheck_core::{ProviderId, Usage};

use super::{Conn, PgStore};
use crate::assemble::RangeColumns;
use crate::failure::{Failure, query_error};
use crate::partners::{self, asn, ids, named, range, taken};
use crate::queries::{self, deactivate, insert_network, insert_token, next_generation, put_secret};
use crate::rows::{ApiKeyRow, AsnRow, UsageRow};
use crate::schema::api_tokens;

#[async_trait]
impl Partners for PgStore {
    async fn authenticate(
        &self,
        username: &str,
        password: &Sensitive,
    ) -> Result<Option<User>, PartnersError> {
        let row = {
            let mut conn = self.conn().await?;
            queries::user_named(username).first(&mut conn).await.optional().map_err(query_error)?
        };
        let (found, stored) = named(row);
        let verified = self.passwords.verify(password, stored).await?;
        match found.filter(|_| verified) {
            Some((id, username)) => Ok(Some(user(&mut *self.conn().await?, id, username).await?)),
            None => Ok(None),
        }
    }

    async fn issue_token(&self, user: UserId) -> Result<Sensitive, PartnersError> {
        let (token, mut conn) = (partners::token(), self.conn().await?);
        let hash = TokenHash::of(token.expose());
        let issued = conn.transaction::<_, Failure, _>(async |conn| {
            insert_token!(user.0, hash.as_str()).execute(conn).await?;
            let tokens: Vec<i64> = queries::tokens_of(user.0).load(conn).await?;
            let superfluous = tokens.get(TOKENS_PER_USER..).unwrap_or_default();
            diesel::delete(api_tokens::table.filter(api_tokens::id.eq_any(superfluous)))
                .execute(conn)
                .await?;
            Ok(())
        });
        issued.await.map_err(StoreError::from)?;
        Ok(token)
    }

    async fn token_owner(&self, token: &TokenHash) -> Result<Option<User>, PartnersError> {
        let mut conn = self.conn().await?;
        let owner: Option<(i64, String)> =
            queries::token_owner(token.as_str()).first(&mut conn).await.optional().map_err(query_error)?;
        match owner {
            Some((id, username)) => Ok(Some(user(&mut conn, id, username).await?)),
            None => Ok(None),
        }
    }

    async fn networks(&self, scope: &Scope, kind: NetworkKind) -> Result<Vec<PartnerNetwork>, PartnersError> {
        let mut conn = self.conn().await?;
        match kind {
            NetworkKind::Range => {
                let rows: QueryResult<Vec<RangeColumns>> = match scope {
                    Scope::Everything => queries::active_ranges().load(&mut conn).await,
                    Scope::Providers(of) => queries::active_ranges_of(&ids(of)).load(&mut conn).await,
                };
                rows.map_err(query_error)?.into_iter().map(range).collect()
            }
            NetworkKind::Asn => {
                let rows: QueryResult<Vec<AsnRow>> = match scope {
                    Scope::Everything => queries::active_asns().load(&mut conn).await,
                    Scope::Providers(of) => queries::active_asns_of(&ids(of)).load(&mut conn).await,
                };
                rows.map_err(query_error)?.iter().map(asn).collect()
            }
        }
    }

    async fn network(
        &self,
        scope: &Scope,
        kind: NetworkKind,
        id: i64,
    ) -> Result<Option<PartnerNetwork>, PartnersError> {
        let mut conn = self.conn().await?;
        let found = match kind {
            NetworkKind::Range => {
                let row = queries::active_range(id).first(&mut conn).await.optional();
                row.map_err(query_error)?.map(range)
            }
            NetworkKind::Asn => {
                let row = queries::active_asn(id).first(&mut conn).await.optional();
                row.map_err(query_error)?.as_ref().map(asn)
            }
        };
        Ok(found.transpose()?.filter(|network| scope.includes(network.provider)))
    }

    async fn add_network(
        &self,
        scope: &Scope,
        provider: ProviderId,
        network: Network,
    ) -> Result<PartnerNetwork, PartnersError> {
        let mut conn = self.conn().await?;
        let known: Vec<i64> =
            queries::providers_among(&[provider.0]).load(&mut conn).await.map_err(query_error)?;
        if known.is_empty() || !scope.includes(provider) {
            return Err(Refusal::NotManaged.into());
        }
        let added = conn
            .transaction::<i64, Failure, _>(async |conn| insert(conn, provider, network).await)
            .await
            .map_err(StoreError::from);
        match added {
            Ok(id) => Ok(PartnerNetwork { id, provider, network }),
            Err(StoreError::Invalid(_)) => Err(Refusal::AsnTaken.into()),
            Err(error) => Err(error.into()),
        }
    }

    async fn remove_network(&self, scope: &Scope, kind: NetworkKind, id: i64) -> Result<bool, PartnersError> {
        if self.network(scope, kind, id).await?.is_none() {
            return Ok(false);
        }
        let mut conn = self.conn().await?;
        let removed = conn.transaction::<usize, Failure, _>(async |conn| {
            let now = next_generation(conn).await?;
            Ok(match kind {
                NetworkKind::Range => deactivate!(ip_ranges, id, now).execute(conn).await?,
                NetworkKind::Asn => deactivate!(asns, id, now).execute(conn).await?,
            })
        });
        Ok(removed.await.map_err(StoreError::from)? > 0)
    }

    async fn shared_secret(&self, scope: &Scope) -> Result<Option<Sensitive>, PartnersError> {
        let mut conn = self.conn().await?;
        let provider = first_provider(&mut conn, scope).await?;
        let secret: Option<Option<String>> =
            queries::secret_of(provider).first(&mut conn).await.optional().map_err(query_error)?;
        Ok(secret.flatten().map(Sensitive::new))
    }

    async fn rotate_shared_secret(&self, scope: &Scope) -> Result<Sensitive, PartnersError> {
        let (secret, mut conn) = (partners::shared_secret(), self.conn().await?);
        let provider = first_provider(&mut conn, scope).await?;
        let rotated = conn.transaction::<_, Failure, _>(async |conn| {
            next_generation(conn).await?;
            put_secret!(provider, secret.expose()).execute(conn).await?;
            Ok(())
        });
        rotated.await.map_err(StoreError::from)?;
        Ok(secret)
    }

    async fn api_key(&self, proof: &KeyProof) -> Result<Option<ApiKey>, PartnersError> {
        let mut conn = self.conn().await?;
        let row: Option<ApiKeyRow> =
            queries::key_by_prefix(proof.prefix()).first(&mut conn).await.optional().map_err(query_error)?;
        Ok(row.filter(|row| row.proved_by(proof)).map(ApiKey::from))
    }

    async fn key_usage(&self, key: i64, since: NaiveDate) -> Result<Vec<Usage>, PartnersError> {
        let mut conn = self.conn().await?;
        let rows: Vec<UsageRow> = queries::usage_of(key, since).load(&mut conn).await.map_err(query_error)?;
        Ok(rows.into_iter().map(Usage::from).collect())
    }
}

async fn user(conn: &mut Conn, id: i64, username: String) -> Result<User, StoreError> {
    let groups: Vec<String> = queries::groups_of(id).load(conn).await.map_err(query_error)?;
    let providers: Vec<i64> = queries::providers_of(id).load(conn).await.map_err(query_error)?;
    Ok(partners::user(id, username, &groups, &providers))
}

/// Moves the generation on; the time of the transaction.
async fn next_generation(conn: &mut Conn) -> QueryResult<NaiveDateTime> {
    next_generation!().execute(conn).await?;
    diesel::select(dsl::now).get_result(conn).await
}

async fn insert(conn: &mut Conn, provider: ProviderId, network: Network) -> Result<i64, Failure> {
    let now = next_generation(conn).await?;
    match network {
        Network::Range(range) => {
            let row = partners::new_range(provider, range, now);
            Ok(insert_network!(ip_ranges, &row).get_result(conn).await?)
        }
        Network::Asn(asn) => {
            let held = queries::entries_of_asn(asn.get().into()).first::<i64>(conn).await.optional()?;
            if held.is_some() {
                return Err(taken().into());
            }
            let row = partners::new_asn(provider, asn, now);
            Ok(insert_network!(asns, &row).get_result(conn).await?)
        }
    }
}

async fn first_provider(conn: &mut Conn, scope: &Scope) -> Result<i64, PartnersError> {
    let first = match scope {
        Scope::Providers(providers) => <[ProviderId]>::first(providers).map(|provider| provider.0),
        Scope::Everything => queries::first_provider().first(conn).await.optional().map_err(query_error)?,
    };
    first.ok_or_else(|| Refusal::NoProvider.into())
}
