//! A history behind a lookup-service, asked over real HTTP: it answers as one in this process.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "support/server.rs"]
mod server;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use greencheck_core::history::{CatalogChange, Effect, Entry, Grounds};
use greencheck_core::ports::{CheckHistory, HistoryError};
use greencheck_core::{Check, Host, IpRange, Match, MatchKind, ProviderId, Source, VerdictKind};
use greencheck_rpc::{RemoteHistory, history_routes};
use greencheck_testkit::fakes::MemoryHistory;

use crate::server::{SECRET, Server};

fn start() -> (Server, Arc<MemoryHistory>, RemoteHistory) {
    let local = Arc::new(MemoryHistory::default());
    let server = Server::start(history_routes(local.clone()));
    let remote = RemoteHistory::new(server.caller(SECRET));
    (server, local, remote)
}

fn host(name: &str) -> Host {
    Host::parse(name).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn checks_and_changes_arrive_as_they_were_given() {
    let (_server, near, far) = start();
    let check = Check {
        checked_at: at("2026-02-02T12:00:00.123456Z"),
        host: host("example.com"),
        verdict: VerdictKind::Green,
        provider: Some(ProviderId(7)),
        matched: Some(Match { kind: MatchKind::Range, id: Some(70) }),
        address: Some("2001:db8::7".parse().unwrap()),
        cached: false,
        source: Source::Badge,
        request_id: None,
    };
    near.checks.lock().unwrap().push(check.clone());
    let change = CatalogChange {
        changed_at: at("2026-02-02T11:00:00Z"),
        provider: ProviderId(7),
        provider_name: Some("Leaf".to_owned()),
        effect: Effect::Removed,
        entry: Entry::Range(IpRange::parse("2001:db8::/32").unwrap()),
    };
    near.changes.lock().unwrap().push(change.clone());

    let now = at("2026-02-02T13:00:00Z");
    assert_eq!(far.recent_checks(&host("example.com"), 20, now).await.unwrap(), [check]);
    assert_eq!(far.recent_checks(&host("other.com"), 20, now).await.unwrap(), []);
    // Many addresses are a long question.
    let addresses = (0..500).map(|last| format!("2001:db8::{last:x}").parse().unwrap()).collect();
    let grounds = Grounds { addresses, ..Grounds::default() };
    let (from, to) = (at("2026-02-02T10:00:00Z"), now);
    assert_eq!(far.catalog_changes(&grounds, from, to, 10).await.unwrap(), [change]);
    let none = Grounds::default();
    assert_eq!(
        far.catalog_changes(&none, from, to, 10).await.unwrap(),
        near.catalog_changes(&none, from, to, 10).await.unwrap()
    );
}

#[tokio::test]
async fn a_history_that_is_away_is_unavailable() {
    let (_server, near, far) = start();
    near.set_away(true);
    let asked = far.recent_checks(&host("example.com"), 20, at("2026-02-02T13:00:00Z")).await;
    let HistoryError::Unavailable(cause) = asked.unwrap_err();
    assert_eq!(cause.to_string(), "refused with status 503: the log of checks is not reachable");
}
