use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Mutex;

use async_trait::async_trait;
use futures_util::FutureExt;

use super::*;

/// A small internet: TXT records by name, HEAD answers by URL; everything else is absent.
#[derive(Default)]
struct Net {
    txt: BTreeMap<&'static str, Vec<&'static str>>,
    heads: BTreeMap<&'static str, Head>,
    silent: bool,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Dns for Net {
    async fn addresses(&self, _: &Host) -> Result<Vec<IpAddr>, DnsError> {
        Err(DnsError::NxDomain)
    }

    async fn txt(&self, host: &Host) -> Result<Vec<String>, DnsError> {
        if self.silent {
            return Err(DnsError::Timeout);
        }
        Ok(self.txt.get(host.as_str()).into_iter().flatten().map(ToString::to_string).collect())
    }
}

#[async_trait]
impl Web for Net {
    async fn head(&self, url: &Url, _: &[&str]) -> Result<Head, WebError> {
        self.asked.lock().unwrap().push(url.to_string());
        if self.silent {
            return Err(WebError::Timeout);
        }
        Ok(self.heads.get(url.as_str()).cloned().unwrap_or(Head { status: 404, ..Head::default() }))
    }
}

fn ok() -> Head {
    Head { status: 200, ..Head::default() }
}

fn with_header(name: &str, value: &str) -> Head {
    Head { status: 404, headers: BTreeMap::from([(name.to_owned(), value.to_owned())]) }
}

fn location_of(host: &str, net: &Net) -> Option<String> {
    let host = Host::parse(host).unwrap();
    resolve(&host, net, net).now_or_never().expect("the fakes never wait").resolved.location
}

#[test]
fn a_txt_record_comes_before_the_file() {
    let net = Net {
        txt: BTreeMap::from([(
            "example.com",
            vec!["v=spf1", "carbon-txt-location=https://host.example/c.txt?a=b"],
        )]),
        heads: BTreeMap::from([("https://example.com/carbon.txt", ok())]),
        ..Net::default()
    };
    assert_eq!(location_of("example.com", &net).as_deref(), Some("https://host.example/c.txt?a=b"));
}

#[test]
fn the_file_comes_before_the_well_known_file() {
    let net = Net {
        heads: BTreeMap::from([
            ("https://example.com/carbon.txt", ok()),
            ("https://example.com/.well-known/carbon.txt", ok()),
        ]),
        ..Net::default()
    };
    assert_eq!(location_of("example.com", &net).as_deref(), Some("https://example.com/carbon.txt"));
}

#[test]
fn a_redirect_is_no_file() {
    let redirect = Head { status: 301, ..Head::default() };
    let net = Net {
        heads: BTreeMap::from([
            ("https://example.com/carbon.txt", redirect),
            ("https://example.com/.well-known/carbon.txt", ok()),
        ]),
        ..Net::default()
    };
    assert_eq!(
        location_of("example.com", &net).as_deref(),
        Some("https://example.com/.well-known/carbon.txt")
    );
}

#[test]
fn a_header_may_name_a_domain_that_is_resolved_in_turn() {
    let net = Net {
        heads: BTreeMap::from([
            ("https://example.com/", with_header("carbontxt-location", "provider.com")),
            ("https://provider.com/carbon.txt", ok()),
        ]),
        ..Net::default()
    };
    assert_eq!(location_of("example.com", &net).as_deref(), Some("https://provider.com/carbon.txt"));
}

#[test]
fn a_registrable_domain_falls_back_to_www_and_says_so() {
    let net = Net { heads: BTreeMap::from([("https://www.example.com/carbon.txt", ok())]), ..Net::default() };
    let host = Host::parse("example.com").unwrap();
    let resolved = resolve(&host, &net, &net).now_or_never().unwrap().resolved;
    assert_eq!(resolved.location.as_deref(), Some("https://www.example.com/carbon.txt"));
    assert_eq!(resolved.found_at, Some(Host::parse("www.example.com").unwrap()));
}

#[test]
fn other_subdomains_have_no_alternate() {
    let net = Net::default();
    assert_eq!(location_of("shop.example.com", &net), None);
    assert!(net.asked.lock().unwrap().iter().all(|url| url.starts_with("https://shop.example.com/")));
}

#[test]
fn delegations_in_a_circle_end() {
    let net = Net {
        txt: BTreeMap::from([
            ("a.com", vec!["carbon-txt-location=b.com"]),
            ("b.com", vec!["carbon-txt-location=a.com"]),
        ]),
        ..Net::default()
    };
    assert_eq!(location_of("a.com", &net), None);
}

#[test]
fn hashes_of_records_and_headers_are_collected() {
    let net = Net {
        txt: BTreeMap::from([("example.com", vec!["gwf-domain-hash=abc"])]),
        heads: BTreeMap::from([("https://example.com/", with_header("gwf-domainhash", "def"))]),
        ..Net::default()
    };
    let host = Host::parse("example.com").unwrap();
    let resolved = resolve(&host, &net, &net).now_or_never().unwrap().resolved;
    assert_eq!(resolved.hashes, ["abc", "def"]);
}

#[test]
fn silence_is_told_from_absence() {
    let host = Host::parse("example.com").unwrap();
    let silent = Net { silent: true, ..Net::default() };
    assert!(resolve(&host, &silent, &silent).now_or_never().unwrap().problem.is_some());
    let empty = Net::default();
    assert_eq!(resolve(&host, &empty, &empty).now_or_never().unwrap(), Resolution::default());
}
