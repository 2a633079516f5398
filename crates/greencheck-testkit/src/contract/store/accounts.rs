use greencheck_core::catalog::{CatalogDocument, UserRecord};
use greencheck_core::partner::{KeyProof, NewApiKey, Sensitive, TokenHash};
use greencheck_core::ports::StoreError;

use super::Subject;
use super::samples::{at, provider};

fn user(name: &str) -> UserRecord {
    UserRecord {
        username: name.to_owned(),
        password: Some("first password".to_owned()),
        providers: vec![1],
        ..UserRecord::default()
    }
}

fn key(name: &str) -> NewApiKey {
    NewApiKey {
        username: name.to_owned(),
        word: "gwf".to_owned(),
        service: "greencheck".to_owned(),
        privilege_level: Some("research".to_owned()),
        note: "for tests".to_owned(),
        created: at("2026-01-01T00:00:00Z"),
        expires: Some(at("2026-06-01T00:00:00Z")),
    }
}

async fn fill(store: &Subject) {
    let providers = vec![provider(1, "One")];
    store.import.import(&CatalogDocument { providers, ..CatalogDocument::default() }).await.unwrap();
    store.accounts.create_user(&user("ada")).await.unwrap();
}

pub async fn a_user_is_created_once(store: &Subject) {
    fill(store).await;
    let ada = store.partners.authenticate("ada", &Sensitive::new("first password")).await.unwrap();
    assert!(ada.unwrap().scope.includes(greencheck_core::ProviderId(1)));
    let twice = store.accounts.create_user(&user("ada")).await;
    assert!(matches!(&twice, Err(StoreError::Invalid(why)) if why.contains("`ada` already")), "{twice:?}");
    let astray = store.accounts.create_user(&UserRecord { providers: vec![99], ..user("eve") }).await;
    assert!(matches!(&astray, Err(StoreError::Invalid(why)) if why.contains("99")), "{astray:?}");
}

pub async fn a_new_password_ends_the_old_one_and_its_tokens(store: &Subject) {
    fill(store).await;
    let (old, new) = (Sensitive::new("first password"), Sensitive::new("second password"));
    let ada = store.partners.authenticate("ada", &old).await.unwrap().unwrap();
    let token = TokenHash::of(store.partners.issue_token(ada.id).await.unwrap().expose());
    assert!(store.accounts.set_password("ada", &new).await.unwrap());
    assert_eq!(store.partners.authenticate("ada", &old).await.unwrap(), None);
    assert_eq!(store.partners.authenticate("ada", &new).await.unwrap(), Some(ada));
    assert_eq!(store.partners.token_owner(&token).await.unwrap(), None);
    assert!(!store.accounts.set_password("eve", &new).await.unwrap());
}

pub async fn a_key_is_found_by_what_it_shows(store: &Subject) {
    fill(store).await;
    let (made, text) = store.accounts.create_key(&key("ada"), 3).await.unwrap();
    let wanted = key("ada");
    assert_eq!((made.username.as_str(), &made.service, &made.note), ("ada", &wanted.service, &wanted.note));
    assert_eq!((made.created, made.expires, made.revoked), (wanted.created, wanted.expires, None));
    assert_eq!(made.privilege_level, wanted.privilege_level);
    let proof = KeyProof::of(text.expose()).unwrap();
    assert_eq!(store.partners.api_key(&proof).await.unwrap(), Some(made.clone()));
    let mut forged = text.expose().to_owned();
    let last = if forged.ends_with('a') { "b" } else { "a" };
    forged.replace_range(forged.len() - 1.., last);
    assert_eq!(store.partners.api_key(&KeyProof::of(&forged).unwrap()).await.unwrap(), None);
    let strange = KeyProof::of("gwf_aaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap();
    assert_eq!(store.partners.api_key(&strange).await.unwrap(), None);
    for of in [None, Some("ada")] {
        assert_eq!(store.accounts.keys(of).await.unwrap(), std::slice::from_ref(&made));
    }
    assert_eq!(store.accounts.keys(Some("eve")).await.unwrap(), []);
}

pub async fn a_revoked_key_stays_revoked(store: &Subject) {
    fill(store).await;
    let (made, text) = store.accounts.create_key(&key("ada"), 3).await.unwrap();
    let first = at("2026-02-01T00:00:00Z");
    assert!(store.accounts.revoke_key(made.id, first).await.unwrap());
    assert!(store.accounts.revoke_key(made.id, at("2026-03-01T00:00:00Z")).await.unwrap());
    let found = store.partners.api_key(&KeyProof::of(text.expose()).unwrap()).await.unwrap().unwrap();
    assert_eq!(found.revoked, Some(first));
    assert!(!store.accounts.revoke_key(made.id + 1, first).await.unwrap());
}

pub async fn a_user_has_only_so_many_usable_keys(store: &Subject) {
    fill(store).await;
    let mut keys = Vec::new();
    for _ in 0..3 {
        keys.push(store.accounts.create_key(&key("ada"), 3).await.unwrap().0);
    }
    let fourth = store.accounts.create_key(&key("ada"), 3).await;
    assert!(matches!(&fourth, Err(StoreError::Invalid(why)) if why.contains("3 usable keys")), "{fourth:?}");
    store.accounts.revoke_key(keys[0].id, at("2026-02-01T00:00:00Z")).await.unwrap();
    store.accounts.create_key(&key("ada"), 3).await.unwrap();
    let later = NewApiKey { created: at("2026-06-01T00:00:00Z"), expires: None, ..key("ada") };
    store.accounts.create_key(&later, 3).await.unwrap();
    let nobody = store.accounts.create_key(&key("eve"), 3).await;
    assert!(matches!(&nobody, Err(StoreError::Invalid(why)) if why.contains("no user `eve`")), "{nobody:?}");
}

pub async fn keys_made_at_once_are_counted_one_after_the_other(store: &Subject) {
    fill(store).await;
    let wanted = key("ada");
    let make = || store.accounts.create_key(&wanted, 2);
    let (a, b, c, d) = tokio::join!(make(), make(), make(), make());
    let successes = [a, b, c, d].into_iter().flatten().count();
    assert_eq!((successes, store.accounts.keys(None).await.unwrap().len()), (2, 2));
}
