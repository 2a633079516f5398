//! What both forms show of providers and their countries.

use crate::process::{ask, wait};
use crate::stand::{Distributed, Embedded, Form, Replicas};

const PATHS: [&str; 18] = [
    "/data/directory/",
    "/data/directory/?callback=my.show",
    "/data/directory/?callback=alert(1)",
    "/data/directory",
    "/data/hostingprovider/9000001",
    "/data/hostingprovider/9000012",
    "/data/hostingprovider/1",
    "/data/hostingprovider/undefined",
    "/directory/",
    "/directory/?services=colocation&country=NL",
    "/assets/directory.css",
    "/api/v4/providers?limit=3",
    "/api/v4/providers?limit=3&cursor=9000003",
    "/api/v4/providers/9000011",
    "/api/v4/providers/9000012/domains",
    "/api/v4/providers/1/domains",
    "/api/v3/ip-to-co2intensity/192.0.2.7",
    "/api/v3/ip-to-co2intensity/",
];

#[test]
fn both_forms_show_providers_alike_byte_for_byte() {
    let (embedded, distributed) = (Embedded::start(), Distributed::start());
    for path in PATHS {
        let (one, three) = (embedded.get(path), distributed.get(path));
        assert_eq!((one.0, one.1, without_note(&one.2)), (three.0, three.1, three.2), "{path}");
    }
}

/// The demo says on its pages that its data are made up.
fn without_note(page: &str) -> String {
    page.split_inclusive('\n').filter(|line| !line.starts_with("<p class=\"demo\"")).collect()
}

/// Nothing but the change that lookup-service announces, or their poll, tells gateways to read the directory again.
#[test]
fn a_change_of_a_provider_reaches_the_pages_of_every_gateway() {
    let distributed = Distributed::of(Replicas { gateways: 2, lookups: 1, log_writers: 1 });
    let shows = |name: &str| {
        let pages = distributed.addresses().iter().flat_map(|address| {
            ["/directory/", "/data/directory/", "/data/hostingprovider/9000001"]
                .map(|path| ask(*address, path))
        });
        pages.into_iter().all(|page| page.expect("an answer").contains(name))
    };
    assert!(shows("Fernwind Hosting"));
    distributed
        .import(r#"{"providers":[{"id":9000001,"name":"Seawind Hosting","country":"NL","is_listed":true}]}"#);
    wait("the new name everywhere", || shows("Seawind Hosting"));
}
