use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use url::Url;

use super::*;
use crate::carbon_txt::{Resolved, domain_hash};
use crate::catalog::{CarbonTxtEntry, CatalogData, LinkedDomainEntry, OriginEntry};
use crate::ports::{Head, OriginError, StoreError, WebError};
use crate::{Generation, IpRange, Proof, Provider, StoredVerdict};

/// A small internet: addresses, TXT records and origins; nothing answers HTTPS.
#[derive(Default)]
struct Net {
    addresses: BTreeMap<&'static str, Vec<&'static str>>,
    txt: BTreeMap<&'static str, Vec<String>>,
    origins: BTreeMap<&'static str, Vec<u32>>,
    origins_away: bool,
    queries: AtomicUsize,
    kept: Mutex<BTreeMap<Host, (Resolved, DateTime<Utc>)>>,
}

#[async_trait]
impl Dns for Net {
    async fn addresses(&self, host: &Host) -> Result<Vec<IpAddr>, DnsError> {
        self.queries.fetch_add(1, Ordering::SeqCst);
        let found = self.addresses.get(host.as_str()).ok_or(DnsError::NxDomain)?;
        Ok(found.iter().map(|address| ip(address)).collect())
    }

    async fn txt(&self, host: &Host) -> Result<Vec<String>, DnsError> {
        self.queries.fetch_add(1, Ordering::SeqCst);
        Ok(self.txt.get(host.as_str()).cloned().unwrap_or_default())
    }
}

#[async_trait]
impl Web for Net {
    async fn head(&self, _: &Url, _: &[&str]) -> Result<Head, WebError> {
        Ok(Head { status: 404, ..Head::default() })
    }
}

#[async_trait]
impl OriginAsns for Net {
    async fn origins(&self, address: IpAddr) -> Result<Vec<Asn>, OriginError> {
        if self.origins_away {
            return Err(OriginError("no answer".to_owned()));
        }
        let asns = self.origins.get(address.to_string().as_str()).into_iter().flatten();
        Ok(asns.filter_map(|&asn| Asn::new(asn)).collect())
    }
}

#[async_trait]
impl CarbonTxtResults for Net {
    async fn get(&self, host: &Host, since: DateTime<Utc>) -> Result<Option<Resolved>, StoreError> {
        let kept = self.kept.lock().unwrap();
        Ok(kept.get(host).filter(|(_, at)| *at >= since).map(|(resolved, _)| resolved.clone()))
    }

    async fn put(&self, host: &Host, resolved: &Resolved, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.kept.lock().unwrap().insert(host.clone(), (resolved.clone(), at));
        Ok(())
    }

    async fn sweep(&self, _: DateTime<Utc>) -> Result<u64, StoreError> {
        Ok(0)
    }
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> DateTime<Utc> {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn host(name: &str) -> Host {
    Host::parse(name).unwrap()
}

fn provider(id: i64, archived: bool) -> Provider {
    Provider {
        id: ProviderId(id),
        name: format!("Provider {id}"),
        website: String::new(),
        partner: String::new(),
        is_listed: true,
        archived,
        documents: Vec::new(),
    }
}

fn network(id: i64, provider: i64, start: &str, end: &str) -> NetworkEntry {
    NetworkEntry { id, provider: ProviderId(provider), range: IpRange::new(ip(start), ip(end)).unwrap() }
}

fn origin(id: i64, provider: i64, asn: u32) -> OriginEntry {
    OriginEntry { id, provider: ProviderId(provider), asn: Asn::new(asn).unwrap() }
}

/// Providers 1 to 3 are active, 9 is archived.
fn catalog() -> CatalogData {
    CatalogData {
        providers: vec![provider(1, false), provider(2, false), provider(3, false), provider(9, true)],
        networks: vec![
            network(10, 1, "192.0.2.0", "192.0.2.255"),
            network(11, 2, "192.0.2.64", "192.0.2.127"),
            network(12, 9, "198.51.100.0", "198.51.100.255"),
        ],
        asns: vec![origin(20, 3, 64500), origin(21, 9, 64501)],
        carbon_txts: vec![CarbonTxtEntry {
            id: 30,
            provider: ProviderId(1),
            url: "https://provider.com/carbon.txt".to_owned(),
            shared_secret: Some("GWF-secret".to_owned()),
        }],
        linked_domains: vec![LinkedDomainEntry {
            id: 40,
            provider: ProviderId(2),
            domain: host("linked.com"),
        }],
    }
}

const ANY: Rules = Rules {
    addresses: AddressRule::Any,
    trust: Trust::Proof,
    carbon_txt: true,
    carbon_txt_ttl: Duration::from_secs(86_400),
};

fn look_up_with(name: &str, net: &Net, data: CatalogData, rules: Rules) -> Outcome {
    let catalog = Catalog::build(Generation(1), data);
    let told = Mutex::new(Vec::new());
    let lookup = FullLookup {
        catalog: &catalog,
        rules,
        dns: net,
        web: net,
        origins: net,
        carbon_txt_results: net,
        clock: &Noon,
        use_kept: true,
        follower: Some(&|step| told.lock().unwrap().push(step.clone())),
    };
    let outcome = lookup.run(&host(name)).now_or_never().expect("the fakes never wait");
    assert_eq!(told.into_inner().unwrap(), outcome.explanation.steps, "whoever follows hears of every step");
    outcome
}

fn look_up(name: &str, net: &Net) -> Outcome {
    look_up_with(name, net, catalog(), ANY)
}

fn at(addresses: &[&'static str]) -> Net {
    Net { addresses: BTreeMap::from([("site.com", addresses.to_vec())]), ..Net::default() }
}

fn green(provider: i64, kind: MatchKind, id: i64) -> Verdict {
    Verdict::Green { provider: ProviderId(provider), by: Match { kind, id: Some(id) } }
}

#[test]
fn the_narrowest_range_wins() {
    let outcome = look_up("site.com", &at(&["192.0.2.70"]));
    assert_eq!(outcome.verdict, green(2, MatchKind::Range, 11));
    assert_eq!(outcome.address, Some(ip("192.0.2.70")));
    let ranges = outcome.explanation.steps.iter().find_map(|step| match &step.finding {
        Finding::Ranges { ranges, .. } => Some(ranges.iter().map(|range| range.id).collect::<Vec<_>>()),
        _ => None,
    });
    assert_eq!(ranges, Some(vec![11, 10]));
}

#[test]
fn the_narrowest_range_of_all_addresses_wins() {
    assert_eq!(
        look_up("site.com", &at(&["192.0.2.1", "192.0.2.70"])).verdict,
        green(2, MatchKind::Range, 11)
    );
}

#[test]
fn one_green_address_is_enough_unless_all_are_asked_for() {
    let net = at(&["203.0.113.1", "192.0.2.1"]);
    let outcome = look_up("site.com", &net);
    assert_eq!(outcome.verdict, green(1, MatchKind::Range, 10));
    assert!(outcome.explanation.because.contains("1 of 2 addresses"), "{}", outcome.explanation.because);
    let all = Rules { addresses: AddressRule::All, ..ANY };
    let outcome = look_up_with("site.com", &net, catalog(), all);
    assert_eq!(outcome.verdict, Verdict::Grey { reason: GreyReason::NotAllAddresses });
    let first = Rules { addresses: AddressRule::First, ..ANY };
    let outcome = look_up_with("site.com", &net, catalog(), first);
    assert_eq!(outcome.verdict, Verdict::Grey { reason: GreyReason::NoMatch });
}

#[test]
fn all_addresses_may_be_green_by_different_means() {
    let net =
        Net { origins: BTreeMap::from([("203.0.113.1", vec![64500])]), ..at(&["203.0.113.1", "192.0.2.1"]) };
    let all = Rules { addresses: AddressRule::All, ..ANY };
    assert_eq!(look_up_with("site.com", &net, catalog(), all).verdict, green(1, MatchKind::Range, 10));
}

#[test]
fn the_first_registered_origin_wins() {
    let net = Net { origins: BTreeMap::from([("203.0.113.1", vec![64499, 64500])]), ..at(&["203.0.113.1"]) };
    assert_eq!(look_up("site.com", &net).verdict, green(3, MatchKind::Asn, 20));
}

#[test]
fn a_range_comes_before_an_origin() {
    let net = Net { origins: BTreeMap::from([("192.0.2.1", vec![64500])]), ..at(&["192.0.2.1"]) };
    assert_eq!(look_up("site.com", &net).verdict, green(1, MatchKind::Range, 10));
}

#[test]
fn an_archived_provider_is_grey_by_range_and_by_origin() {
    let archived = Verdict::Grey { reason: GreyReason::ProviderArchived };
    assert_eq!(look_up("site.com", &at(&["198.51.100.7"])).verdict, archived);
    let net = Net { origins: BTreeMap::from([("203.0.113.1", vec![64501])]), ..at(&["203.0.113.1"]) };
    assert_eq!(look_up("site.com", &net).verdict, archived);
}

#[test]
fn a_linked_domain_is_green_without_a_query_and_with_www() {
    let net = Net::default();
    assert_eq!(look_up("linked.com", &net).verdict, green(2, MatchKind::LinkedDomain, 40));
    assert_eq!(look_up("www.linked.com", &net).verdict, green(2, MatchKind::LinkedDomain, 40));
    assert_eq!(net.queries.load(Ordering::SeqCst), 0);
    assert!(matches!(look_up("shop.linked.com", &net).verdict, Verdict::Unknown { .. }));
}

fn delegating(hash: Option<String>) -> Net {
    let location = "carbon-txt-location=https://provider.com/carbon.txt".to_owned();
    let hash = hash.map(|hash| format!("gwf-domain-hash={hash}"));
    let txt = std::iter::once(location).chain(hash).collect();
    Net { txt: BTreeMap::from([("site.com", txt)]), ..at(&["203.0.113.1"]) }
}

fn proof_of(outcome: &Outcome) -> Option<Proof> {
    outcome.explanation.steps.iter().find_map(|step| match &step.finding {
        Finding::CarbonTxt(found) => found.proof,
        _ => None,
    })
}

#[test]
fn a_delegation_without_proof_is_shown_and_does_not_count() {
    let outcome = look_up("site.com", &delegating(None));
    assert_eq!(outcome.verdict, Verdict::Grey { reason: GreyReason::NoMatch });
    assert_eq!(proof_of(&outcome), Some(Proof::Missing));
    let forged = look_up("site.com", &delegating(Some(domain_hash(&host("other.com"), "GWF-secret"))));
    assert_eq!(forged.verdict, Verdict::Grey { reason: GreyReason::NoMatch });
}

#[test]
fn a_delegation_with_a_domain_hash_is_green() {
    let outcome = look_up("site.com", &delegating(Some(domain_hash(&host("site.com"), "GWF-secret"))));
    assert_eq!(outcome.verdict, green(1, MatchKind::CarbonTxt, 30));
    assert_eq!(proof_of(&outcome), Some(Proof::DomainHash));
}

#[test]
fn a_delegation_counts_when_the_operator_trusts_delegations() {
    let trusting = Rules { trust: Trust::Delegation, ..ANY };
    let outcome = look_up_with("site.com", &delegating(None), catalog(), trusting);
    assert_eq!(outcome.verdict, green(1, MatchKind::CarbonTxt, 30));
}

#[test]
fn the_carbon_txt_of_the_name_itself_needs_no_hash() {
    let net = Net {
        txt: BTreeMap::from([(
            "provider.com",
            vec!["carbon-txt-location=https://provider.com/carbon.txt".to_owned()],
        )]),
        ..Net::default()
    };
    let outcome = look_up("provider.com", &net);
    assert_eq!(outcome.verdict, green(1, MatchKind::CarbonTxt, 30));
    assert_eq!(proof_of(&outcome), Some(Proof::OwnHost));
}

#[test]
fn an_archived_provider_is_grey_by_carbon_txt() {
    let mut data = catalog();
    data.carbon_txts[0].provider = ProviderId(9);
    let net = delegating(Some(domain_hash(&host("site.com"), "GWF-secret")));
    let outcome = look_up_with("site.com", &net, data, ANY);
    assert_eq!(outcome.verdict, Verdict::Grey { reason: GreyReason::ProviderArchived });
}

#[test]
fn a_kept_carbon_txt_result_saves_the_queries() {
    let net = delegating(None);
    look_up("site.com", &net);
    let queries = net.queries.swap(0, Ordering::SeqCst);
    assert_eq!(queries, 3, "TXT of the name and of its alternate, and its addresses");
    look_up("site.com", &net);
    assert_eq!(net.queries.load(Ordering::SeqCst), 1, "only its addresses");
}

#[test]
fn a_name_that_does_not_exist_is_unknown() {
    let outcome = look_up("nowhere.com", &Net::default());
    assert_eq!(outcome.verdict, Verdict::Unknown { reason: UnknownReason::NxDomain });
    assert_eq!(outcome.explanation.because, "nowhere.com is unknown: the name does not exist");
}

#[test]
fn origins_that_cannot_be_found_out_are_no_grey() {
    let net = Net { origins_away: true, ..at(&["203.0.113.1"]) };
    assert_eq!(
        look_up("site.com", &net).verdict,
        Verdict::Unknown { reason: UnknownReason::OriginUnavailable }
    );
    let net = Net { origins_away: true, ..at(&["192.0.2.1"]) };
    assert!(look_up("site.com", &net).verdict.is_green());
}

#[test]
fn an_address_is_looked_up_without_dns() {
    let net = Net::default();
    let outcome = look_up("192.0.2.5", &net);
    assert_eq!(outcome.verdict, green(1, MatchKind::Range, 10));
    assert_eq!(net.queries.load(Ordering::SeqCst), 0);
}

fn stored(by: Match, provider: i64, address: Option<&str>) -> StoredVerdict {
    StoredVerdict {
        host: host("site.com"),
        green: true,
        provider: ProviderId(provider),
        hosted_by: String::new(),
        hosted_by_website: String::new(),
        partner: String::new(),
        listed: true,
        by,
        address: address.map(ip),
        created: Noon.now(),
        modified: Noon.now(),
    }
}

#[test]
fn a_stored_verdict_is_supported_as_long_as_its_entry_decides() {
    let by = |kind, id| Match { kind, id: Some(id) };
    let range = stored(by(MatchKind::Range, 10), 1, Some("192.0.2.1"));
    let origin = stored(by(MatchKind::Asn, 20), 3, Some("203.0.113.1"));
    let snapshot = stored(Match { kind: MatchKind::Snapshot, id: None }, 1, None);
    let supports = |data: CatalogData, row: &StoredVerdict| Catalog::build(Generation(1), data).supports(row);
    for row in [&range, &origin, &snapshot] {
        assert!(supports(catalog(), row), "{row:?}");
    }
    let mut without_range = catalog();
    without_range.networks.remove(0);
    assert!(!supports(without_range, &range));

    let mut narrower = catalog();
    narrower.networks.push(network(13, 2, "192.0.2.1", "192.0.2.1"));
    assert!(!supports(narrower, &range));

    let mut now_in_a_range = catalog();
    now_in_a_range.networks.push(network(14, 1, "203.0.113.0", "203.0.113.255"));
    assert!(!supports(now_in_a_range, &origin));

    let mut archived = catalog();
    archived.providers[0].archived = true;
    assert!(!supports(archived.clone(), &range));
    assert!(!supports(archived, &snapshot));

    let mut linked = catalog();
    linked.linked_domains.push(LinkedDomainEntry {
        id: 41,
        provider: ProviderId(2),
        domain: host("site.com"),
    });
    assert!(!supports(linked, &range));
}
