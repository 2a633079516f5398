//! Writes small files in the MMDB format (version 2.0 of its specification).

use std::net::IpAddr;

/// What is between the tree and the data.
const SEPARATOR: [u8; 16] = [0; 16];
const METADATA_MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
const BITS_OF_A_RECORD: u16 = 32;

/// How a file says what the country of a network is.
#[derive(Debug, Clone, Copy)]
pub enum Spelling {
    /// `{"country": {"iso_code": "NL"}}`
    Record,
    /// `{"country_code": "NL"}`
    Flat,
    /// `{"country": "NL"}`
    Bare,
    /// `{"registered_country": {"iso_code": "NL"}}`
    Registered,
}

impl Spelling {
    fn encode(self, code: &str) -> Vec<u8> {
        let iso_code = || map(&[("iso_code", text(code))]);
        match self {
            Self::Record => map(&[("country", iso_code())]),
            Self::Flat => map(&[("country_code", text(code))]),
            Self::Bare => map(&[("country", text(code))]),
            Self::Registered => map(&[("registered_country", iso_code())]),
        }
    }
}

/// A table of IPv6 and IPv4 networks (`192.0.2.0/24`) that do not overlap, and their countries.
pub fn mmdb(networks: &[(&str, &str)], spelling: Spelling) -> Vec<u8> {
    let mut tree = Tree::default();
    let mut data = Vec::new();
    for (network, code) in networks {
        let (bits, length) = prefix(network);
        tree.insert(bits, length, data.len());
        data.extend(spelling.encode(code));
    }
    let mut file = tree.encode();
    file.extend(SEPARATOR);
    file.extend(data);
    file.extend(METADATA_MARKER);
    file.extend(metadata(tree.nodes.len()));
    file
}

/// The first bits of an IPv6 address; IPv4 lies in `::/96`.
fn prefix(network: &str) -> (u128, u32) {
    let (address, length) = network.split_once('/').expect("a network has a length");
    let length: u32 = length.parse().expect("the length is a number");
    match address.parse().expect("a network begins with an address") {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 96 + length),
        IpAddr::V6(v6) => (v6.to_bits(), length),
    }
}

#[derive(Clone, Copy, Default)]
enum Record {
    #[default]
    Nothing,
    Node(usize),
    Data(usize),
}

struct Tree {
    nodes: Vec<[Record; 2]>,
}

impl Default for Tree {
    fn default() -> Self {
        Self { nodes: vec![[Record::Nothing; 2]] }
    }
}

impl Tree {
    fn insert(&mut self, bits: u128, length: u32, data: usize) {
        let mut node = 0;
        for depth in 0..length {
            let side = usize::from(bits >> (127 - depth) & 1 == 1);
            if depth + 1 == length {
                self.nodes[node][side] = Record::Data(data);
                return;
            }
            node = match self.nodes[node][side] {
                Record::Node(next) => next,
                Record::Nothing => {
                    self.nodes.push([Record::Nothing; 2]);
                    let next = self.nodes.len() - 1;
                    self.nodes[node][side] = Record::Node(next);
                    next
                }
                Record::Data(_) => panic!("networks overlap"),
            };
        }
    }

    fn encode(&self) -> Vec<u8> {
        let count = self.nodes.len();
        let value = |record: &Record| match record {
            Record::Nothing => count,
            Record::Node(node) => *node,
            Record::Data(offset) => count + SEPARATOR.len() + offset,
        };
        let records = self.nodes.iter().flatten();
        records
            .flat_map(|record| u32::try_from(value(record)).expect("a small table").to_be_bytes())
            .collect()
    }
}

fn metadata(nodes: usize) -> Vec<u8> {
    let nodes = u32::try_from(nodes).expect("a small table");
    map(&[
        ("binary_format_major_version", number16(2)),
        ("binary_format_minor_version", number16(0)),
        ("build_epoch", vec![8, 2, 0, 0, 0, 0, 0x65, 0, 0, 0]),
        ("database_type", text("Test-Country")),
        ("description", map(&[("en", text("countries for tests"))])),
        ("ip_version", number16(6)),
        ("languages", vec![0, 4]),
        ("node_count", [&[0xc4][..], &nodes.to_be_bytes()].concat()),
        ("record_size", number16(BITS_OF_A_RECORD)),
    ])
}

fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![control(7, entries.len())];
    for (key, value) in entries {
        bytes.extend(text(key));
        bytes.extend(value);
    }
    bytes
}

fn text(text: &str) -> Vec<u8> {
    [&[control(2, text.len())], text.as_bytes()].concat()
}

fn number16(number: u16) -> Vec<u8> {
    [&[control(5, 2)][..], &number.to_be_bytes()].concat()
}

fn control(kind: u8, size: usize) -> u8 {
    assert!(size < 29, "longer values are encoded otherwise");
    kind << 5 | u8::try_from(size).expect("it is small")
}
