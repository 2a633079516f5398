//! The demo catalog: fictional providers, and the files that stand for name servers and the AS table.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use api_gateway::Example;
use greencheck_core::catalog::{CatalogDocument, ImportReport};
use greencheck_core::ports::{CatalogImport, Catalogs};
use greencheck_store::Store;

use crate::export::replace;

const CATALOG: &str = include_str!("../demo/catalog.json");
const LAYER: &str = include_str!("../demo/demo.toml");
/// The files that the settings of the demo name, and what explains them.
const FILES: [(&str, &str); 4] = [
    ("hosts", include_str!("../demo/hosts")),
    ("zone", include_str!("../demo/zone")),
    ("asn.csv", include_str!("../demo/asn.csv")),
    ("README.md", include_str!("../demo/README.md")),
];

/// The command that loads real data into a running demo.
pub(crate) const REAL_DATA: &str = "make data && greencheck import snapshot data/public/url2green.db";
/// Names that show what a check is like.
pub(crate) const EXAMPLES: [Example; 6] = [
    Example { host: "www.example.com", about: "green by an address range" },
    Example { host: "orchard.example.org", about: "green by an AS number" },
    Example { host: "press.example.org", about: "green by a linked domain" },
    Example { host: "blog.example.net", about: "green by a carbon.txt" },
    Example { host: "chess.example.org", about: "green, with evidence that has expired" },
    Example { host: "newsroom.example.com", about: "no evidence found" },
];

/// The folder for the files of the demo: beside the database if that is a file, else under `data`.
pub(crate) fn folder(store_url: &str) -> PathBuf {
    let file =
        store_url.strip_prefix("sqlite:").map(|path| Path::new(path.strip_prefix("//").unwrap_or(path)));
    file.and_then(Path::parent).unwrap_or(Path::new("data")).join("demo")
}

/// Writes the files that are missing, so that changes of the operator stay; gives the settings that name them.
pub(crate) fn unfold(folder: &Path) -> io::Result<String> {
    std::fs::create_dir_all(folder)?;
    for (name, text) in FILES {
        let file = folder.join(name);
        if !file.exists() {
            replace(&file, text, false)?;
        }
    }
    Ok(layer(&std::path::absolute(folder)?))
}

fn layer(folder: &Path) -> String {
    let escaped = folder.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    LAYER.replace("@DIR@/", &format!("{escaped}/"))
}

/// Imports the demo catalog into a store that has no provider yet; `None` if it has any.
pub(crate) async fn import_first(store: &dyn Store) -> anyhow::Result<Option<ImportReport>> {
    let (_, catalog) = Catalogs::load(store).await.context("cannot read the catalog")?;
    if !catalog.providers.is_empty() {
        return Ok(None);
    }
    let parsed = CatalogDocument::parse(CATALOG).context("the demo catalog is broken")?;
    let report = CatalogImport::import(store, &parsed.document).await;
    report.map(Some).context("cannot import the demo catalog")
}

#[cfg(test)]
mod tests {
    use greencheck_core::carbon_txt::domain_hash;
    use greencheck_core::{Host, IpRange};

    use super::*;

    fn documentation(range: &IpRange) -> bool {
        let networks = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"];
        networks.iter().any(|network| {
            let network: IpRange = network.parse().unwrap();
            network.contains(range.start()) && network.contains(range.end())
        })
    }

    #[test]
    fn the_catalog_has_twelve_providers_on_documentation_networks() {
        let parsed = CatalogDocument::parse(CATALOG).unwrap();
        assert!(parsed.ignored.is_empty(), "{:?}", parsed.ignored);
        let document = parsed.document;
        assert_eq!(document.providers.len(), 12);
        for range in &document.ip_ranges {
            let range = IpRange::new(range.start.parse().unwrap(), range.end.parse().unwrap()).unwrap();
            assert!(documentation(&range), "{range}");
        }
        for record in &document.asns {
            assert!(matches!(record.asn, 64_496..=64_511 | 65_536..=65_551), "{}", record.asn);
        }
        let reserved = [".example.com", ".example.net", ".example.org"];
        for provider in &document.providers {
            assert!(reserved.iter().any(|suffix| provider.website.ends_with(suffix)), "{}", provider.website);
        }
    }

    #[test]
    fn the_hosts_and_the_as_table_stay_on_documentation_networks() {
        let mut names = 0;
        for line in FILES[0].1.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let mut words = line.split_whitespace();
            assert!(documentation(&words.next().unwrap().parse().unwrap()), "{line}");
            for name in words {
                assert_eq!(Host::parse(name).unwrap().as_str(), name);
                names += 1;
            }
        }
        assert!(names >= 25, "{names}");
        for line in FILES[2].1.lines() {
            let cells: Vec<_> = line.split(',').collect();
            let range = IpRange::new(cells[0].parse().unwrap(), cells[1].parse().unwrap()).unwrap();
            assert!(documentation(&range), "{line}");
            assert!(matches!(cells[2].parse().unwrap(), 64_496..=64_511 | 65_536..=65_551), "{line}");
        }
    }

    #[test]
    fn names_to_try_are_in_the_demo() {
        for example in EXAMPLES {
            assert!(FILES[0].1.split_whitespace().any(|word| word == example.host), "{}", example.host);
        }
    }

    #[test]
    fn the_zone_carries_the_hash_of_the_name_that_proves_itself() {
        let document = CatalogDocument::parse(CATALOG).unwrap().document;
        let secret = document.carbon_txts[0].shared_secret.clone().unwrap();
        let hash = domain_hash(&Host::parse("blog.example.net").unwrap(), &secret);
        assert_eq!(
            FILES[1].1.matches(&format!("gwf-domain-hash={hash}")).count(),
            2,
            "the name itself and its forger"
        );
    }

    #[test]
    fn files_are_written_once_and_named_by_the_settings() {
        let data = tempfile::tempdir().unwrap();
        let folder = folder(&format!("sqlite:{}/x.db", data.path().display()));
        assert_eq!(folder, data.path().join("demo"));
        let settings: toml::Table = unfold(&folder).unwrap().parse().unwrap();
        let hosts = settings["dns"]["hosts_file"].as_str().unwrap();
        assert_eq!(std::fs::read_to_string(hosts).unwrap(), FILES[0].1);
        std::fs::write(hosts, "192.0.2.1 mine.example.com\n").unwrap();
        unfold(&folder).unwrap();
        assert_eq!(std::fs::read_to_string(hosts).unwrap(), "192.0.2.1 mine.example.com\n");
    }

    #[test]
    fn a_server_database_has_the_demo_under_data() {
        assert_eq!(folder("postgres://db/x"), Path::new("data/demo"));
        assert_eq!(folder("sqlite:x.db"), Path::new("demo"));
        assert_eq!(folder("sqlite:///var/lib/x.db"), Path::new("/var/lib/demo"));
    }

    #[test]
    fn a_folder_with_odd_characters_is_still_a_setting() {
        let settings: toml::Table = layer(Path::new("/tmp/a \"b\" \\c")).parse().unwrap();
        assert_eq!(settings["asn"]["table"].as_str(), Some("/tmp/a \"b\" \\c/asn.csv"));
    }
}
