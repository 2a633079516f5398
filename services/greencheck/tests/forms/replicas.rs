//! Several of each process, which know of each other only by what they share.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::load::Load;
use crate::process::{operate, wait};
use crate::stand::{Distributed, Replicas};

const TWO_OF_EACH: Replicas = Replicas { gateways: 2, lookups: 2, log_writers: 2 };

/// Gateways keep an answer for a minute in memory and for a day in Redis: only being told makes them forget sooner.
#[test]
fn a_change_of_the_catalog_reaches_every_gateway() {
    let distributed = Distributed::of(TWO_OF_EACH);
    let green = |gateway: usize| distributed.is_green(gateway, "/greencheck/www.example.com");
    assert!(green(0) && green(1) && green(0) && green(1));
    distributed.import(r#"{"providers":[{"id":9000001,"name":"Fernwind Hosting","archived":true}]}"#);
    wait("both gateways to know", || !green(0) && !green(1));
}

#[test]
fn a_slow_check_on_one_gateway_is_seen_by_the_other() {
    let distributed = Distributed::of(TWO_OF_EACH);
    // The stored verdict is wrong: the address of this name is nobody's.
    distributed
        .import(r#"{"green_domains":[{"url":"newsroom.example.com","hosted_by_id":9000001,"green":true}]}"#);
    let green = |gateway: usize| distributed.is_green(gateway, "/greencheck/newsroom.example.com");
    wait("the stored verdict everywhere", || green(0) && green(1));
    assert!(!distributed.is_green(0, "/greencheck/newsroom.example.com?nocache=true"));
    wait("both gateways to know", || !green(0) && !green(1));
}

/// Four loaders ask both gateways for four old verdicts, and two workers wait for the jobs.
#[test]
fn an_old_verdict_is_refreshed_once_whoever_asks() {
    let distributed = Distributed::of(TWO_OF_EACH);
    let old = |name: &str| {
        format!(r#"{{"url":"{name}","hosted_by_id":9000001,"green":true,"modified":"2020-01-01T00:00:00"}}"#)
    };
    let rows: Vec<String> = Load::FEW_NAMES.iter().map(|name| old(name)).collect();
    distributed.import(&format!(r#"{{"green_domains":[{}]}}"#, rows.join(",")));
    let load = Load::start(distributed.addresses(), Load::few_names);
    let fresh = "select count(*) from green_domains where modified > now() - interval '1 hour'";
    wait("fresh verdicts", || distributed.database.sql(fresh) == Load::FEW_NAMES.len().to_string());
    load.wait_for(500);
    let outcome = load.finish();
    assert_eq!((outcome.refused.len(), outcome.unanswered), (0, 0), "every request was answered");
    let refreshed = distributed.lookup_metric(r#"greencheck_lookups_total{cause="refresh",verdict="green"}"#);
    assert_eq!(refreshed, Load::FEW_NAMES.len() as u64);
}

/// What a key may still spend, after one more request to the gateway at `address`.
fn left_after(address: SocketAddr, path: &str, key: &str) -> u64 {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: 203.0.113.9\r\n\
         X-Api-Key: {key}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, _) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let left = head.split("ratelimit: \"key\";r=").nth(1).unwrap_or_else(|| panic!("no limit in {head}"));
    left.split(';').next().and_then(|left| left.parse().ok()).expect("a number")
}

#[test]
fn what_a_key_spends_at_one_gateway_it_cannot_spend_at_the_other() {
    const BURST: u64 = 1_000;
    let distributed = Distributed::of(TWO_OF_EACH);
    operate(&["user", "create", "ada"], "", &distributed.settings);
    let key = operate(&["key", "create", "ada"], "", &distributed.settings).trim().to_owned();
    let [one, other] = *distributed.addresses() else { panic!("two gateways") };
    assert_eq!(left_after(one, "/greencheck/www.example.com", &key), BURST - 1);
    let names: Vec<String> = (0..2_000).map(|name| format!("%22n{name}.com%22")).collect();
    let multi = format!("/v2/greencheckmulti/[{}]", names.join(","));
    for _ in 0..2 {
        assert!(left_after(one, &multi, &key) < BURST - 100, "two thousand names cost 400");
    }
    let mut asked = 0;
    wait("the other to know", || {
        asked += 1;
        // A bucket only fills by itself: its own requests alone cannot have brought it there.
        left_after(other, "/greencheck/www.example.com", &key) < BURST - asked
    });
}
