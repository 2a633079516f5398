use super::read;
use crate::networks::{
    NetworkFormat, NetworkList, NetworkPlan, NetworkRefusal, NetworkReport, StoredEntry, StoredNetworks,
    TakenAsn,
};
use crate::{Asn, Generation, IpRange, ProviderId};

fn list(lines: &[&str]) -> NetworkList {
    read(&NetworkFormat::Cloudflare, &lines.join("\n"))
}

fn range(id: i64, text: &str, active: bool) -> StoredEntry<IpRange> {
    StoredEntry { id, value: text.parse().unwrap(), active }
}

fn asn(id: i64, number: u32, active: bool) -> StoredEntry<Asn> {
    StoredEntry { id, value: Asn::new(number).unwrap(), active }
}

fn stored(ranges: Vec<StoredEntry<IpRange>>) -> StoredNetworks {
    StoredNetworks { ranges, ..StoredNetworks::default() }
}

fn verdict(list: &NetworkList, stored: &StoredNetworks) -> Result<(), NetworkRefusal> {
    NetworkPlan::new(list, stored).check(list, stored, false)
}

#[test]
fn what_is_listed_becomes_active_and_the_rest_is_given_up() {
    let stored = stored(vec![
        range(1, "192.0.2.0/24", true),
        range(2, "198.51.100.0/24", false),
        range(3, "203.0.113.0/24", true),
        range(4, "2001:db8::/32", false),
    ]);
    let list = list(&["192.0.2.0/24", "198.51.100.0/24", "198.18.0.0/15"]);
    let plan = NetworkPlan::new(&list, &stored);
    assert_eq!(plan.ranges.insert, ["198.18.0.0/15".parse().unwrap()]);
    assert_eq!(plan.ranges.activate, [range(2, "198.51.100.0/24", false)]);
    assert_eq!(plan.ranges.deactivate, [range(3, "203.0.113.0/24", true)]);
    assert_eq!(plan.ranges.kept, 1);
    assert!(!plan.changes_nothing());
}

#[test]
fn an_entry_that_is_stored_twice_is_kept_activated_and_counted_once() {
    let stored = stored(vec![
        range(1, "192.0.2.0/24", true),
        range(2, "192.0.2.0/24", true),
        range(3, "198.51.100.0/24", false),
        range(4, "198.51.100.0/24", false),
        range(5, "203.0.113.0/24", true),
        range(6, "203.0.113.0/24", true),
    ]);
    let plan = NetworkPlan::new(&list(&["192.0.2.0/24", "198.51.100.0/24"]), &stored);
    assert_eq!(plan.ranges.kept, 1);
    assert_eq!(plan.ranges.activate, [range(3, "198.51.100.0/24", false)]);
    assert_eq!(plan.ranges.deactivate.len(), 2, "both rows stop to count");
    let report = NetworkReport::new(ProviderId(1), "One".into(), &plan, Generation(2));
    assert_eq!((report.ranges.added.len(), report.ranges.removed.len(), report.ranges.kept), (1, 1, 1));
}

#[test]
fn the_same_list_again_changes_nothing() {
    let stored = StoredNetworks {
        ranges: vec![range(1, "192.0.2.0/24", true), range(2, "203.0.113.0/24", false)],
        asns: vec![asn(1, 64_496, true)],
        ..StoredNetworks::default()
    };
    assert!(NetworkPlan::new(&list(&["192.0.2.0/24", "AS64496"]), &stored).changes_nothing());
}

#[test]
fn as_numbers_are_given_up_only_by_a_list_of_all() {
    let stored = StoredNetworks {
        asns: vec![asn(1, 64_496, true), asn(2, 64_497, true), asn(3, 64_498, false)],
        ..StoredNetworks::default()
    };
    let some = list(&["192.0.2.0/24", "AS64498"]);
    let plan = NetworkPlan::new(&some, &stored);
    assert_eq!((plan.asns.activate.len(), plan.asns.deactivate.len()), (1, 0));
    let all = NetworkList { all_asns: true, ..list(&["192.0.2.0/24", "AS64496"]) };
    assert_eq!(NetworkPlan::new(&all, &stored).asns.deactivate, [asn(2, 64_497, true)]);
    assert_eq!(verdict(&all, &stored), Ok(()), "half is left");
    let none = NetworkList { all_asns: true, ..list(&["192.0.2.0/24"]) };
    assert_eq!(
        verdict(&none, &stored),
        Err(NetworkRefusal::Shrinks { kind: "AS numbers", listed: 0, active: 2 })
    );
}

#[test]
fn an_empty_list_is_refused_unless_forced() {
    let stored = stored(Vec::new());
    let empty = list(&[]);
    assert_eq!(verdict(&empty, &stored), Err(NetworkRefusal::Empty));
    assert_eq!(NetworkPlan::new(&empty, &stored).check(&empty, &stored, true), Ok(()));
}

#[test]
fn less_than_half_is_refused_and_half_is_taken() {
    let networks = ["192.0.2.0/26", "192.0.2.64/26", "192.0.2.128/26", "192.0.2.192/26"];
    let entries = |active| (1..).zip(networks).map(|(id, text)| range(id, text, active)).collect();
    let half = list(&networks[..2]);
    assert_eq!(verdict(&half, &stored(entries(true))), Ok(()));
    let less = list(&networks[..1]);
    let refusal = NetworkRefusal::Shrinks { kind: "IPv4 networks", listed: 1, active: 4 };
    assert_eq!(verdict(&less, &stored(entries(true))), Err(refusal.clone()));
    assert_eq!(
        refusal.to_string(),
        "the list has 1 IPv4 networks, less than half of the 4 that are active: force it if that is right"
    );
    assert_eq!(verdict(&less, &stored(entries(false))), Ok(()), "only what is active counts");
    assert_eq!(
        NetworkPlan::new(&less, &stored(entries(true))).check(&less, &stored(entries(true)), true),
        Ok(())
    );
}

#[test]
fn a_list_that_lost_a_whole_family_is_refused() {
    let stored = stored(vec![
        range(1, "192.0.2.0/24", true),
        range(2, "198.51.100.0/24", true),
        range(3, "2001:db8::/32", true),
    ]);
    assert_eq!(
        verdict(&list(&["192.0.2.0/24", "198.51.100.0/24"]), &stored),
        Err(NetworkRefusal::Shrinks { kind: "IPv6 networks", listed: 0, active: 1 })
    );
}

#[test]
fn an_as_number_of_somebody_else_is_refused_even_by_force() {
    let list = list(&["AS64496"]);
    let taken = TakenAsn { id: 31, asn: Asn::new(64_496).unwrap(), provider: ProviderId(7) };
    let stored = StoredNetworks { taken: vec![taken], ..StoredNetworks::default() };
    let refusal = NetworkPlan::new(&list, &stored).check(&list, &stored, true).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "AS64496 is entry 31 of provider 7 already: an AS number has one provider, deactivate it there first"
    );
}
