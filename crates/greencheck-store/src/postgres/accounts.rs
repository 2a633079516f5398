use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::{AsyncConnection, RunQueryDsl};
use greencheck_core::catalog::{CatalogDocument, UserRecord};
use greencheck_core::partner::{ApiKey, KeyProof, NewApiKey, Sensitive};
use greencheck_core::ports::{Accounts, CatalogImport, StoreError};

use super::{Conn, PgStore};
use crate::failure::{Failure, query_error};
use crate::partners::{self, no_such_user, too_many_keys, user_exists};
use crate::queries::{self, revoke_key};
use crate::rows::{ApiKeyRow, NewApiKeyRow, UserRow, naive};
use crate::schema::{api_keys, api_tokens, users};

#[async_trait]
impl Accounts for PgStore {
    async fn create_user(&self, user: &UserRecord) -> Result<(), StoreError> {
        let known = {
            let mut conn = self.conn().await?;
            let known = queries::user_named(&user.username).first::<UserRow>(&mut conn).await.optional();
            known.map_err(query_error)?
        };
        if known.is_some() {
            return Err(user_exists(&user.username));
        }
        self.import(&CatalogDocument { users: vec![user.clone()], ..CatalogDocument::default() }).await?;
        Ok(())
    }

    async fn set_password(&self, username: &str, password: &Sensitive) -> Result<bool, StoreError> {
        let hash = partners::hash(password).await?;
        let mut conn = self.conn().await?;
        let changed = conn.transaction::<_, Failure, _>(async |conn| {
            let id: Option<i64> = diesel::update(users::table.filter(users::username.eq(username)))
                .set(users::password_hash.eq(&hash))
                .returning(users::id)
                .get_result(conn)
                .await
                .optional()?;
            if let Some(id) = id {
                diesel::delete(api_tokens::table.filter(api_tokens::user_id.eq(id))).execute(conn).await?;
            }
            Ok(id.is_some())
        });
        Ok(changed.await?)
    }

    async fn create_key(
        &self,
        key: &NewApiKey,
        usable_max: usize,
    ) -> Result<(ApiKey, Sensitive), StoreError> {
        let (proof, text) = KeyProof::generate(&key.word, partners::key_character);
        let mut conn = self.conn().await?;
        let made = conn
            .transaction::<_, Failure, _>(async |conn| insert(conn, key, &proof, usable_max).await)
            .await?;
        Ok((made, Sensitive::new(text)))
    }

    async fn keys(&self, username: Option<&str>) -> Result<Vec<ApiKey>, StoreError> {
        let mut conn = self.conn().await?;
        let rows: Vec<ApiKeyRow> = match username {
            Some(username) => queries::keys_of(username).load(&mut conn).await,
            None => queries::keys().load(&mut conn).await,
        }
        .map_err(query_error)?;
        Ok(rows.into_iter().map(ApiKey::from).collect())
    }

    async fn revoke_key(&self, id: i64, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut conn = self.conn().await?;
        revoke_key!(id, naive(at)).execute(&mut conn).await.map_err(query_error)?;
        let key = queries::key_by_id(id).first::<ApiKeyRow>(&mut conn).await.optional();
        Ok(key.map_err(query_error)?.is_some())
    }
}

async fn insert(
    conn: &mut Conn,
    key: &NewApiKey,
    proof: &KeyProof,
    usable_max: usize,
) -> Result<ApiKey, Failure> {
    // Locked, so that two keys made at once are counted one after the other.
    let user: Option<i64> = users::table
        .filter(users::username.eq(&key.username))
        .select(users::id)
        .for_update()
        .first(conn)
        .await
        .optional()?;
    let user = user.ok_or_else(|| no_such_user(&key.username))?;
    let keys: Vec<ApiKeyRow> = queries::keys_of(&key.username).load(conn).await?;
    if keys.into_iter().map(ApiKey::from).filter(|held| held.is_usable(key.created)).count() >= usable_max {
        return Err(too_many_keys(&key.username, usable_max).into());
    }
    let row = NewApiKeyRow::new(user, key, proof);
    let id = diesel::insert_into(api_keys::table).values(&row).returning(api_keys::id);
    let id: i64 = id.get_result(conn).await?;
    Ok(queries::key_by_id(id).first::<ApiKeyRow>(conn).await?.into())
}
