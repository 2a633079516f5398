//! Lists in JSON. An error says where in the document it is, and in which line.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer};

use super::entry::network;
use super::{InvalidNetworks, NetworkList, Regions};
use crate::IpRange;

#[derive(Deserialize)]
struct Amazon {
    prefixes: Vec<AmazonV4>,
    ipv6_prefixes: Vec<AmazonV6>,
}

#[derive(Deserialize)]
struct AmazonV4 {
    ip_prefix: Network,
    region: String,
}

#[derive(Deserialize)]
struct AmazonV6 {
    ipv6_prefix: Network,
    region: String,
}

#[derive(Deserialize)]
struct Google {
    prefixes: Vec<GooglePrefix>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GooglePrefix {
    ipv4_prefix: Option<Network>,
    ipv6_prefix: Option<Network>,
}

#[derive(Deserialize)]
struct Microsoft {
    values: Vec<ServiceTag>,
}

#[derive(Deserialize)]
struct ServiceTag {
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    address_prefixes: Vec<Network>,
}

pub(super) fn amazon(text: &str, regions: &Regions) -> Result<NetworkList, InvalidNetworks> {
    let Amazon { prefixes, ipv6_prefixes } = parse(text)?;
    let v4 = prefixes.into_iter().map(|entry| (entry.region, entry.ip_prefix));
    let v6 = ipv6_prefixes.into_iter().map(|entry| (entry.region, entry.ipv6_prefix));
    let chosen: Vec<_> = v4.chain(v6).filter(|(region, _)| regions.has(region)).collect();
    let found: BTreeSet<&str> = chosen.iter().map(|(region, _)| region.as_str()).collect();
    let missing = regions.missing(&found);
    let mut list = list(chosen.into_iter().map(|(_, network)| network));
    for region in missing {
        list.pass_over(|| format!("region {region}: the list has none of its networks"));
    }
    Ok(list)
}

pub(super) fn google(text: &str) -> Result<NetworkList, InvalidNetworks> {
    let Google { prefixes } = parse(text)?;
    let neither = |entry: &GooglePrefix| entry.ipv4_prefix.is_none() && entry.ipv6_prefix.is_none();
    if let Some(at) = prefixes.iter().position(neither) {
        let problem = format!("prefixes[{at}]: it has neither `ipv4Prefix` nor `ipv6Prefix`");
        return Err(InvalidNetworks::Json(problem));
    }
    Ok(list(prefixes.into_iter().flat_map(|entry| [entry.ipv4_prefix, entry.ipv6_prefix]).flatten()))
}

pub(super) fn microsoft(text: &str) -> Result<NetworkList, InvalidNetworks> {
    let Microsoft { values } = parse(text)?;
    Ok(list(values.into_iter().flat_map(|tag| tag.properties.address_prefixes)))
}

fn list(networks: impl Iterator<Item = Network>) -> NetworkList {
    NetworkList { ranges: networks.map(|network| network.0).collect(), ..NetworkList::default() }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, InvalidNetworks> {
    let mut json = serde_json::Deserializer::from_str(text);
    let document = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| InvalidNetworks::Json(format!("{}: {}", error.path(), error.inner())))?;
    json.end().map_err(|error| InvalidNetworks::Json(error.to_string()))?;
    Ok(document)
}

struct Network(IpRange);

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A visitor's error gets the line that it is in; one made afterwards does not.
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Network;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a network such as \"192.0.2.0/24\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Network, E> {
                network(text).map(Network).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}
