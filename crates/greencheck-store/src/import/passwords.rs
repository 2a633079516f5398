use std::collections::HashMap;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use greencheck_core::catalog::{CatalogDocument, UserRecord};
use greencheck_core::ports::StoreError;

use super::fields::invalid;
use crate::failure::unavailable;

/// Hashed passwords (PHC strings) by the place of their user in the document.
pub(crate) type Hashes = HashMap<usize, String>;

/// Hashes the passwords of the document's users. Takes tens of milliseconds each, so it happens before any lock is taken.
pub(super) async fn hash(document: &CatalogDocument) -> Result<Hashes, StoreError> {
    let users: Vec<UserRecord> = document.users.clone();
    if users.iter().all(|user| user.password.is_none()) {
        return Ok(Hashes::new());
    }
    tokio::task::spawn_blocking(move || {
        let passwords =
            users.iter().enumerate().filter_map(|(at, user)| Some((at, user.password.as_deref()?)));
        passwords.map(|(at, password)| Ok((at, hashed(at, password)?))).collect()
    })
    .await
    .map_err(unavailable)?
}

fn hashed(at: usize, password: &str) -> Result<String, StoreError> {
    let path = || format!("users[{at}].password");
    if password.starts_with("$argon2") {
        return match PasswordHash::new(password) {
            Ok(_) => Ok(password.to_owned()),
            Err(_) => Err(invalid(&path(), "it begins with `$argon2` and is no PHC string")),
        };
    }
    // Argon2id with the parameters that OWASP recommends, and a salt of its own.
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| invalid(&path(), format!("it cannot be hashed: {error}")))?;
    Ok(hash.to_string())
}
