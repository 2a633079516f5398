use rstest::rstest;

use super::{asns, listed, ranges, read};
use crate::networks::NetworkFormat;

#[test]
fn the_rows_that_the_platform_takes_are_taken_alike() {
    let text = "104.21.2.197, 104.21.2.199\n104.21.2.197\n104.21.2.0/24\n104.21.2.192/24\nAS234\nAS\n";
    let list = read(&NetworkFormat::Csv, text);
    let four = ["104.21.2.197-104.21.2.199", "104.21.2.197", "104.21.2.0/24", "104.21.2.192"];
    assert_eq!(listed(&list), (ranges(&four), asns(&[234])));
    assert_eq!(list.passed_over.count, 1);
    assert!(list.passed_over.examples[0].starts_with("line 6: \"AS\" is not an AS number"), "{list:?}");
    assert!(!list.all_asns, "AS numbers that a file does not name stay");
}

#[rstest]
#[case::quotes("\"192.0.2.0\",\"192.0.2.9\"\n", &["192.0.2.0-192.0.2.9"])]
#[case::windows("192.0.2.0/24\r\n198.51.100.0/24\r\n", &["192.0.2.0/24", "198.51.100.0/24"])]
#[case::byte_order_mark("\u{feff}192.0.2.0/24\n", &["192.0.2.0/24"])]
#[case::no_last_newline("192.0.2.0/24", &["192.0.2.0/24"])]
#[case::empty_second_column("192.0.2.7,\n", &["192.0.2.7"])]
#[case::remarks("192.0.2.7,,rack 3\n# 198.51.100.0/24\n", &["192.0.2.7"])]
#[case::v6("2001:db8::/32\nfd00::1,fd00::2\n2001:db8::5/32\n", &["2001:db8::/32", "fd00::1-fd00::2", "2001:db8::5"])]
#[case::mapped("::ffff:192.0.2.0/120\n", &["192.0.2.0/24"])]
#[case::empty_rows("\n   \n,\n192.0.2.7\n", &["192.0.2.7"])]
#[case::nothing("", &[])]
fn a_row_means_what_it_says(#[case] text: &str, #[case] expected: &[&str]) {
    let list = read(&NetworkFormat::Csv, text);
    assert_eq!(listed(&list), (ranges(expected), Vec::new()));
    assert_eq!(list.passed_over.count, 0, "{list:?}");
}

#[rstest]
#[case::heading("network,comment", "line 2: \"network\" is not a range")]
#[case::families("192.0.2.1,2001:db8::1", "line 2: 192.0.2.1 and 2001:db8::1 are of different families")]
#[case::reversed("192.0.2.9,192.0.2.1", "line 2: 192.0.2.9 comes after 192.0.2.1")]
#[case::octal("010.0.0.1", "line 2: \"010.0.0.1\" is not a range")]
#[case::everything("0.0.0.0/0", "line 2: 0.0.0.0-255.255.255.255 is wider than the network of any provider")]
#[case::all_of_v6("::/0", "line 2: ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff is wider")]
#[case::no_start(",192.0.2.1", "line 2: \"\" is not a range")]
#[case::large_asn("AS4294967296", "line 2: \"AS4294967296\" is not an AS number")]
#[case::unicode("äöü", "line 2: \"äöü\" is not a range")]
fn a_row_that_says_nothing_is_told_and_the_others_count(#[case] row: &str, #[case] problem: &str) {
    let list = read(&NetworkFormat::Csv, &format!("192.0.2.0/24\n{row}\n198.51.100.0/24\n"));
    assert_eq!(listed(&list).0, ranges(&["192.0.2.0/24", "198.51.100.0/24"]));
    assert_eq!(list.passed_over.count, 1);
    assert!(list.passed_over.examples[0].starts_with(problem), "{list:?}");
}

#[test]
fn of_many_bad_rows_a_few_are_kept() {
    let list = read(&NetworkFormat::Csv, &"nonsense\n".repeat(1_000));
    assert_eq!((list.passed_over.count, list.passed_over.examples.len()), (1_000, 5));
}
