//! Countries of addresses, from files as they come, change and go.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use greencheck_core::ports::Countries;
use greencheck_net::{CountryTable, GeoConfig};
use greencheck_testkit::{Spelling, mmdb};
use rstest::rstest;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const NETWORKS: [(&str, &str); 4] =
    [("192.0.2.0/25", "NL"), ("192.0.2.128/26", "de"), ("2001:db8::/32", "DK"), ("198.51.100.7/32", "EUR")];

fn file(folder: &TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("country.mmdb");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn open(path: &Path) -> CountryTable {
    CountryTable::open(&GeoConfig { country_mmdb: path.to_owned() }).unwrap()
}

fn country(table: &CountryTable, address: &str) -> Option<String> {
    table.country(address.parse().unwrap())
}

#[rstest]
#[case::the_one_of_maxmind(Spelling::Record)]
#[case::the_flat_one(Spelling::Flat)]
#[case::a_bare_code(Spelling::Bare)]
#[case::where_it_is_registered(Spelling::Registered)]
fn every_spelling_is_read(#[case] spelling: Spelling) {
    let folder = tempfile::tempdir().unwrap();
    let table = open(&file(&folder, &mmdb(&NETWORKS, spelling)));
    for (address, expected) in [
        ("192.0.2.1", Some("NL")),
        ("192.0.2.127", Some("NL")),
        ("192.0.2.128", Some("DE")),
        ("192.0.2.192", None),
        ("::ffff:192.0.2.1", Some("NL")),
        ("2001:db8::1", Some("DK")),
        ("2001:db9::1", None),
        ("198.51.100.7", None),
        ("0.0.0.0", None),
        ("255.255.255.255", None),
    ] {
        assert_eq!(country(&table, address).as_deref(), expected, "{address}");
    }
}

#[test]
fn without_a_file_no_address_has_a_country() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(country(&open(&folder.path().join("none.mmdb")), "192.0.2.1"), None);
}

#[test]
fn another_kind_of_file_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, b"start,end,country\n");
    let error = CountryTable::open(&GeoConfig { country_mmdb: path.clone() }).err().unwrap().to_string();
    assert!(error.starts_with(&format!("{} is no table of countries: ", path.display())), "{error}");
    assert!(error.ends_with("; geo.country_mmdb names an MMDB file"), "{error}");
}

#[test]
fn a_cut_off_or_damaged_file_makes_errors_and_no_panic() {
    let whole = mmdb(&NETWORKS, Spelling::Record);
    let folder = tempfile::tempdir().unwrap();
    for step in (0..whole.len()).step_by(11) {
        let mut damaged = whole.clone();
        damaged[step] ^= 0xff;
        for bytes in [&whole[..step], &damaged] {
            let path = file(&folder, bytes);
            if let Ok(table) = CountryTable::open(&GeoConfig { country_mmdb: path }) {
                for address in ["192.0.2.1", "192.0.2.200", "2001:db8::1", "::"] {
                    let _ = country(&table, address);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_file_that_comes_or_changes_is_read_again_and_a_bad_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let table = Arc::new(open(&folder.path().join("country.mmdb")));
    let stop = CancellationToken::new();
    let watching = tokio::runtime::Handle::current().spawn(table.clone().watch(stop.clone()));
    let until = async |expected: Option<&str>| {
        let deadline = Instant::now() + Duration::from_secs(30);
        while country(&table, "192.0.2.1").as_deref() != expected {
            assert!(Instant::now() < deadline, "waited in vain for {expected:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    until(None).await;
    file(&folder, &mmdb(&NETWORKS, Spelling::Flat));
    until(Some("NL")).await;
    let path = file(&folder, b"nonsense");
    assert!(table.reload().is_err());
    assert_eq!(country(&table, "192.0.2.1").as_deref(), Some("NL"));
    std::fs::remove_file(path).unwrap();
    until(None).await;
    stop.cancel();
    watching.await.unwrap().unwrap();
}
