use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_server::Server;
use hickory_server::net::runtime::TokioRuntimeProvider;
use hickory_server::proto::rr::rdata::{A, AAAA, CNAME, SOA, TXT};
use hickory_server::proto::rr::{LowerName, Name, RData, Record};
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneType};
use tokio::net::{TcpListener, UdpSocket};

/// A name server on loopback that is authoritative for one zone. It goes with this value.
pub struct TestDns {
    address: SocketAddr,
    _server: Server<Catalog>,
}

impl TestDns {
    /// Serves `origin` with records of `(name, type, data)`; types A, AAAA, CNAME and TXT.
    pub async fn start(origin: &str, records: &[(&str, &str, &str)]) -> Self {
        let origin = name(origin);
        let mut zone = InMemoryZoneHandler::<TokioRuntimeProvider>::empty(
            origin.clone(),
            ZoneType::Primary,
            AxfrPolicy::Deny,
        );
        let soa = SOA::new(origin.clone(), origin.clone(), 1, 60, 60, 60, 60);
        zone.upsert_mut(Record::from_rdata(origin.clone(), 60, RData::SOA(soa)), 0);
        for (owner, kind, data) in records {
            zone.upsert_mut(Record::from_rdata(name(owner), 60, rdata(kind, data)), 0);
        }
        let mut catalog = Catalog::new();
        catalog.upsert(LowerName::from(&origin), vec![Arc::new(zone)]);
        let (udp, tcp) = sockets().await;
        let address = udp.local_addr().expect("an address");
        let mut server = Server::new(catalog);
        server.register_socket(udp);
        server.register_listener(tcp, Duration::from_secs(5), 4096);
        Self { address, _server: server }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Two of one port. The kernel gives one that is free for UDP; for TCP it may be another test's.
async fn sockets() -> (UdpSocket, TcpListener) {
    for _ in 0..100 {
        let udp = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().expect("an address")).await {
            return (udp, tcp);
        }
    }
    panic!("a hundred ports were taken");
}

fn name(text: &str) -> Name {
    let mut name = Name::from_ascii(text).expect("a name");
    name.set_fqdn(true);
    name
}

fn rdata(kind: &str, data: &str) -> RData {
    match kind {
        "A" => RData::A(A(data.parse().expect("an IPv4 address"))),
        "AAAA" => RData::AAAA(AAAA(data.parse().expect("an IPv6 address"))),
        "CNAME" => RData::CNAME(CNAME(name(data))),
        "TXT" => RData::TXT(TXT::new(vec![data.to_owned()])),
        other => panic!("no records of type {other} here"),
    }
}
