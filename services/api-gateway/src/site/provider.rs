use std::sync::LazyLock;

use askama::Template;
use chrono::NaiveDate;
use greencheck_core::directory::{Datacenter, HostedDomain, ProviderDetail, Registered};
use greencheck_core::{Country, ProviderId};

use super::evidence::Proof;
use crate::assets;
use crate::frame::Frame;
use crate::pages::label;
use crate::pages::links::href;

/// Names of a provider that its page shows.
pub(crate) const DOMAINS: u16 = 20;
/// AS numbers that it shows.
const ASNS: usize = 20;

static STYLE: LazyLock<String> = LazyLock::new(|| assets::CHECK_STYLE.url());

#[derive(Template)]
#[template(path = "provider.html")]
struct Whole<'a> {
    frame: Frame,
    stylesheet: &'static str,
    page: ProviderPage<'a>,
}

struct ProviderPage<'a> {
    id: ProviderId,
    name: &'a str,
    is_listed: bool,
    is_archived: bool,
    description: Option<&'a str>,
    website: &'a str,
    site: Option<String>,
    place: String,
    model: Option<&'static str>,
    services: String,
    carbon_txt: Option<String>,
    evidence: Vec<Proof>,
    networks: Vec<String>,
    halls: Vec<String>,
    domains: Vec<Domain>,
    has_more: bool,
}

struct Domain {
    host: String,
    name: String,
    checked: NaiveDate,
}

/// The page of a provider; `domains` are the first [`DOMAINS`] of its names and perhaps one more.
pub(crate) fn provider(
    detail: &ProviderDetail,
    domains: &[HostedDomain],
    today: NaiveDate,
    is_demo: bool,
) -> String {
    let profile = &detail.profile;
    let services: Vec<_> = profile.services.iter().map(|service| label(service)).collect();
    let page = ProviderPage {
        id: profile.id,
        name: &profile.name,
        is_listed: profile.is_listed && !profile.archived,
        is_archived: profile.archived,
        description: profile.description.as_deref(),
        website: &profile.website,
        site: href(&profile.website),
        place: place(&profile.city, &profile.country),
        model: model(&profile.model),
        services: services.join(", "),
        carbon_txt: profile.carbon_txt.as_deref().and_then(href),
        evidence: profile.evidence.iter().map(|document| Proof::of(document, today)).collect(),
        networks: networks(&detail.registered),
        halls: detail.datacenters.iter().map(hall).collect(),
        domains: domains.iter().take(usize::from(DOMAINS)).map(domain).collect(),
        has_more: domains.len() > usize::from(DOMAINS),
    };
    let whole = Whole { frame: Frame::new("", is_demo), stylesheet: &STYLE, page };
    whole.render().expect("texts and numbers can be written to a String")
}

fn domain(domain: &HostedDomain) -> Domain {
    Domain {
        host: domain.host.to_string(),
        name: domain.host.readable().into_owned(),
        checked: domain.modified.date_naive(),
    }
}

fn place(city: &str, country: &str) -> String {
    let country = Country::get(country).map_or(country, |country| country.name);
    match (city.is_empty(), country.is_empty()) {
        (false, false) => format!("{country} ({city})"),
        (false, true) => city.to_owned(),
        _ => country.to_owned(),
    }
}

/// The catalog keeps the platform's Dutch words.
fn model(model: &str) -> Option<&'static str> {
    match model {
        "groeneenergie" => Some("Green energy"),
        "compensatie" => Some("Compensation"),
        "mixed" => Some("Green energy and compensation"),
        _ => None,
    }
}

fn networks(registered: &Registered) -> Vec<String> {
    let Registered { ipv4_ranges, ipv6_ranges, asns, linked_domains } = registered;
    let some = |count: u64, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        more => Some(format!("{more} {many}")),
    };
    let mut networks = Vec::new();
    networks.extend(some(*ipv4_ranges, "range of IPv4 addresses", "ranges of IPv4 addresses"));
    networks.extend(some(*ipv6_ranges, "range of IPv6 addresses", "ranges of IPv6 addresses"));
    networks.extend(as_numbers(asns));
    networks.extend(some(*linked_domains, "linked domain", "linked domains"));
    networks
}

fn as_numbers(asns: &[u32]) -> Option<String> {
    if asns.is_empty() {
        return None;
    }
    let shown: Vec<_> = asns.iter().take(ASNS).map(|asn| format!("AS{asn}")).collect();
    let noun = if asns.len() == 1 { "AS number" } else { "AS numbers" };
    let rest = if asns.len() > ASNS { " and more" } else { "" };
    Some(format!("{} {noun}: {}{rest}", asns.len(), shown.join(", ")))
}

fn hall(hall: &Datacenter) -> String {
    let place = place(&hall.city, &hall.country);
    let place = if place.is_empty() { place } else { format!(", {place}") };
    format!("{}{place}, PUE {}", hall.name, hall.pue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_counted_in_words() {
        let registered = Registered { ipv4_ranges: 2, ipv6_ranges: 1, asns: vec![64_500], linked_domains: 0 };
        assert_eq!(
            networks(&registered),
            ["2 ranges of IPv4 addresses", "1 range of IPv6 addresses", "1 AS number: AS64500"]
        );
        let many: Vec<u32> = (1..=21).collect();
        assert!(as_numbers(&many).unwrap().ends_with("AS20 and more"));
    }

    #[test]
    fn a_place_is_what_is_known_of_it() {
        assert_eq!(place("Dinant", "BE"), "Belgium (Dinant)");
        assert_eq!(place("", "BE"), "Belgium");
        assert_eq!(place("Dinant", ""), "Dinant");
        assert_eq!(place("", "XX"), "XX");
    }
}
