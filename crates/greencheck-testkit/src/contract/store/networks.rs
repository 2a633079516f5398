use greencheck_core::catalog::{AsnRecord, CatalogDocument, IpRangeRecord, ProviderRecord};
use greencheck_core::networks::{NetworkFormat, NetworkList, NetworkReport};
use greencheck_core::ports::{Replace, StoreError};
use greencheck_core::{Generation, ProviderId};

use super::Subject;
use super::samples::{catalog, ip_range, provider};

const ONE: ProviderId = ProviderId(1);
const FORCED: Replace = Replace { dry_run: false, force: true };

pub async fn a_list_becomes_the_networks_of_its_provider(store: &Subject) {
    store.import.import(&sample()).await.unwrap();
    let before = generation(store).await;
    let report =
        replace(store, &list(&["192.0.2.0/24", "198.51.100.0/24", "2001:db8:5::/48", "AS64500"])).await;
    let shown =
        |ranges: &[greencheck_core::IpRange]| ranges.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!((report.provider, report.name.as_str()), (ONE, "Green Hosting"));
    assert_eq!(
        shown(&report.ranges.added),
        ["198.51.100.0-198.51.100.255", "2001:db8:5::-2001:db8:5:ffff:ffff:ffff:ffff:ffff"]
    );
    assert_eq!(shown(&report.ranges.removed), ["203.0.113.0-203.0.113.255"]);
    assert_eq!(report.ranges.kept, 1);
    assert_eq!((report.asns.added.len(), report.asns.removed.len(), report.asns.kept), (1, 0, 0));
    assert_eq!(report.generation, Generation(before + 1));
    assert_eq!(
        active(store).await,
        [
            "1 192.0.2.0-192.0.2.255",
            "1 198.51.100.0-198.51.100.255",
            "1 2001:db8:5::-2001:db8:5:ffff:ffff:ffff:ffff:ffff",
            "1 AS64496",
            "1 AS64500",
            "2 198.18.0.0-198.18.0.255",
        ]
    );
}

pub async fn the_same_list_again_moves_nothing(store: &Subject) {
    store.import.import(&sample()).await.unwrap();
    let list = list(&["192.0.2.0/24", "198.51.100.0/24", "AS64500"]);
    let first = replace(store, &list).await;
    let rows = store.import.export(true).await.unwrap();
    let second = replace(store, &list).await;
    assert_eq!((second.ranges.kept, second.asns.kept), (2, 1));
    assert!(
        second.ranges.added.is_empty() && second.ranges.removed.is_empty() && second.asns.added.is_empty()
    );
    assert_eq!((second.generation, generation(store).await), (first.generation, first.generation.0));
    assert_eq!(store.import.export(true).await.unwrap(), rows);
}

pub async fn what_is_given_up_may_come_back_under_its_id(store: &Subject) {
    store.import.import(&sample()).await.unwrap();
    let ids = || async {
        let document = store.import.export(false).await.unwrap();
        let active = document.ip_ranges.into_iter().filter(|range| range.active && range.provider == 1);
        active.map(|range| (range.id, range.start)).collect::<Vec<_>>()
    };
    let first = ids().await;
    replace(store, &list(&["192.0.2.0/24"])).await;
    assert_eq!(ids().await, first[..1]);
    replace(store, &list(&["192.0.2.0/24", "203.0.113.0/24"])).await;
    assert_eq!(ids().await, first);
}

pub async fn networks_that_are_stored_twice_are_no_hindrance(store: &Subject) {
    let twice = CatalogDocument {
        providers: vec![provider(1, "Green Hosting")],
        ip_ranges: vec![
            ip_range(1, 1, "192.0.2.0", "192.0.2.255"),
            ip_range(2, 1, "192.0.2.0", "192.0.2.255"),
            IpRangeRecord { active: false, ..ip_range(3, 1, "198.51.100.0", "198.51.100.255") },
            IpRangeRecord { active: false, ..ip_range(4, 1, "198.51.100.0", "198.51.100.255") },
        ],
        ..CatalogDocument::default()
    };
    store.import.import(&twice).await.unwrap();
    let report = replace(store, &list(&["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"])).await;
    assert_eq!((report.ranges.added.len(), report.ranges.removed.len(), report.ranges.kept), (2, 0, 1));
    let last = "1 203.0.113.0-203.0.113.255";
    let range = "1 192.0.2.0-192.0.2.255";
    assert_eq!(active(store).await, [range, range, "1 198.51.100.0-198.51.100.255", last]);
}

pub async fn a_trial_changes_nothing_and_says_the_same(store: &Subject) {
    store.import.import(&sample()).await.unwrap();
    let (before, rows) = (generation(store).await, store.import.export(true).await.unwrap());
    let list = list(&["192.0.2.0/24", "198.51.100.0/24"]);
    let trial = Replace { dry_run: true, force: false };
    let said = store.networks.replace_networks(ONE, &list, trial).await.unwrap();
    assert_eq!(store.import.export(true).await.unwrap(), rows);
    assert_eq!((said.generation.0, generation(store).await), (before, before));
    let done = replace(store, &list).await;
    assert_eq!((said.ranges, said.asns), (done.ranges, done.asns));
}

pub async fn an_archived_and_an_unknown_provider_are_refused(store: &Subject) {
    store.import.import(&sample()).await.unwrap();
    let list = list(&["192.0.2.0/24"]);
    assert_eq!(
        refusal(store, ProviderId(3), &list, FORCED).await,
        "provider 3 (Old Hosting) is archived: it makes nothing green, so its networks stay as they are"
    );
    assert_eq!(
        refusal(store, ProviderId(99), &list, FORCED).await,
        "the catalog has no provider 99: import it first"
    );
}

pub async fn a_list_that_lost_most_is_refused_unless_forced(store: &Subject) {
    store.import.import(&sample()).await.unwrap();
    replace(store, &list(&["192.0.2.0/26", "192.0.2.64/26", "192.0.2.128/26", "2001:db8::/48"])).await;
    let rows = store.import.export(true).await.unwrap();
    let short = list(&["192.0.2.0/26", "2001:db8::/48"]);
    let refused = refusal(store, ONE, &short, Replace::default()).await;
    assert!(refused.starts_with("the list has 1 IPv4 networks, less than half of the 3 "), "{refused}");
    let refused = refusal(store, ONE, &NetworkList::default(), Replace::default()).await;
    assert!(refused.starts_with("the list names no network: "), "{refused}");
    assert_eq!(store.import.export(true).await.unwrap(), rows);
    let report = store.networks.replace_networks(ONE, &short, FORCED).await.unwrap();
    assert_eq!((report.ranges.removed.len(), report.ranges.kept), (2, 2));
    let report = store.networks.replace_networks(ONE, &NetworkList::default(), FORCED).await.unwrap();
    assert_eq!((report.ranges.removed.len(), report.asns.removed.len()), (2, 0));
}

pub async fn an_as_number_of_somebody_else_changes_nothing(store: &Subject) {
    store.import.import(&sample()).await.unwrap();
    let asns = vec![AsnRecord { id: 9, provider: 2, asn: 64_511, active: true }];
    store.import.import(&CatalogDocument { asns, ..CatalogDocument::default() }).await.unwrap();
    let before = store.import.export(true).await.unwrap();
    let refused = refusal(store, ONE, &list(&["192.0.2.0/24", "AS64511"]), FORCED).await;
    assert!(refused.starts_with("AS64511 is entry 9 of provider 2 already: "), "{refused}");
    assert_eq!(store.import.export(true).await.unwrap(), before);
}

pub async fn a_list_of_all_as_numbers_gives_the_others_up(store: &Subject) {
    store.import.import(&sample()).await.unwrap();
    let all = NetworkList { all_asns: true, ..list(&["192.0.2.0/24", "AS64500"]) };
    let report = replace(store, &all).await;
    assert_eq!((report.asns.added.len(), report.asns.removed.len()), (1, 1));
    let again = NetworkList { all_asns: true, ..list(&["192.0.2.0/24", "AS64496"]) };
    replace(store, &again).await;
    let active = active(store).await;
    assert_eq!(active, ["1 192.0.2.0-192.0.2.255", "1 AS64496", "2 198.18.0.0-198.18.0.255"]);
}

pub async fn a_long_list_is_taken_whole(store: &Subject) {
    store.import.import(&catalog()).await.unwrap();
    let networks = |third: u32| {
        let lines = (0..5_000_u32).map(move |n| format!("10.{}.{}.{third}/32", n / 250, n % 250));
        list(&lines.collect::<Vec<_>>())
    };
    let first = store.networks.replace_networks(ONE, &networks(1), FORCED).await.unwrap();
    assert_eq!((first.ranges.added.len(), first.ranges.removed.len()), (5_000, 1));
    let second = store.networks.replace_networks(ONE, &networks(2), FORCED).await.unwrap();
    assert_eq!((second.ranges.added.len(), second.ranges.removed.len()), (5_000, 5_000));
    let third = store.networks.replace_networks(ONE, &networks(1), FORCED).await.unwrap();
    assert_eq!((third.ranges.added.len(), third.ranges.removed.len()), (5_000, 5_000));
    assert_eq!(store.catalogs.load().await.unwrap().1.networks.len(), 5_001, "one is provider 2's");
}

/// Two ranges and an AS number of provider 1, a range of provider 2, and provider 3, which is archived.
fn sample() -> CatalogDocument {
    CatalogDocument {
        providers: vec![
            provider(1, "Green Hosting"),
            provider(2, "Other Hosting"),
            ProviderRecord { archived: true, ..provider(3, "Old Hosting") },
        ],
        ip_ranges: vec![
            ip_range(11, 1, "192.0.2.0", "192.0.2.255"),
            ip_range(12, 1, "203.0.113.0", "203.0.113.255"),
            ip_range(13, 2, "198.18.0.0", "198.18.0.255"),
        ],
        asns: vec![AsnRecord { id: 1, provider: 1, asn: 64_496, active: true }],
        ..CatalogDocument::default()
    }
}

fn list(lines: &[impl AsRef<str>]) -> NetworkList {
    let lines: Vec<_> = lines.iter().map(AsRef::as_ref).collect();
    NetworkFormat::Cloudflare.parse(lines.join("\n").as_bytes()).unwrap()
}

async fn replace(store: &Subject, list: &NetworkList) -> NetworkReport {
    store.networks.replace_networks(ONE, list, Replace::default()).await.unwrap()
}

async fn refusal(store: &Subject, provider: ProviderId, list: &NetworkList, replace: Replace) -> String {
    let before = generation(store).await;
    let refused = store.networks.replace_networks(provider, list, replace).await;
    assert_eq!(generation(store).await, before);
    match refused {
        Err(StoreError::Invalid(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

async fn generation(store: &Subject) -> u64 {
    store.catalogs.generation().await.unwrap().0
}

/// What the decision sees, by provider, as text.
async fn active(store: &Subject) -> Vec<String> {
    let (_, data) = store.catalogs.load().await.unwrap();
    let ranges = data.networks.iter().map(|entry| format!("{} {}", entry.provider, entry.range));
    let asns = data.asns.iter().map(|entry| format!("{} {}", entry.provider, entry.asn));
    let mut active: Vec<_> = ranges.chain(asns).collect();
    active.sort();
    active
}
