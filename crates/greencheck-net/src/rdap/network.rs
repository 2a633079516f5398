//! The object class "ip network" (RFC 9083, section 5.4).

use std::net::IpAddr;

use greencheck_core::Asn;
use greencheck_core::ports::RegisteredNetwork;
use serde::Deserialize;

/// Longer texts are cut off.
const LONGEST: usize = 200;
/// Further AS numbers are left out.
const ORIGINS: usize = 50;

#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("its answer cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("its answer is about no network of addresses")]
    NoNetwork,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IpNetwork {
    start_address: Option<String>,
    end_address: Option<String>,
    name: Option<String>,
    handle: Option<String>,
    country: Option<String>,
    /// Registries that can say who announces a network do it so.
    #[serde(default, rename = "arin_originas0_originautnums")]
    origins: Vec<u32>,
}

pub(super) fn read(body: &[u8], registry: &str) -> Result<RegisteredNetwork, Unreadable> {
    let network: IpNetwork = serde_json::from_slice(body)?;
    let ends = address(network.start_address.as_deref()).zip(address(network.end_address.as_deref()));
    let (first, last) = ends.ok_or(Unreadable::NoNetwork)?;
    if first.is_ipv4() != last.is_ipv4() || first > last {
        return Err(Unreadable::NoNetwork);
    }
    let is_code = |country: &String| country.len() == 2 && country.bytes().all(|b| b.is_ascii_alphabetic());
    Ok(RegisteredNetwork {
        name: network.name.as_deref().and_then(text),
        handle: network.handle.as_deref().and_then(text),
        country: network.country.filter(is_code).map(|country| country.to_ascii_uppercase()),
        first,
        last,
        origins: network.origins.into_iter().filter_map(Asn::new).take(ORIGINS).collect(),
        registry: text(registry).unwrap_or_default(),
    })
}

/// Some write the length of the prefix behind it.
fn address(text: Option<&str>) -> Option<IpAddr> {
    text?.split('/').next()?.trim().parse().ok()
}

fn text(text: &str) -> Option<String> {
    let text: String = text.trim().chars().filter(|letter| !letter.is_control()).take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}
