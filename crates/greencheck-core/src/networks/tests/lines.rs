use rstest::rstest;

use super::{asns, listed, problem, ranges, read};
use crate::networks::NetworkFormat::{Cloudflare, Equinix};

#[test]
fn a_prefix_that_begins_with_a_letter_is_a_network_too() {
    let text = "173.245.48.0/20\n2400:cb00::/32\nfc00:dead::/32\nFD00::/16\n::1\n";
    let expected = ["173.245.48.0/20", "2400:cb00::/32", "fc00:dead::/32", "fd00::/16", "::1"];
    assert_eq!(listed(&read(&Cloudflare, text)), (ranges(&expected), Vec::new()));
    assert_eq!(listed(&read(&Equinix, text)), (ranges(&expected), Vec::new()));
}

#[test]
fn empty_lines_and_remarks_are_no_harm() {
    let text = "\n# of today\n192.0.2.0/24\r\n\r\n   198.51.100.0/24   \nAS64496\n\n";
    let expected = (ranges(&["192.0.2.0/24", "198.51.100.0/24"]), asns(&[64_496]));
    assert_eq!(listed(&read(&Cloudflare, text)), expected);
    assert_eq!(listed(&read(&Equinix, text)), expected);
}

#[rstest]
#[case::page(
    "<html><title>503</title>",
    "it begins with \"<html><title>503</title>\": that is a web page and no list"
)]
#[case::page_after_space(
    "\n  <!DOCTYPE html>\n192.0.2.0/24",
    "it begins with \"<!DOCTYPE html>\": that is a web page"
)]
#[case::sentence(
    "Service unavailable",
    "line 1: \"Service unavailable\" is neither a network nor an AS number"
)]
#[case::json("192.0.2.0/24\n{\"success\":true}", "line 2: \"{\\\"success\\\":true}\" is neither")]
#[case::host_bits("192.0.2.1/24", "line 1: 192.0.2.1/24 has bits set behind its prefix: write 192.0.2.0/24")]
#[case::v6_host_bits("2400:cb00::1/32", "line 1: 2400:cb00::1/32 has bits set behind its prefix")]
#[case::prefix("192.0.2.0/33", "line 1: \"192.0.2.0/33\" is not a range")]
#[case::remark_behind("192.0.2.0/24 ours", "line 1: \"192.0.2.0/24 ours\" is not a range")]
#[case::everything(
    "192.0.2.0/24\n0.0.0.0/0",
    "line 2: 0.0.0.0-255.255.255.255 is wider than the network of any provider"
)]
#[case::asn("AS0", "line 1: \"AS0\" is not an AS number")]
#[case::asn_alone("AS", "line 1: \"AS\" is neither")]
fn cloudflare_lines_all_count(#[case] text: &str, #[case] expected: &str) {
    let problem = problem(&Cloudflare, text);
    assert!(problem.starts_with(expected), "{problem}");
}

#[test]
fn equinix_lines_have_remarks() {
    let text = "Equinix Metal networks, as of today\nAdd: none\n\n192.0.2.0/24 Amsterdam\nAS64496 Metal\nfd00::/16\tParis\n";
    let list = read(&Equinix, text);
    assert_eq!(listed(&list), (ranges(&["192.0.2.0/24", "fd00::/16"]), asns(&[64_496])));
    assert!(list.all_asns, "the file names all AS numbers");
    assert_eq!(list.passed_over.count, 2);
    assert_eq!(list.passed_over.examples[0], "line 1: \"Equinix Metal networks, as of today\"");
}

#[rstest]
#[case::page("<html>\n192.0.2.0/24", "it begins with \"<html>\": that is a web page and no list")]
#[case::broken("192.0.2.0/24\n198.51.100.0/2x Paris", "line 2: \"198.51.100.0/2x\" is not a range")]
#[case::date("2026-11-21 state of the list", "line 1: \"2026-11-21\" is not a range")]
fn an_equinix_line_that_begins_like_an_entry_must_be_one(#[case] text: &str, #[case] expected: &str) {
    let problem = problem(&Equinix, text);
    assert!(problem.starts_with(expected), "{problem}");
}

#[test]
fn a_list_without_entries_is_empty_not_wrong() {
    assert!(read(&Cloudflare, "").is_empty());
    assert!(read(&Equinix, "Nothing here\n").is_empty());
}
