//! What /openapi.json says is what both forms do.

mod document;
mod mask;
mod request;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::Value;

use self::document::Document;
use self::request::Request;
use crate::process::ask;
use crate::stand::{Distributed, Embedded, Form};

/// Routes that only pages need, or that send on to another one.
const NOT_DESCRIBED: [&str; 10] = [
    "/admin/import-ip-ranges",
    "/assets",
    "/assets/directory.css",
    "/badge",
    "/check",
    "/check/events",
    "/embed",
    "/embed/check",
    "/green-urls",
    "/providers",
];

#[test]
fn one_process_answers_the_examples() {
    let embedded = Embedded::start();
    answers_the_examples(embedded.address());
}

#[test]
fn several_processes_answer_the_examples() {
    let distributed = Distributed::start();
    answers_the_examples(distributed.address());
}

fn answers_the_examples(server: SocketAddr) {
    // Questions about many names look nothing up.
    ask(server, "/greencheck/press.example.org").expect("an answer");
    let document = Document::of(server);
    let mut wrong = Vec::new();
    let examples = document.examples();
    for example in &examples {
        let reply = Request::of(example).send(server);
        let what = format!("{} {} {}", example.method, example.path, example.name);
        if (reply.status.as_str(), reply.media()) != (&*example.status, &*example.media) {
            wrong.push(format!("{what}: {} {}\n{}", reply.status, reply.media(), reply.body));
            continue;
        }
        let (answered, shown) = (mask::of(&reply.value()), mask::of(&example.value));
        if answered != shown {
            wrong.push(format!("{what}:\n{answered}\nis not\n{shown}"));
        }
        wrong
            .extend(document.violations(example, &reply).into_iter().map(|error| format!("{what}: {error}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(examples.len() >= 35, "{} examples", examples.len());
}

#[test]
fn every_operation_has_a_name_of_its_own_and_a_summary() {
    let embedded = Embedded::start();
    let document = Document::of(embedded.address());
    let mut names = BTreeSet::new();
    for (method, path, operation) in document.operations() {
        let name = operation["operationId"].as_str().expect("a name");
        assert!(names.insert(name.to_owned()), "{method} {path}: {name} is another's");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{method} {path}");
    }
}

#[test]
fn every_route_is_described_and_every_path_is_a_route() {
    let embedded = Embedded::start();
    let document = Document::of(embedded.address());
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-gateway/src");
    let mut routes = BTreeSet::new();
    collect(&source.join("routes.rs"), &mut routes);
    collect(&source.join("routes"), &mut routes);
    let described: BTreeSet<String> = document.paths().map(start).collect();
    let not_described: Vec<_> =
        routes.difference(&described).filter(|route| !NOT_DESCRIBED.contains(&route.as_str())).collect();
    assert!(not_described.is_empty(), "these routes are not in openapi/: {not_described:?}");
    for path in document.paths() {
        let reply = Request::new("PATCH", &document.any(path)).send(embedded.address());
        assert_ne!(reply.status, "404", "{path} is no route: {}", reply.body);
    }
}

/// A path before its first parameter.
fn start(path: &str) -> String {
    path.split('{').next().unwrap_or_default().trim_end_matches('/').to_owned()
}

/// The starts of the paths that source files name.
fn collect(path: &Path, routes: &mut BTreeSet<String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder") {
            collect(&entry.expect("an entry").path(), routes);
        }
        return;
    }
    let source = std::fs::read_to_string(path).expect("a source file");
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let literals = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    for literal in literals.flat_map(|line| line.split('"').skip(1).step_by(2)) {
        let is_path = literal.starts_with('/') && literal.bytes().all(|byte| byte > b' ' && byte != b'\\');
        if is_path && !start(literal).is_empty() {
            routes.insert(start(literal));
        }
    }
}

/// A JSON body, or a text.
fn value(media: &str, body: &str) -> Value {
    if media.ends_with("json") && media != "application/x-ndjson" {
        return serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    }
    body.into()
}
