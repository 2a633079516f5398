use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use greencheck_core::catalog::{CatalogDocument, UserRecord};
use greencheck_core::partner::{ApiKey, KeyProof, NewApiKey, Sensitive};
use greencheck_core::ports::{Accounts, CatalogImport, StoreError};

use super::SqliteStore;
use crate::failure::Failure;
use crate::partners::{self, no_such_user, too_many_keys, user_exists};
use crate::queries::{self, revoke_key};
use crate::rows::{ApiKeyRow, NewApiKeyRow, UserRow, naive};
use crate::schema::{api_keys, api_tokens, users};

#[async_trait]
impl Accounts for SqliteStore {
    async fn create_user(&self, user: &UserRecord) -> Result<(), StoreError> {
        let name = user.username.clone();
        let known =
            self.read(move |conn| Ok(queries::user_named(&name).first::<UserRow>(conn).optional()?));
        if known.await?.is_some() {
            return Err(user_exists(&user.username));
        }
        self.import(&CatalogDocument { users: vec![user.clone()], ..CatalogDocument::default() }).await?;
        Ok(())
    }

    async fn set_password(&self, username: &str, password: &Sensitive) -> Result<bool, StoreError> {
        let (hash, username) = (partners::hash(password).await?, username.to_owned());
        self.write(move |conn| {
            let id: Option<i64> = diesel::update(users::table.filter(users::username.eq(username)))
                .set(users::password_hash.eq(&hash))
                .returning(users::id)
                .get_result(conn)
                .optional()?;
            if let Some(id) = id {
                diesel::delete(api_tokens::table.filter(api_tokens::user_id.eq(id))).execute(conn)?;
            }
            Ok(id.is_some())
        })
        .await
    }

    async fn create_key(
        &self,
        key: &NewApiKey,
        usable_max: usize,
    ) -> Result<(ApiKey, Sensitive), StoreError> {
        let (proof, text) = KeyProof::generate(&key.word, partners::key_character);
        let key = key.clone();
        let made = self.write(move |conn| insert(conn, &key, &proof, usable_max)).await?;
        Ok((made, Sensitive::new(text)))
    }

    async fn keys(&self, username: Option<&str>) -> Result<Vec<ApiKey>, StoreError> {
        let username = username.map(str::to_owned);
        let rows = self.read(move |conn| {
            let rows: QueryResult<Vec<ApiKeyRow>> = match username {
                Some(username) => queries::keys_of(&username).load(conn),
                None => queries::keys().load(conn),
            };
            Ok(rows?)
        });
        Ok(rows.await?.into_iter().map(ApiKey::from).collect())
    }

    async fn revoke_key(&self, id: i64, at: DateTime<Utc>) -> Result<bool, StoreError> {
        self.write(move |conn| {
            revoke_key!(id, naive(at)).execute(conn)?;
            Ok(queries::key_by_id(id).first::<ApiKeyRow>(conn).optional()?.is_some())
        })
        .await
    }
}

fn insert(
    conn: &mut SqliteConnection,
    key: &NewApiKey,
    proof: &KeyProof,
    usable_max: usize,
) -> Result<ApiKey, Failure> {
    let user: Option<UserRow> = queries::user_named(&key.username).first(conn).optional()?;
    let user = user.ok_or_else(|| no_such_user(&key.username))?;
    let keys: Vec<ApiKeyRow> = queries::keys_of(&key.username).load(conn)?;
    if keys.into_iter().map(ApiKey::from).filter(|held| held.is_usable(key.created)).count() >= usable_max {
        return Err(too_many_keys(&key.username, usable_max).into());
    }
    let row = NewApiKeyRow::new(user.id, key, proof);
    let id: i64 =
        diesel::insert_into(api_keys::table).values(&row).returning(api_keys::id).get_result(conn)?;
    Ok(queries::key_by_id(id).first::<ApiKeyRow>(conn)?.into())
}
