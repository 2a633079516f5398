//! The demo catalog keeps what its README promises, offline, through the real binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::process::{Command, Output};

/// Name, provider or colour, and the kind of match or the reason.
const PROMISES: [(&str, &str, &str); 24] = [
    ("www.example.com", "Fernwind Hosting", "range"),
    ("bakery.example.com", "Fernwind Hosting", "range"),
    ("library.example.org", "Fernwind Hosting", "range"),
    ("clinic.example.net", "Quietriver Data", "range"),
    ("studio.example.com", "Appleyard Servers", "range"),
    ("atelier.example.com", "Appleyard Servers", "range"),
    ("orchard.example.org", "Sunmoor Cloud", "asn"),
    ("beekeeper.example.net", "Heathlight Networks", "asn"),
    ("press.example.org", "Larkspur Publishing", "linked_domain"),
    ("käserei.example.com", "Larkspur Publishing", "linked_domain"),
    ("oatmill.example.com", "Oatmill Systems", "carbon_txt"),
    ("blog.example.net", "Oatmill Systems", "carbon_txt"),
    ("festival.example.com", "Fernwind Hosting", "range"),
    ("harbour.example.net", "Copperbeech Web", "range"),
    ("chess.example.org", "Windlass Works", "range"),
    ("copycat.example.net", "grey", "no_match"),
    ("forger.example.org", "grey", "no_match"),
    ("claim.example.net", "grey", "no_match"),
    ("museum.example.org", "grey", "provider_archived"),
    ("tannery.example.com", "grey", "provider_archived"),
    ("pottery.example.net", "grey", "no_match"),
    ("newsroom.example.com", "grey", "no_match"),
    ("carpenter.example.org", "grey", "no_match"),
    ("www.wikipedia.org", "unknown", "offline"),
];

fn greencheck(folder: &tempfile::TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greencheck"));
    command.args(arguments).current_dir(folder.path());
    command.env("GREENCHECK__STORE__URL", format!("sqlite:{}", folder.path().join("store.db").display()));
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn every_name_gets_the_verdict_that_the_demo_promises() {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec!["check", "--demo", "--json"];
    arguments.extend(PROMISES.map(|(name, ..)| name));
    let output = greencheck(&folder, &arguments);
    assert_eq!(output.status.code(), Some(1), "one name is unknown: {}", text(&output.stderr));
    let answers: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), PROMISES.len());
    for (answer, (name, who, why)) in answers.iter().zip(PROMISES) {
        let found = match answer["verdict"].as_str().unwrap() {
            "green" => (answer["hosted_by"]["name"].as_str(), answer["by"]["kind"].as_str()),
            verdict => (Some(verdict), answer["reason"].as_str()),
        };
        assert_eq!(found, (Some(who), Some(why)), "{name}: {answer:#}");
    }
}

#[test]
fn the_tree_tells_why() {
    let folder = tempfile::tempdir().unwrap();
    let output = greencheck(
        &folder,
        &["check", "--demo", "studio.example.com", "copycat.example.net", "www.wikipedia.org"],
    );
    let drawn = text(&output.stdout);
    for line in [
        "studio.example.com is green, hosted by Appleyard Servers: 192.0.2.70 is in the provider's range",
        "│  ├─ 192.0.2.64-192.0.2.79 of Appleyard Servers (range 3)\n",
        "│  └─ 192.0.2.0-192.0.2.127 of Fernwind Hosting (range 1)\n",
        "copycat.example.net is grey: ",
        "├─ carbon.txt: https://oatmill.example.com/carbon.txt ",
        "not proven, so it does not count",
        "www.wikipedia.org is unknown: unknown to this demo catalog\n",
    ] {
        assert!(drawn.contains(line), "{line} is missing in\n{drawn}");
    }
    assert!(!drawn.contains('\x1b'), "no colours in a pipe");
}

#[test]
fn a_store_with_providers_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("own.json");
    std::fs::write(&json, r#"{"providers": [{"id": 1, "name": "Ours"}]}"#).unwrap();
    assert!(greencheck(&folder, &["import", "catalog", json.to_str().unwrap()]).status.success());
    assert!(greencheck(&folder, &["check", "--demo", "carpenter.example.org"]).status.success());
    let exported = greencheck(&folder, &["export", "catalog"]);
    assert!(text(&exported.stdout).contains("Ours") && !text(&exported.stdout).contains("Fernwind"));
}
