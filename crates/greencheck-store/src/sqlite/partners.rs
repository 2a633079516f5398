use async_trait::async_trait;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl;
use diesel::prelude::*;
use greencheck_core::partner::{
    ApiKey, KeyProof, Network, NetworkKind, PartnerNetwork, Scope, Sensitive, TokenHash, User, UserId,
};
use greencheck_core::ports::{Partners, PartnersError, Refusal, StoreError, TOKENS_PER_USER};
use greencheck_core::{ProviderId, Usage};

use super::SqliteStore;
use crate::assemble::RangeColumns;
use crate::failure::Failure;
use crate::partners::{self, asn, ids, named, range, taken};
use crate::queries::{self, deactivate, insert_network, insert_token, next_generation, put_secret};
use crate::rows::{ApiKeyRow, AsnRow, UsageRow, UserRow};
use crate::schema::api_tokens;

#[async_trait]
impl Partners for SqliteStore {
    async fn authenticate(
        &self,
        username: &str,
        password: &Sensitive,
    ) -> Result<Option<User>, PartnersError> {
        let name = username.to_owned();
        let row = self.read(move |conn| Ok(queries::user_named(&name).first::<UserRow>(conn).optional()?));
        let (found, stored) = named(row.await?);
        let verified = self.passwords.verify(password, stored).await?;
        match found.filter(|_| verified) {
            Some((id, username)) => Ok(Some(self.read(move |conn| user(conn, id, username)).await?)),
            None => Ok(None),
        }
    }

    async fn issue_token(&self, user: UserId) -> Result<Sensitive, PartnersError> {
        let token = partners::token();
        let hash = TokenHash::of(token.expose());
        self.write(move |conn| {
            insert_token!(user.0, hash.as_str()).execute(conn)?;
            let tokens: Vec<i64> = queries::tokens_of(user.0).load(conn)?;
            let superfluous = tokens.get(TOKENS_PER_USER..).unwrap_or_default();
            diesel::delete(api_tokens::table.filter(api_tokens::id.eq_any(superfluous))).execute(conn)?;
            Ok(())
        })
        .await?;
        Ok(token)
    }

    async fn token_owner(&self, token: &TokenHash) -> Result<Option<User>, PartnersError> {
        let token = token.clone();
        let owner = self.read(move |conn| {
            let owner = queries::token_owner(token.as_str()).first(conn).optional()?;
            owner.map(|(id, username): (i64, String)| user(conn, id, username)).transpose()
        });
        Ok(owner.await?)
    }

    async fn networks(&self, scope: &Scope, kind: NetworkKind) -> Result<Vec<PartnerNetwork>, PartnersError> {
        let scope = scope.clone();
        match kind {
            NetworkKind::Range => {
                let rows = self.read(move |conn| {
                    let rows: QueryResult<Vec<RangeColumns>> = match scope {
                        Scope::Everything => queries::active_ranges().load(conn),
                        Scope::Providers(of) => queries::active_ranges_of(&ids(&of)).load(conn),
                    };
                    Ok(rows?)
                });
                rows.await?.into_iter().map(range).collect()
            }
            NetworkKind::Asn => {
                let rows = self.read(move |conn| {
                    let rows: QueryResult<Vec<AsnRow>> = match scope {
                        Scope::Everything => queries::active_asns().load(conn),
                        Scope::Providers(of) => queries::active_asns_of(&ids(&of)).load(conn),
                    };
                    Ok(rows?)
                });
                rows.await?.iter().map(asn).collect()
            }
        }
    }

    async fn network(
        &self,
        scope: &Scope,
        kind: NetworkKind,
        id: i64,
    ) -> Result<Option<PartnerNetwork>, PartnersError> {
        let found = match kind {
            NetworkKind::Range => {
                let row = self.read(move |conn| Ok(queries::active_range(id).first(conn).optional()?));
                row.await?.map(range)
            }
            NetworkKind::Asn => {
                let row = self.read(move |conn| Ok(queries::active_asn(id).first(conn).optional()?));
                row.await?.as_ref().map(asn)
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
        let known = self.read(move |conn| {
            let known: Vec<i64> = queries::providers_among(&[provider.0]).load(conn)?;
            Ok(!known.is_empty())
        });
        if !known.await? || !scope.includes(provider) {
            return Err(Refusal::NotManaged.into());
        }
        match self.write(move |conn| insert(conn, provider, network)).await {
            Ok(id) => Ok(PartnerNetwork { id, provider, network }),
            Err(StoreError::Invalid(_)) => Err(Refusal::AsnTaken.into()),
            Err(error) => Err(error.into()),
        }
    }

    async fn remove_network(&self, scope: &Scope, kind: NetworkKind, id: i64) -> Result<bool, PartnersError> {
        if self.network(scope, kind, id).await?.is_none() {
            return Ok(false);
        }
        let removed = self.write(move |conn| {
            let now = next_generation(conn)?;
            Ok(match kind {
                NetworkKind::Range => deactivate!(ip_ranges, id, now).execute(conn)?,
                NetworkKind::Asn => deactivate!(asns, id, now).execute(conn)?,
            })
        });
        Ok(removed.await? > 0)
    }

    async fn shared_secret(&self, scope: &Scope) -> Result<Option<Sensitive>, PartnersError> {
        let provider = self.first_provider(scope).await?;
        let secret = self.read(move |conn| {
            let secret: Option<Option<String>> = queries::secret_of(provider).first(conn).optional()?;
            Ok(secret.flatten())
        });
        Ok(secret.await?.map(Sensitive::new))
    }

    async fn rotate_shared_secret(&self, scope: &Scope) -> Result<Sensitive, PartnersError> {
        let (provider, secret) = (self.first_provider(scope).await?, partners::shared_secret());
        let new = secret.clone();
        self.write(move |conn| {
            next_generation(conn)?;
            put_secret!(provider, new.expose()).execute(conn)?;
            Ok(())
        })
        .await?;
        Ok(secret)
    }

    async fn api_key(&self, proof: &KeyProof) -> Result<Option<ApiKey>, PartnersError> {
        let proof = proof.clone();
        let row = self.read(move |conn| {
            let row: Option<ApiKeyRow> = queries::key_by_prefix(proof.prefix()).first(conn).optional()?;
            Ok(row.filter(|row| row.proved_by(&proof)))
        });
        Ok(row.await?.map(ApiKey::from))
    }

    async fn key_usage(&self, key: i64, since: NaiveDate) -> Result<Vec<Usage>, PartnersError> {
        let rows = self.read(move |conn| Ok(queries::usage_of(key, since).load::<UsageRow>(conn)?));
        Ok(rows.await?.into_iter().map(Usage::from).collect())
    }
}

impl SqliteStore {
    async fn first_provider(&self, scope: &Scope) -> Result<i64, PartnersError> {
        let first = match scope {
            Scope::Providers(providers) => <[ProviderId]>::first(providers).map(|provider| provider.0),
            Scope::Everything => {
                self.read(|conn| Ok(queries::first_provider().first(conn).optional()?)).await?
            }
        };
        first.ok_or_else(|| Refusal::NoProvider.into())
    }
}

fn user(conn: &mut SqliteConnection, id: i64, username: String) -> Result<User, Failure> {
    let groups: Vec<String> = queries::groups_of(id).load(conn)?;
    let providers: Vec<i64> = queries::providers_of(id).load(conn)?;
    Ok(partners::user(id, username, &groups, &providers))
}

/// Moves the generation on; the time of the transaction.
fn next_generation(conn: &mut SqliteConnection) -> QueryResult<NaiveDateTime> {
    next_generation!().execute(conn)?;
    diesel::select(dsl::now).get_result(conn)
}

fn insert(conn: &mut SqliteConnection, provider: ProviderId, network: Network) -> Result<i64, Failure> {
    let now = next_generation(conn)?;
    match network {
        Network::Range(range) => {
            let row = partners::new_range(provider, range, now);
            Ok(insert_network!(ip_ranges, &row).get_result(conn)?)
        }
        Network::Asn(asn) => {
            if queries::entries_of_asn(asn.get().into()).first::<i64>(conn).optional()?.is_some() {
                return Err(taken().into());
            }
            let row = partners::new_asn(provider, asn, now);
            Ok(insert_network!(asns, &row).get_result(conn)?)
        }
    }
}
