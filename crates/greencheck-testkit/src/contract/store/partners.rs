use greencheck_core::catalog::{CatalogDocument, UserRecord};
use greencheck_core::partner::{Network, NetworkKind, PartnerNetwork, Scope, Sensitive, TokenHash};
use greencheck_core::ports::{PartnersError, Refusal, TOKENS_PER_USER};
use greencheck_core::{Asn, IpRange, ProviderId};

use super::Subject;
use super::samples::{ip_range, provider};

const ONE: ProviderId = ProviderId(1);
const TWO: ProviderId = ProviderId(2);

fn scope(providers: &[ProviderId]) -> Scope {
    Scope::new([], providers.iter().copied())
}

fn range(text: &str) -> Network {
    Network::Range(IpRange::parse(text).unwrap())
}

fn asn(number: u32) -> Network {
    Network::Asn(Asn::new(number).unwrap())
}

/// Two providers; ada manages the first, root everything.
async fn fill(store: &Subject) {
    let user = |name: &str, providers: &[i64], groups: &[&str]| UserRecord {
        username: name.to_owned(),
        password: Some(format!("{name}'s password")),
        providers: providers.to_vec(),
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
    };
    let document = CatalogDocument {
        providers: vec![provider(1, "One"), provider(2, "Two")],
        users: vec![user("ada", &[1], &["hostingprovider"]), user("root", &[], &["admin"])],
        ..CatalogDocument::default()
    };
    store.import.import(&document).await.unwrap();
}

async fn login(store: &Subject, name: &str, password: &str) -> Option<greencheck_core::partner::User> {
    store.partners.authenticate(name, &Sensitive::new(password)).await.unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, PartnersError>) -> Refusal {
    match result {
        Err(PartnersError::Refused(refusal)) => refusal,
        other => panic!("{other:?} is no refusal"),
    }
}

pub async fn a_password_proves_its_user_and_what_they_manage(store: &Subject) {
    fill(store).await;
    let ada = login(store, "ada", "ada's password").await.unwrap();
    assert_eq!((ada.username.as_str(), ada.scope), ("ada", scope(&[ONE])));
    assert_eq!(login(store, "root", "root's password").await.unwrap().scope, Scope::Everything);
    for (name, password) in
        [("ada", "root's password"), ("ada", ""), ("Ada", "ada's password"), ("eve", "ada's password")]
    {
        assert_eq!(login(store, name, password).await, None, "{name}");
    }
}

pub async fn a_user_without_a_password_cannot_log_in(store: &Subject) {
    let user = UserRecord { username: "new".to_owned(), ..UserRecord::default() };
    store.import.import(&CatalogDocument { users: vec![user], ..CatalogDocument::default() }).await.unwrap();
    assert_eq!(login(store, "new", "").await, None);
}

pub async fn a_token_proves_its_user_until_newer_ones_take_its_place(store: &Subject) {
    fill(store).await;
    let ada = login(store, "ada", "ada's password").await.unwrap();
    let first = store.partners.issue_token(ada.id).await.unwrap();
    assert_eq!(first.expose().len(), 40);
    let owner =
        async |token: &Sensitive| store.partners.token_owner(&TokenHash::of(token.expose())).await.unwrap();
    assert_eq!(owner(&first).await, Some(ada.clone()));
    assert_eq!(owner(&Sensitive::new("0".repeat(40))).await, None);
    let mut second = None;
    for _ in 0..TOKENS_PER_USER {
        let token = store.partners.issue_token(ada.id).await.unwrap();
        second.get_or_insert(token);
    }
    assert_eq!(owner(&first).await, None);
    assert_eq!(owner(&second.unwrap()).await, Some(ada));
}

pub async fn a_network_is_active_at_once_and_moves_the_generation(store: &Subject) {
    fill(store).await;
    let before = store.catalogs.generation().await.unwrap();
    for (wanted, kind) in [
        (range("192.0.2.0/25"), NetworkKind::Range),
        (range("2001:db8::-2001:db8::ff"), NetworkKind::Range),
        (asn(u32::MAX), NetworkKind::Asn),
    ] {
        let added = store.partners.add_network(&scope(&[ONE]), ONE, wanted).await.unwrap();
        assert_eq!(added, PartnerNetwork { id: added.id, provider: ONE, network: wanted });
        let found = store.partners.network(&scope(&[ONE]), kind, added.id).await.unwrap();
        assert_eq!(found, Some(added));
        assert!(store.partners.networks(&scope(&[ONE]), kind).await.unwrap().contains(&added));
    }
    let (generation, data) = store.catalogs.load().await.unwrap();
    assert_eq!(generation.0, before.0 + 3);
    assert_eq!((data.networks.len(), data.asns.len()), (2, 1));
    assert_eq!(Network::Range(data.networks[0].range), range("192.0.2.0/25"));
}

pub async fn a_range_may_be_there_twice_and_an_as_number_only_once(store: &Subject) {
    fill(store).await;
    let all = Scope::Everything;
    let add = |provider, network| store.partners.add_network(&all, provider, network);
    let (one, same) = (add(ONE, range("192.0.2.0/25")).await, add(ONE, range("192.0.2.0/25")).await);
    assert!(one.unwrap().id < same.unwrap().id);
    let taken = add(ONE, asn(64_500)).await.unwrap();
    let generation = store.catalogs.generation().await.unwrap();
    assert_eq!(refusal(add(TWO, asn(64_500)).await), Refusal::AsnTaken);
    assert_eq!(store.catalogs.generation().await.unwrap(), generation, "nothing was written");
    assert!(store.partners.remove_network(&all, NetworkKind::Asn, taken.id).await.unwrap());
    assert_eq!(refusal(add(ONE, asn(64_500)).await), Refusal::AsnTaken, "also when it is inactive");
}

pub async fn a_removed_network_is_kept_inactive(store: &Subject) {
    fill(store).await;
    let mine = scope(&[ONE]);
    for (network, kind) in [(range("192.0.2.0/25"), NetworkKind::Range), (asn(64_500), NetworkKind::Asn)] {
        let added = store.partners.add_network(&mine, ONE, network).await.unwrap();
        let generation = store.catalogs.generation().await.unwrap();
        assert!(store.partners.remove_network(&mine, kind, added.id).await.unwrap());
        assert!(!store.partners.remove_network(&mine, kind, added.id).await.unwrap());
        assert_eq!(store.catalogs.generation().await.unwrap().0, generation.0 + 1);
        assert_eq!(store.partners.network(&mine, kind, added.id).await.unwrap(), None);
        assert_eq!(store.partners.networks(&mine, kind).await.unwrap(), []);
    }
    let document = store.import.export(false).await.unwrap();
    assert!(!document.ip_ranges[0].active && !document.asns[0].active);
}

pub async fn nobody_sees_or_changes_what_others_manage(store: &Subject) {
    fill(store).await;
    let (mine, theirs) = (scope(&[ONE]), scope(&[TWO]));
    for (network, kind) in [(range("192.0.2.0/25"), NetworkKind::Range), (asn(64_500), NetworkKind::Asn)] {
        let added = store.partners.add_network(&theirs, TWO, network).await.unwrap();
        assert_eq!(store.partners.networks(&mine, kind).await.unwrap(), []);
        assert_eq!(store.partners.network(&mine, kind, added.id).await.unwrap(), None);
        assert!(!store.partners.remove_network(&mine, kind, added.id).await.unwrap());
        assert_eq!(store.partners.networks(&Scope::Everything, kind).await.unwrap(), [added]);
    }
    let refused = [(&mine, TWO), (&scope(&[]), ONE), (&Scope::Everything, ProviderId(99))];
    for (scope, provider) in refused {
        let added = store.partners.add_network(scope, provider, range("198.51.100.0/24")).await;
        assert_eq!(refusal(added), Refusal::NotManaged);
    }
}

pub async fn networks_of_several_providers_come_in_the_order_of_their_ids(store: &Subject) {
    let document = CatalogDocument {
        providers: vec![provider(1, "One"), provider(2, "Two")],
        ip_ranges: vec![
            ip_range(5, 2, "192.0.2.0", "192.0.2.1"),
            ip_range(3, 1, "192.0.2.2", "192.0.2.3"),
            ip_range(4, 2, "192.0.2.4", "192.0.2.5"),
        ],
        ..CatalogDocument::default()
    };
    store.import.import(&document).await.unwrap();
    let listed = store.partners.networks(&scope(&[TWO, ONE]), NetworkKind::Range).await.unwrap();
    assert_eq!(listed.iter().map(|network| network.id).collect::<Vec<_>>(), [3, 4, 5]);
    let added = store.partners.add_network(&scope(&[ONE]), ONE, range("192.0.2.6")).await.unwrap();
    assert_eq!(added.id, 6, "behind the ids that were imported");
}

pub async fn a_shared_secret_belongs_to_the_first_provider(store: &Subject) {
    fill(store).await;
    let (both, second) = (scope(&[ONE, TWO]), scope(&[TWO]));
    assert_eq!(store.partners.shared_secret(&both).await.unwrap(), None);
    let generation = store.catalogs.generation().await.unwrap();
    let secret = store.partners.rotate_shared_secret(&both).await.unwrap();
    assert_eq!((secret.expose().len(), &secret.expose()[..4]), (86, "GWF-"));
    assert_eq!(store.catalogs.generation().await.unwrap().0, generation.0 + 1);
    assert_eq!(store.partners.shared_secret(&both).await.unwrap(), Some(secret.clone()));
    assert_eq!(store.partners.shared_secret(&Scope::Everything).await.unwrap(), Some(secret.clone()));
    assert_eq!(store.partners.shared_secret(&second).await.unwrap(), None);
    let newer = store.partners.rotate_shared_secret(&both).await.unwrap();
    assert_ne!(newer, secret);
    assert_eq!(store.partners.shared_secret(&both).await.unwrap(), Some(newer));
    assert_eq!(refusal(store.partners.shared_secret(&scope(&[])).await), Refusal::NoProvider);
}

/// The decision looks for the secret beside the carbon.txt, whichever came first.
pub async fn a_shared_secret_stays_when_a_carbon_txt_is_added(store: &Subject) {
    fill(store).await;
    let secret = store.partners.rotate_shared_secret(&scope(&[ONE])).await.unwrap();
    let mut document = store.import.export(true).await.unwrap();
    assert_eq!(document.carbon_txts[0].domain, None);
    assert_eq!(document.carbon_txts[0].shared_secret.as_deref(), Some(secret.expose()));
    document.carbon_txts[0].domain = Some("one.example.com".to_owned());
    document.carbon_txts[0].carbon_txt_url = Some("https://one.example.com/carbon.txt".to_owned());
    document.carbon_txts[0].shared_secret = None;
    store.import.import(&document).await.unwrap();
    let (_, data) = store.catalogs.load().await.unwrap();
    assert_eq!(data.carbon_txts[0].shared_secret.as_deref(), Some(secret.expose()));
}
