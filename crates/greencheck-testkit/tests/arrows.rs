//! The allowed dependencies between our crates. Everything else is a mistake in the cut.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const ADAPTERS: [&str; 6] = [
    "greencheck-cache",
    "greencheck-net",
    "greencheck-objects",
    "greencheck-queue",
    "greencheck-rpc",
    "greencheck-store",
];
const SERVICES: [&str; 4] = ["api-gateway", "badge-renderer", "log-writer", "lookup-service"];

/// Which of our crates each may depend on, beside dev-dependencies on the testkit.
fn allowed(package: &str) -> BTreeSet<&'static str> {
    let core = ["greencheck-core"];
    let of_a_main = core.into_iter().chain(ADAPTERS).chain(["greencheck-runtime"]);
    match package {
        "greencheck-core" | "greencheck-runtime" => BTreeSet::new(),
        "greencheck-testkit" => BTreeSet::from(core),
        // The bench starts the product's programs; of its libraries it measures ranges and look-ups.
        "greencheck-bench" => BTreeSet::from(["greencheck-core", "greencheck-net"]),
        "greencheck" => of_a_main.chain(SERVICES).collect(),
        package if ADAPTERS.contains(&package) => BTreeSet::from(core),
        package if SERVICES.contains(&package) => of_a_main.collect(),
        other => panic!("{other} is new: say here what it may depend on"),
    }
}

/// Which single crate knows each driver.
const HOMES: [(&str, &str); 15] = [
    ("deadpool-diesel", "greencheck-store"),
    ("diesel", "greencheck-store"),
    ("diesel-async", "greencheck-store"),
    ("diesel_migrations", "greencheck-store"),
    ("libsqlite3-sys", "greencheck-store"),
    ("hickory-resolver", "greencheck-net"),
    ("lapin", "greencheck-queue"),
    ("lettre", "greencheck-net"),
    ("maxminddb", "greencheck-net"),
    ("object_store", "greencheck-objects"),
    ("redis", "greencheck-cache"),
    ("poptrie", "greencheck-bench"),
    ("prefix-trie", "greencheck-bench"),
    ("resvg", "badge-renderer"),
    ("tokio-postgres", "greencheck-store"),
];

/// Drivers that the bench uses bare, to compare the product with them.
const REFERENCES: [&str; 4] = ["hickory-resolver", "lapin", "redis", "tokio-postgres"];

/// What core must not know, because it does no I/O.
const NOT_IN_CORE: [&str; 5] = ["tokio", "actix-web", "reqwest", "prometheus", "tracing"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the workspace is two folders up")
}

/// Direct dependencies of our packages that are no dev-dependencies.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env!("CARGO");
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let normal = dependencies.iter().filter(|dependency| dependency["kind"] != "dev");
            let names = normal.filter_map(|dependency| dependency["name"].as_str()).map(str::to_owned);
            (package["name"].as_str().expect("a name").to_owned(), names.collect())
        })
        .collect()
}

#[test]
fn our_crates_depend_on_each_other_as_the_design_says() {
    let all = dependencies();
    for (package, dependencies) in &all {
        let ours: BTreeSet<&str> =
            dependencies.iter().map(String::as_str).filter(|name| all.contains_key(*name)).collect();
        let allowed = allowed(package);
        let forbidden: Vec<_> = ours.difference(&allowed).collect();
        assert!(forbidden.is_empty(), "{package} must not depend on {forbidden:?}");
    }
}

#[test]
fn every_driver_has_one_home() {
    for (package, dependencies) in dependencies() {
        for (driver, home) in HOMES {
            let is_reference = package == "greencheck-bench" && REFERENCES.contains(&driver);
            let known_elsewhere = dependencies.contains(driver) && package != home && !is_reference;
            assert!(!known_elsewhere, "{package} depends on {driver}, which only {home} may know");
        }
    }
}

#[test]
fn core_does_no_io() {
    let all = dependencies();
    let core = &all["greencheck-core"];
    let known: Vec<_> = NOT_IN_CORE.into_iter().filter(|name| core.contains(*name)).collect();
    assert!(known.is_empty(), "greencheck-core depends on {known:?}");
}

/// A service's package depends on adapters for its main; its library must not name them.
#[test]
fn service_libraries_name_no_adapter() {
    for service in SERVICES {
        for file in rust_files(&root().join("services").join(service).join("src")) {
            if file.ends_with("main.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&file).expect("a source file can be read");
            for adapter in ADAPTERS {
                let name = adapter.replace('-', "_");
                assert!(!text.contains(&name), "{} names {name}", file.display());
            }
        }
    }
}

#[test]
fn files_and_migrations_keep_their_form() {
    for folder in ["crates", "services"] {
        for file in rust_files(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).expect("a source file can be read");
            let is_test =
                file.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "benches")))
                    || file.ends_with("tests.rs");
            let lines = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines().count();
            assert!(is_test || lines <= 400, "{} has {lines} lines: split it by idea", file.display());
            assert!(!file.ends_with("mod.rs"), "{}: use foo.rs beside foo/", file.display());
        }
    }
    let names = |backend: &str| -> BTreeSet<_> {
        let folder = root().join("migrations").join(backend);
        let entries = std::fs::read_dir(folder).expect("migrations of the backend");
        entries.map(|entry| entry.expect("a folder entry").file_name()).collect()
    };
    assert_eq!(names("postgres"), names("sqlite"), "both backends have the same migrations");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a source folder");
    entries
        .flat_map(|entry| {
            let path = entry.expect("a folder entry").path();
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if path.is_dir() => rust_files(&path),
                Some("rs") => vec![path],
                _ => Vec::new(),
            }
        })
        .collect()
}
