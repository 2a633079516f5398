use std::collections::BTreeSet;

use rstest::rstest;

use super::{listed, problem, ranges, read};
use crate::networks::NetworkFormat::{Amazon, Google, Microsoft};
use crate::networks::{NetworkFormat, Regions};

const AMAZON: &str = r#"{
  "syncToken": "1", "createDate": "2026-11-20-01-02-03",
  "prefixes": [
    {"ip_prefix": "192.0.2.0/24", "region": "eu-west-1", "service": "AMAZON", "network_border_group": "eu-west-1"},
    {"ip_prefix": "192.0.2.0/24", "region": "eu-west-1", "service": "EC2"},
    {"ip_prefix": "198.51.100.0/24", "region": "us-west-2", "service": "S3"},
    {"ip_prefix": "203.0.113.0/24", "region": "sa-east-1", "service": "EC2"},
    {"ip_prefix": "203.0.113.0/25", "region": "GLOBAL", "service": "CLOUDFRONT"}
  ],
  "ipv6_prefixes": [
    {"ipv6_prefix": "2600:1f00::/40", "region": "ap-south-2"},
    {"ipv6_prefix": "fd00:1::/40", "region": "eu-north-1"},
    {"ipv6_prefix": "2600:9000::/28", "region": "GLOBAL"}
  ]
}"#;
const GOOGLE: &str = r#"{"syncToken": "1", "prefixes": [
    {"ipv4Prefix": "34.1.208.0/20", "service": "Google Cloud", "scope": "africa-south1"},
    {"ipv6Prefix": "2600:1900:8000::/44", "scope": "us-central1"}
]}"#;
const MICROSOFT: &str = r#"{"changeNumber": 1, "cloud": "Public", "values": [
    {"name": "AzureCloud", "properties": {"region": "", "addressPrefixes": ["13.64.0.0/16", "2603:1000::/24"]}},
    {"name": "Storage.EastUS", "properties": {"region": "eastus", "addressPrefixes": ["13.64.0.0/16", "20.0.0.0/24"]}},
    {"name": "Empty", "properties": {"addressPrefixes": []}}
]}"#;

fn regions(names: &[&str]) -> NetworkFormat {
    Amazon(Regions::Only(names.iter().map(|name| (*name).to_owned()).collect()))
}

#[rstest]
#[case::default(
    Amazon(Regions::default()), AMAZON,
    &["192.0.2.0/24", "198.51.100.0/24", "2600:1f00::/40", "fd00:1::/40"]
)]
#[case::one(regions(&["sa-east-1"]), AMAZON, &["203.0.113.0/24"])]
#[case::none(Amazon(Regions::Only(BTreeSet::new())), AMAZON, &[])]
#[case::all(
    Amazon(Regions::All), AMAZON,
    &["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "203.0.113.0/25", "2600:1f00::/40", "fd00:1::/40", "2600:9000::/28"]
)]
#[case::google(Google, GOOGLE, &["34.1.208.0/20", "2600:1900:8000::/44"])]
#[case::microsoft(Microsoft, MICROSOFT, &["13.64.0.0/16", "2603:1000::/24", "20.0.0.0/24"])]
fn a_list_is_read(#[case] format: NetworkFormat, #[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(listed(&read(&format, text)), (ranges(expected), Vec::new()));
}

#[rstest]
#[case::page(Google, "<html>", "it begins with \"<html>\": that is a web page and no list")]
#[case::nothing(Google, "", ".: EOF while parsing a value at line 1 column 0")]
#[case::cut(Google, &GOOGLE[..80], "prefixes[0]")]
#[case::another_document(Google, "{\"error\": 1}", ".: missing field `prefixes` at line 1 column 12")]
#[case::no_v6(Amazon(Regions::All), "{\"prefixes\": []}", ".: missing field `ipv6_prefixes`")]
#[case::no_prefix(
    Google,
    "{\"prefixes\": [{\"scope\": \"x\"}]}",
    "prefixes[0]: it has neither `ipv4Prefix` nor `ipv6Prefix`"
)]
#[case::number(
    Microsoft,
    "{\"values\": [{\"properties\": {\"addressPrefixes\": [7]}}]}",
    "values[0].properties.addressPrefixes[0]: invalid type"
)]
#[case::more(Google, "{\"prefixes\": []} {}", "trailing characters at line 1 column 18")]
fn what_is_no_list_is_told_with_its_place(
    #[case] format: NetworkFormat,
    #[case] text: &str,
    #[case] expected: &str,
) {
    let problem = problem(&format, text);
    assert!(problem.starts_with(expected), "{problem}");
}

#[test]
fn a_bad_network_is_told_with_path_and_line() {
    let broken = AMAZON.replace("203.0.113.0/24", "203.0.113.7/24");
    assert_eq!(
        problem(&Amazon(Regions::default()), broken),
        "prefixes[3].ip_prefix: 203.0.113.7/24 has bits set behind its prefix: write 203.0.113.0/24 at line 7 column 34"
    );
}

#[test]
fn a_region_that_does_not_occur_is_told() {
    let list = read(&regions(&["eu-west-1", "eu-wets-2"]), AMAZON);
    assert_eq!(listed(&list).0, ranges(&["192.0.2.0/24"]));
    assert_eq!(list.passed_over.count, 1);
    assert_eq!(list.passed_over.examples, ["region eu-wets-2: the list has none of its networks"]);
}
