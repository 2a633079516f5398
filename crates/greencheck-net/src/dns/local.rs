//! Names whose records are in files.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;

use greencheck_core::Host;
use hickory_resolver::proto::rr::{Name, RData};
use hickory_resolver::proto::serialize::txt::Parser;

use super::{DnsSetupError, text};

/// Records by name.
#[derive(Debug, Default)]
pub(super) struct LocalNames(HashMap<Host, LocalRecords>);

/// The records of a name; whatever is not here, the name does not have.
#[derive(Debug, Default)]
pub(super) struct LocalRecords {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) texts: Vec<String>,
}

impl LocalNames {
    pub(super) fn read(hosts: Option<&Path>, zone: Option<&Path>) -> Result<Self, DnsSetupError> {
        let mut names = Self::default();
        if let Some(path) = hosts {
            names.add_hosts(path, &read(path)?)?;
        }
        if let Some(path) = zone {
            names.add_zone(path, &read(path)?)?;
        }
        for records in names.0.values_mut() {
            records.addresses.sort_by_key(IpAddr::is_ipv6);
        }
        Ok(names)
    }

    pub(super) fn get(&self, host: &Host) -> Option<&LocalRecords> {
        self.0.get(host)
    }

    fn add_hosts(&mut self, path: &Path, text: &str) -> Result<(), DnsSetupError> {
        for (line, number) in text.lines().zip(1..) {
            let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
            let Some(address) = words.next() else { continue };
            let address = address.parse().map_err(|_| DnsSetupError::Line {
                path: path.to_owned(),
                line: number,
                problem: format!("`{address}` is no IP address"),
            })?;
            for word in words {
                // A system's file also has names such as `localhost`, which nobody can check.
                match Host::parse(word) {
                    Ok(host) => self.0.entry(host).or_default().addresses.push(address),
                    Err(problem) => {
                        tracing::debug!(file = %path.display(), line = number, %problem, "a name is passed over");
                    }
                }
            }
        }
        Ok(())
    }

    fn add_zone(&mut self, path: &Path, text_of_zone: &str) -> Result<(), DnsSetupError> {
        let invalid = |problem: String| DnsSetupError::Zone { path: path.to_owned(), problem };
        let parser = Parser::new(text_of_zone, Some(path.to_owned()), Some(Name::root()));
        let (_, records) = parser.parse().map_err(|error| invalid(error.to_string()))?;
        for record in records.values().flat_map(|set| set.records_without_rrsigs()) {
            let name = record.name.to_ascii();
            let host = Host::parse(&name).map_err(|error| invalid(error.to_string()))?;
            let local = self.0.entry(host).or_default();
            match &record.data {
                RData::A(address) => local.addresses.push(IpAddr::V4(address.0)),
                RData::AAAA(address) => local.addresses.push(IpAddr::V6(address.0)),
                data => local.texts.extend(text(data)),
            }
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<String, DnsSetupError> {
    std::fs::read_to_string(path).map_err(|source| DnsSetupError::File { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str) -> Host {
        Host::parse(name).unwrap()
    }

    #[test]
    fn hosts_and_zone_add_up() {
        let mut names = LocalNames::default();
        let path = Path::new("hosts");
        names.add_hosts(path, "# demo\n192.0.2.1 example.com WWW.example.com # both\n2001:db8::1 example.com\n127.0.0.1 localhost\n").unwrap();
        names
            .add_zone(
                path,
                "example.com. 300 IN TXT \"carbon-txt-\" \"location=x\"\nexample.org. 300 IN A 192.0.2.2\n",
            )
            .unwrap();
        let records = names.get(&host("example.com")).unwrap();
        assert_eq!(
            records.addresses,
            ["192.0.2.1".parse::<IpAddr>().unwrap(), "2001:db8::1".parse().unwrap()]
        );
        assert_eq!(records.texts, ["carbon-txt-location=x"]);
        assert_eq!(names.get(&host("www.example.com")).unwrap().addresses.len(), 1);
        assert_eq!(names.get(&host("example.org")).unwrap().addresses.len(), 1);
        assert!(names.get(&host("example.net")).is_none());
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let error =
            LocalNames::default().add_hosts(Path::new("hosts"), "192.0.2.1 a.com\nexample.com 192.0.2.1\n");
        assert_eq!(error.unwrap_err().to_string(), "hosts, line 2: `example.com` is no IP address");
        let error = LocalNames::default().add_zone(Path::new("zone"), "example.com. 300 IN A nonsense\n");
        assert!(error.unwrap_err().to_string().starts_with("zone: "));
    }
}
