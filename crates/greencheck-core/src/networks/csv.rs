//! Lists that operators write themselves. A row that cannot be read is passed over and told.

use std::net::IpAddr;

use ::csv::{ReaderBuilder, StringRecord, Trim};

use super::entry::{asn, names_asn, network, range};
use super::{InvalidEntry, NetworkList};
use crate::InvalidRange;

pub(super) fn rows(text: &str) -> NetworkList {
    let mut list = NetworkList::default();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut row = StringRecord::new();
    loop {
        match reader.read_record(&mut row) {
            Ok(false) => return list,
            Ok(true) => {}
            // The text is UTF-8 and rows may have any length: nothing else goes wrong.
            Err(error) => {
                list.pass_over(|| error.to_string());
                return list;
            }
        }
        let line = row.position().map_or(0, ::csv::Position::line);
        if let Err(problem) = put(&row, &mut list) {
            list.pass_over(|| format!("line {line}: {problem}"));
        }
    }
}

fn put(row: &StringRecord, list: &mut NetworkList) -> Result<(), InvalidEntry> {
    let first = row.get(0).unwrap_or_default();
    let second = row.get(1).filter(|second| !second.is_empty());
    match (first, second) {
        ("", None) => {}
        (first, Some(second)) => {
            list.ranges.insert(range(address(first)?, address(second)?)?);
        }
        (first, None) if names_asn(first) => {
            list.asns.insert(asn(first)?);
        }
        (first, None) => {
            list.ranges.insert(match network(first) {
                // Somebody wrote down an address of a network, not the network.
                Err(InvalidEntry::Range(InvalidRange::HostBits { net })) => range(net.addr(), net.addr())?,
                other => other?,
            });
        }
    }
    Ok(())
}

fn address(text: &str) -> Result<IpAddr, InvalidEntry> {
    text.parse().map_err(|_| InvalidRange::Syntax(text.chars().take(100).collect()).into())
}
