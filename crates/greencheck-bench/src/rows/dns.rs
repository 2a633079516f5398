//! Full look-ups beside the bare resolver, both against NSD on loopback with a zone of a million names. NSD has the core of
//! the load generator, which has nothing to do meanwhile; both resolvers have the other one.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;

use super::Bench;
use crate::cores;
use crate::node::free_address;
use crate::report::{Figure, Goal, rate};
use crate::stats::median;

const NSD: &str = "/usr/sbin/nsd";
const AT_ONCE: &str = "1000";
const PATIENCE: Duration = Duration::from_secs(60);

/// Of the zone; all of one length.
pub(crate) fn zone_name(number: u64) -> String {
    format!("n{number:07}.bench.com")
}

/// Whether the name's address is in the range that the catalog has: every second one is.
pub(crate) fn is_green(number: u64) -> bool {
    number.is_multiple_of(2)
}

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let (pairs, names) = (bench.scale.pairs as u64, bench.scale.stored_names);
    ensure!(Path::new(NSD).exists(), "no {NSD}: apt-get install nsd");
    let folder = TempDir::with_prefix("greencheck-bench-nsd.")?;
    let server = free_address()?;
    let program = bench.binaries.join("greencheck-bench");
    let nsd = Nsd::start(folder.path(), server, names, &program).await?;
    let each = (names / (pairs * 2)).min(60_000);
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for pair in 0..pairs {
        // Names that nobody has asked for: no cache helps.
        let first = pair * 2 * each;
        ours.push(resolve(&program, "full", server, first, each)?);
        bare.push(resolve(&program, "bare", server, first + each, each)?);
    }
    drop(nsd);
    let ratios = ours.iter().zip(&bare).map(|(ours, bare)| ours / bare).collect();
    let note = format!("{} names beside {}, {AT_ONCE} at once", rate(median(&ours)), rate(median(&bare)));
    let one =
        Figure::new("full look-ups in one process, one core", " names/s", Goal::AtLeast(10_000.0), ours);
    Ok(vec![
        Figure::new("full look-up beside the resolver's bare A and AAAA", " ×", Goal::AtLeast(0.9), ratios)
            .with_note(note),
        one,
    ])
}

fn resolve(program: &Path, way: &str, server: SocketAddr, first: u64, count: u64) -> anyhow::Result<f64> {
    let done = Command::new("taskset")
        .args(["-c", cores::SERVER])
        .arg(program)
        .args(["resolve", way, &format!("--server={server}"), &format!("--first={first}")])
        .args([&format!("--count={count}"), &format!("--at-once={AT_ONCE}")])
        .output()?;
    ensure!(done.status.success(), "{way}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(String::from_utf8_lossy(&done.stdout).trim().parse()?)
}

struct Nsd(Child);

impl Nsd {
    async fn start(folder: &Path, server: SocketAddr, names: u64, program: &Path) -> anyhow::Result<Self> {
        zone(folder, names)?;
        let place = folder.display();
        let config = format!(
            "server:\n server-count: 1\n ip-address: {}@{}\n username: \"\"\n chroot: \"\"\n database: \"\"\n zonesdir: \"{place}\"\n \
             pidfile: \"{place}/pid\"\n xfrdfile: \"{place}/xfrd\"\n zonelistfile: \"{place}/list\"\n rrl-ratelimit: 0\n \
             do-ip6: no\n\
             remote-control:\n control-enable: no\n\
             zone:\n name: bench.com\n zonefile: zone\n",
            server.ip(),
            server.port()
        );
        let file = folder.join("nsd.conf");
        std::fs::write(&file, config)?;
        let child = Command::new("taskset")
            .args(["-c", cores::CLIENT, NSD, "-d", "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("log"))?)
            .spawn()?;
        let mut nsd = Self(child);
        let begun = Instant::now();
        // It takes queries before its zone is there, and refuses them.
        while resolve(program, "bare", server, names - 1, 1).is_err() {
            if nsd.0.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                bail!("nsd does not start: {}", std::fs::read_to_string(folder.join("log"))?);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(nsd)
    }
}

impl Drop for Nsd {
    fn drop(&mut self) {
        // It takes its children along.
        drop(Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status());
        drop(self.0.wait());
    }
}

/// Every name has an address of each family; the IPv4 address of every second one is in a range that is green.
fn zone(folder: &Path, names: u64) -> anyhow::Result<()> {
    let file = std::fs::File::create(folder.join("zone")).context("no zone file")?;
    let mut file = std::io::BufWriter::new(file);
    writeln!(
        file,
        "$ORIGIN bench.com.\n$TTL 3600\n@ SOA ns host 1 3600 900 604800 300\n@ NS ns\nns A 127.0.0.1"
    )?;
    let mut line = String::new();
    for number in 0..names {
        line.clear();
        let half = if is_green(number) { 0 } else { 128 };
        let (high, low) = (half + (number >> 9) % 128, (number >> 1) % 256);
        writeln!(
            line,
            "n{number:07} A 198.18.{high}.{low}\nn{number:07} AAAA 2001:db8::{:x}:{:x}",
            number >> 16,
            number & 0xffff
        )?;
        file.write_all(line.as_bytes())?;
    }
    file.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_zone_has_both_addresses() {
        let folder = TempDir::new().unwrap();
        zone(folder.path(), 3).unwrap();
        let text = std::fs::read_to_string(folder.path().join("zone")).unwrap();
        assert!(text.ends_with(
            "n0000001 A 198.18.128.0\nn0000001 AAAA 2001:db8::0:1\nn0000002 A 198.18.0.1\nn0000002 AAAA 2001:db8::0:2\n"
        ));
        assert!(is_green(0) && !is_green(1));
    }
}
