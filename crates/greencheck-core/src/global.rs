use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `address` may belong to a host on the internet, by the IANA special-purpose address registries (RFC 6890 and its
/// updates).
///
/// Where the registries are undecided the answer is no: nothing is sent to such an address, so a doubt must not send.
/// An IPv6 address that stands for an IPv4 address (mapped, NAT64, 6to4) is judged as the latter; Teredo is never global.
pub fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_global_v4(address),
        IpAddr::V6(address) => is_global_v6(address),
    }
}

#[expect(clippy::unnested_or_patterns, reason = "a line for each entry of the registry")]
fn is_global_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0, ..] // "this network"
        | [10, ..] // private
        | [100, 64..=127, ..] // shared by carriers (RFC 6598)
        | [127, ..] // loopback
        | [169, 254, ..] // link-local
        | [172, 16..=31, ..] // private
        | [192, 0, 0, _] // protocol assignments; its two anycast services live in the own network
        | [192, 0, 2, _] // documentation
        | [192, 88, 99, _] // 6to4 relays, given up (RFC 7526)
        | [192, 168, ..] // private
        | [198, 18..=19, ..] // benchmarks
        | [198, 51, 100, _] // documentation
        | [203, 0, 113, _] // documentation
        | [224..=255, ..] => true, // multicast, reserved, broadcast
        _ => false,
    };
    !special
}

#[expect(clippy::unnested_or_patterns, reason = "a line for each entry of the registry")]
fn is_global_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_global_v4(mapped);
    }
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] // NAT64 (RFC 6052)
        | [0x2002, high, low, ..] => is_global_v4(embedded(high, low)), // 6to4
        [0x2001, 0..=0x01ff, ..] // protocol assignments, Teredo, ORCHID
        | [0x2001, 0x0db8, ..] // documentation
        | [0x3fff, 0..=0x0fff, ..] => false, // documentation
        // Of all the rest only 2000::/3 is handed out; loopback, discard-only, SRv6, unique local, link-local and multicast
        // addresses lie outside it.
        [first, ..] => first >> 13 == 0b001,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests;
