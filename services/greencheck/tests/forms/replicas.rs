//! Several of each process, which know of each other only by what they share.

use crate::load::Load;
use crate::process::wait;
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
