use serde_json::{Value, json};

use crate::desk::Desk;

const CATALOG: &str = r#"{
    "providers": [
        {"id": 1, "name": "Hill Wind"}, {"id": 2, "name": "Sea Wind"}, {"id": 3, "name": "Gone", "archived": true}
    ],
    "ip_ranges": [
        {"id": 1, "provider": 1, "start": "192.0.2.0", "end": "192.0.2.255"},
        {"id": 2, "provider": 1, "start": "198.51.100.0", "end": "198.51.100.255"},
        {"id": 3, "provider": 1, "start": "2001:db8::", "end": "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"}
    ],
    "asns": [{"id": 1, "provider": 2, "asn": 64497}]
}"#;

/// The active ranges of a provider.
fn active(desk: &Desk, provider: i64) -> Vec<String> {
    let catalog = desk.export();
    let ranges = catalog["ip_ranges"].as_array().unwrap().iter();
    let of = ranges.filter(|range| range["provider"] == provider && range["active"] == true);
    of.map(|range| format!("{}-{}", range["start"].as_str().unwrap(), range["end"].as_str().unwrap()))
        .collect()
}

#[test]
fn the_csv_file_of_the_platform_is_taken_alike() {
    let desk = Desk::with_catalog(CATALOG);
    desk.write(
        "ranges.csv",
        "104.21.2.197, 104.21.2.199\n104.21.2.197\n104.21.2.0/24\n104.21.2.192/24\nAS234\nAS\n",
    );
    let report = desk.run(&["import", "networks", "csv", "--provider", "2", "ranges.csv"]).succeeded();
    assert_eq!(
        report,
        "provider 2 (Sea Wind): networks 4 added, 0 removed, 0 kept, AS numbers 1 added, 0 removed, 0 kept\n\
         \x20 + 104.21.2.0-104.21.2.255\n\
         \x20 + 104.21.2.192-104.21.2.192\n\
         \x20 + 104.21.2.197-104.21.2.197\n\
         \x20 + 104.21.2.197-104.21.2.199\n\
         \x20 + AS234\n\
         passed over 1, such as\n\
         \x20 line 6: \"AS\" is not an AS number: write a number from 1 to 4294967295, with or without \"AS\" before it\n\
         the catalog is now at generation 3\n"
    );
    assert_eq!(active(&desk, 2).len(), 4);
    assert_eq!(desk.export()["asns"].as_array().unwrap().len(), 2, "the AS number it had stays");
}

#[test]
fn a_list_in_parts_replaces_what_was_there_and_json_says_how() {
    let desk = Desk::with_catalog(CATALOG);
    desk.write("ips-v4", "192.0.2.0/24\n203.0.113.0/24\n");
    desk.write("ips-v6", "2001:db8::/32\nfd00:1::/32\n");
    let arguments = ["import", "networks", "cloudflare", "--provider", "1", "ips-v4", "ips-v6", "--json"];
    let trial = desk.run(&[&arguments[..], &["--dry-run"]].concat()).succeeded();
    assert_eq!(active(&desk, 1).len(), 3);
    assert!(!trial.contains("203.0.113.9") && trial.contains("\"dry_run\":true"), "{trial}");
    let report: Value = serde_json::from_str(&desk.run(&arguments).succeeded()).unwrap();
    assert_eq!(
        report,
        json!({
            "dry_run": false, "provider": 1, "name": "Hill Wind",
            "ranges": {
                "added": [
                    {"start": "203.0.113.0", "end": "203.0.113.255"},
                    {"start": "fd00:1::", "end": "fd00:1:ffff:ffff:ffff:ffff:ffff:ffff"}
                ],
                "removed": [{"start": "198.51.100.0", "end": "198.51.100.255"}],
                "kept": 2
            },
            "asns": {"added": [], "removed": [], "kept": 0},
            "generation": 3, "passed_over": 0, "examples": []
        })
    );
    let again: Value = serde_json::from_str(&desk.run(&arguments).succeeded()).unwrap();
    assert_eq!((&again["ranges"]["kept"], &again["generation"]), (&json!(4), &json!(3)));
}

#[test]
fn regions_of_amazon_are_chosen() {
    let desk = Desk::with_catalog(CATALOG);
    desk.write(
        "ip-ranges.json",
        r#"{"prefixes": [{"ip_prefix": "192.0.2.0/25", "region": "eu-west-1"},
                         {"ip_prefix": "192.0.2.128/25", "region": "sa-east-1"}],
            "ipv6_prefixes": [{"ipv6_prefix": "2600:1f00::/40", "region": "eu-north-1"}]}"#,
    );
    let run = |more: &[&str]| {
        let arguments = ["import", "networks", "amazon", "--provider", "2", "ip-ranges.json", "--force"];
        desk.run(&[&arguments[..], more].concat()).succeeded()
    };
    assert!(run(&[]).contains("networks 2 added"));
    let report = run(&["--regions", "sa-east-1,eu-north-1,eu-wets-1"]);
    assert!(report.contains("networks 1 added, 1 removed, 1 kept"), "{report}");
    assert!(report.contains("region eu-wets-1: the list has none of its networks"), "{report}");
    assert!(run(&["--regions", "all"]).contains("networks 1 added, 0 removed, 2 kept"));
}

#[test]
fn what_is_wrong_with_a_list_is_told_and_nothing_changes() {
    let desk = Desk::with_catalog(CATALOG);
    let before = desk.export();
    for (publisher, text, problem) in [
        (
            "cloudflare",
            "<html>503",
            "`list` is not such a list: it begins with \"<html>503\": that is a web page",
        ),
        ("cloudflare", "192.0.2.0/24\nbusy", "line 2: \"busy\" is neither a network nor an AS number"),
        ("cloudflare", "", "the list names no network: was the download empty?"),
        ("equinix", "\n\n", "the list names no network"),
        ("google", r#"{"prefixes": []}"#, "the list names no network"),
        ("microsoft", r#"{"values": 1}"#, "values: invalid type: integer `1`, expected a sequence at line 1"),
        (
            "csv",
            "192.0.2.0/24\n",
            "the list has 0 IPv6 networks, less than half of the 1 that are active: force it",
        ),
        ("csv", "AS64497\n", "AS64497 is entry 1 of provider 2 already"),
    ] {
        desk.write("list", text);
        let error = desk.run(&["import", "networks", publisher, "--provider", "1", "list"]).failed(2);
        assert!(error.contains(problem) && error.starts_with("error: nothing was changed: "), "{error}");
    }
    desk.write("list", "192.0.2.0/24\n");
    for (provider, problem) in
        [("3", "provider 3 (Gone) is archived"), ("99", "the catalog has no provider 99: import it first")]
    {
        let error =
            desk.run(&["import", "networks", "csv", "--provider", provider, "list", "--force"]).failed(2);
        assert!(error.contains(problem), "{error}");
    }
    assert_eq!(desk.export(), before);
    let forced = desk.run(&["import", "networks", "csv", "--provider", "1", "list", "--force"]).succeeded();
    assert!(forced.contains("networks 0 added, 2 removed, 1 kept"), "{forced}");
}

#[test]
fn a_command_that_makes_no_sense_opens_nothing() {
    let desk = Desk::new();
    let run = |arguments: &[&str]| desk.run(&[&["import", "networks"], arguments].concat()).failed(2);
    assert!(run(&["cloudflare"]).contains("--provider <ID>"));
    assert!(run(&["hetzner", "--provider", "1", "x"]).contains("amazon, google, microsoft, cloudflare"));
    assert!(run(&["csv", "--provider", "1"]).contains("name a FILE or an https URL"));
    assert!(run(&["equinix", "--provider", "1"]).contains("name a FILE or an https URL"));
    assert!(run(&["google", "--provider", "1", "x", "--regions", "all"]).contains("--regions is for"));
    assert!(run(&["csv", "--provider", "1", "missing.csv"]).contains("cannot read `missing.csv`"));
    for url in
        ["http://example.com/", "https://example.com:8443/", "https://127.0.0.1/", "file:///etc/passwd"]
    {
        let error = run(&["csv", "--provider", "1", url]);
        assert!(error.contains(&format!("cannot fetch `{url}`: not allowed: ")), "{error}");
    }
    assert!(!desk.path("store.db").exists());
}

#[test]
fn a_server_that_cannot_be_reached_changes_nothing() {
    let desk = Desk::with_catalog(CATALOG);
    let before = desk.export();
    let error = desk.run(&["import", "networks", "cloudflare", "--provider", "1", "--force"]).failed(3);
    assert!(
        error.contains("nothing was changed: cannot fetch `https://www.cloudflare.com/ips-v4`: "),
        "{error}"
    );
    assert_eq!(desk.export(), before);
}
