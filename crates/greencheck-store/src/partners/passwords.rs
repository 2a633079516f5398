use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use greencheck_core::partner::Sensitive;
use greencheck_core::ports::{PartnersError, StoreError};
use tokio::sync::Semaphore;

/// How long somebody waits for the turn of their password.
const PATIENCE: Duration = Duration::from_secs(3);

/// A hash with the parameters of [`hash`] that no password has: whoever does not exist takes as long as everybody else.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Verifies passwords on threads that may block, as many at once as there are cores: each takes tens of milliseconds and
/// 19 MiB, and strangers may send as many as they like.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self { turns: Arc::new(Semaphore::new(cores)) }
    }

    /// Whether `password` is that of `stored`; without one it is not, after the same time.
    pub(crate) async fn verify(
        &self,
        password: &Sensitive,
        stored: Option<String>,
    ) -> Result<bool, PartnersError> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| PartnersError::Overloaded)?.expect("the semaphore is never closed");
        let password = password.clone();
        let verified = tokio::task::spawn_blocking(move || {
            // Moved in: the turn lasts as long as the work, also when nobody waits for it any more.
            let _turn = turn;
            let hash = stored.as_deref().unwrap_or(NOBODY);
            Argon2::default().verify_password(password.expose().as_bytes(), hash).is_ok()
        });
        verified.await.map_err(|error| PartnersError::Unavailable(error.into()))
    }
}

/// Argon2id with the parameters that OWASP recommends, and a salt of its own; a PHC string.
pub(crate) async fn hash(password: &Sensitive) -> Result<String, StoreError> {
    let password = password.clone();
    let hashed = tokio::task::spawn_blocking(move || {
        let hash: Result<PasswordHash, _> = Argon2::default().hash_password(password.expose().as_bytes());
        hash.map(|hash| hash.to_string())
    });
    hashed
        .await
        .map_err(crate::failure::unavailable)?
        .map_err(|error| StoreError::Invalid(format!("the password cannot be hashed: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_verified_by_its_hash() {
        let (passwords, right) = (Passwords::new(), Sensitive::new("correct horse"));
        let stored = hash(&right).await.unwrap();
        assert!(passwords.verify(&right, Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify(&Sensitive::new("wrong"), Some(stored)).await.unwrap());
        assert!(!passwords.verify(&right, Some("no hash".to_owned())).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_the_hash_of_those_who_do_not_exist_and_it_costs_the_same() {
        let stored = hash(&Sensitive::new("any")).await.unwrap();
        let cost = |hash: &str| {
            let hash = PasswordHash::new(hash).unwrap();
            (hash.algorithm.to_string(), hash.version, hash.params.to_string())
        };
        assert_eq!(cost(NOBODY), cost(&stored));
        let passwords = Passwords::new();
        for password in ["", "any"] {
            assert!(!passwords.verify(&Sensitive::new(password), None).await.unwrap());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_is_turned_away() {
        let passwords = Passwords { turns: Arc::new(Semaphore::new(0)) };
        let refused = passwords.verify(&Sensitive::new("any"), None).await;
        assert!(matches!(refused, Err(PartnersError::Overloaded)));
    }
}
