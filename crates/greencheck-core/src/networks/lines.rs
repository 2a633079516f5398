//! Lists with one entry a line.

use super::entry::{asn, names_asn, network};
use super::format::shortened;
use super::{InvalidEntry, InvalidNetworks, NetworkList};

/// Every line counts: one that is no entry means that this is not the list.
pub(super) fn cloudflare(text: &str) -> Result<NetworkList, InvalidNetworks> {
    let mut list = NetworkList::default();
    for (line, entry) in entries(text) {
        match kind(entry) {
            Some(kind) => kind.put(entry, line, &mut list)?,
            None => return Err(InvalidNetworks::Stranger { line, input: shortened(entry) }),
        }
    }
    Ok(list)
}

/// The first word of a line is the entry; what does not look like one is a remark.
pub(super) fn equinix(text: &str) -> Result<NetworkList, InvalidNetworks> {
    let mut list = NetworkList { all_asns: true, ..NetworkList::default() };
    for (line, text) in entries(text) {
        let entry = text.split_ascii_whitespace().next().unwrap_or_default();
        match kind(entry) {
            Some(kind) => kind.put(entry, line, &mut list)?,
            None => list.pass_over(|| format!("line {line}: {:?}", shortened(text))),
        }
    }
    Ok(list)
}

/// The lines that say something, and their numbers.
fn entries(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let lines = (1..).zip(text.lines().map(str::trim));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// What an entry means to be. It may still be wrong.
#[derive(Clone, Copy)]
enum Kind {
    Asn,
    Network,
}

fn kind(entry: &str) -> Option<Kind> {
    let first = entry.bytes().next()?;
    // `2400:cb00::/32` begins with a digit, `fd00::/8` and `::/16` do not.
    let address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'/' | b'.');
    let is_v6 = entry.matches(':').count() >= 2 && entry.bytes().all(address);
    if names_asn(entry) && entry.as_bytes().get(2).is_some_and(u8::is_ascii_digit) {
        Some(Kind::Asn)
    } else if first.is_ascii_digit() || is_v6 {
        Some(Kind::Network)
    } else {
        None
    }
}

impl Kind {
    fn put(self, entry: &str, line: u64, list: &mut NetworkList) -> Result<(), InvalidNetworks> {
        let wrong = |problem: InvalidEntry| InvalidNetworks::Line { line, problem };
        match self {
            Self::Asn => list.asns.insert(asn(entry).map_err(wrong)?),
            Self::Network => list.ranges.insert(network(entry).map_err(wrong)?),
        };
        Ok(())
    }
}
