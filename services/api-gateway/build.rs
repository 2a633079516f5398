//! Joins the parts of the API's description into one JSON document.

use std::path::Path;

use serde_json::{Map, Value};

/// In the order in which the page shows them.
const PARTS: [&str; 12] = [
    "api",
    "check",
    "check-v4",
    "extended",
    "bulk",
    "badges",
    "directory",
    "co2",
    "snapshots",
    "partners",
    "usage",
    "docs",
];

fn main() {
    println!("cargo::rerun-if-changed=openapi");
    let mut whole = Map::new();
    for part in PARTS {
        let file = Path::new("openapi").join(part).with_extension("yaml");
        let text =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let part: Map<String, Value> =
            serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        join(&mut whole, part, &file);
    }
    whole["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    let out = std::env::var_os("OUT_DIR").expect("cargo sets it for build scripts");
    let json = serde_json::to_string(&whole).expect("a map with keys of text");
    std::fs::write(Path::new(&out).join("openapi.json"), json).expect("cargo's folder can be written");
}

/// Maps grow, lists too; nothing is said twice.
fn join(whole: &mut Map<String, Value>, part: Map<String, Value>, file: &Path) {
    for (key, value) in part {
        match (whole.get_mut(&key), value) {
            (None, value) => drop(whole.insert(key, value)),
            (Some(Value::Object(whole)), Value::Object(part)) => join(whole, part, file),
            (Some(Value::Array(whole)), Value::Array(part)) => whole.extend(part),
            _ => panic!("{}: \"{key}\" is in another part, too", file.display()),
        }
    }
}
