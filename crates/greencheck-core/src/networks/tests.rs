use super::{InvalidNetworks, NetworkFormat, NetworkList};
use crate::{Asn, IpRange};

mod csv;
mod json;
mod lines;
mod plan;

fn ranges(texts: &[&str]) -> Vec<IpRange> {
    let mut ranges: Vec<IpRange> = texts.iter().map(|text| text.parse().unwrap()).collect();
    ranges.sort();
    ranges
}

fn asns(numbers: &[u32]) -> Vec<Asn> {
    numbers.iter().map(|number| Asn::new(*number).unwrap()).collect()
}

fn read(format: &NetworkFormat, text: &str) -> NetworkList {
    format.parse(text.as_bytes()).unwrap()
}

fn problem(format: &NetworkFormat, text: impl AsRef<[u8]>) -> String {
    format.parse(text.as_ref()).unwrap_err().to_string()
}

fn listed(list: &NetworkList) -> (Vec<IpRange>, Vec<Asn>) {
    (list.ranges.iter().copied().collect(), list.asns.iter().copied().collect())
}

#[test]
fn a_byte_that_is_no_text_is_told_with_its_line() {
    for format in [NetworkFormat::Csv, NetworkFormat::Google, NetworkFormat::Equinix] {
        let error = format.parse(b"192.0.2.0/24\n\n\xff\n").unwrap_err();
        assert_eq!(error, InvalidNetworks::NotUtf8 { line: 3 });
    }
}

#[test]
fn parts_of_a_list_become_one() {
    let mut list = read(&NetworkFormat::Cloudflare, "192.0.2.0/24\n198.51.100.0/24\nAS64496\n");
    list.merge(read(&NetworkFormat::Cloudflare, "192.0.2.0/24\n2001:db8::/32\n"));
    assert_eq!(
        listed(&list),
        (ranges(&["192.0.2.0/24", "198.51.100.0/24", "2001:db8::/32"]), asns(&[64_496]))
    );
}
