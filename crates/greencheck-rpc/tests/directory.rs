//! A directory behind a lookup-service, asked over real HTTP: it answers as one in this process.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt};
use greencheck_core::directory::{
    Co2Intensity, Co2Table, Datacenter, EnergyCertificate, Evidence, HostedDomain, ProviderDetail,
    ProviderProfile, Registered,
};
use greencheck_core::ports::{Directory, DirectoryError};
use greencheck_core::{Generation, Host, MatchKind, ProviderId};
use greencheck_rpc::{
    Caller, ForwarderConfig, ForwarderSecrets, RemoteDirectory, directory_routes, mount_internal,
};
use greencheck_testkit::fakes::{DirectoryContent, MemoryDirectory};

struct Server {
    local: Arc<MemoryDirectory>,
    remote: RemoteDirectory,
    handle: ServerHandle,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The command is sent by the call; nobody need wait for its end.
        drop(self.handle.stop(false));
    }
}

fn start() -> Server {
    let config = ForwarderConfig {
        secrets: vec!["a-secret-for-tests".to_owned().into()],
        ..ForwarderConfig::default()
    };
    let local = Arc::new(MemoryDirectory::of(content()));
    let routes = directory_routes(local.clone());
    let mount = mount_internal(ForwarderSecrets::new(&config).unwrap(), routes);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (give, take) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().configure(mount.clone())).workers(1);
            let server = server.disable_signals().listen(listener).unwrap().run();
            give.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let remote = RemoteDirectory::new(Caller::new("lookup.url", &url, &config).unwrap());
    Server { local, remote, handle: take.recv().unwrap() }
}

fn content() -> DirectoryContent {
    let certificate = EnergyCertificate {
        energy_provider: "Vind".to_owned(),
        main_energy_type: "wind".to_owned(),
        url: "https://vind.example/".to_owned(),
        valid_from: Some("2024-02-29".parse().unwrap()),
        valid_to: None,
    };
    let datacenter = Datacenter {
        id: 41,
        name: "Øst".to_owned(),
        website: String::new(),
        country: "DK".to_owned(),
        city: "Esbjerg".to_owned(),
        model: "mixed".to_owned(),
        pue: 1.1,
        mja3: Some(false),
        certificates: vec![certificate],
    };
    let row = Co2Intensity { iso2: "DK".to_owned(), carbon_intensity: 115.385, ..Co2Intensity::world() };
    DirectoryContent {
        generation: Generation(42),
        providers: (1..=3)
            .map(|id| ProviderDetail {
                profile: profile(id),
                datacenters: vec![datacenter.clone()],
                registered: Registered { ipv4_ranges: 2, asns: vec![64_500], ..Registered::default() },
            })
            .collect(),
        domains: ["a.example.com", "b.example.com"].map(domain).into(),
        co2: Co2Table { rows: vec![row], ..Co2Table::default() },
    }
}

fn profile(id: i64) -> ProviderProfile {
    let evidence = Evidence {
        id: 5,
        title: "Report".to_owned(),
        link: "https://leaf.example/r".to_owned(),
        kind: Some("Certificate".to_owned()),
        description: Some("Wind from the sea.".to_owned()),
        valid_from: None,
        valid_to: Some("2027-12-31".parse().unwrap()),
    };
    ProviderProfile {
        id: ProviderId(id),
        name: format!("Leaf \u{2028} {id}"),
        website: "leaf.example".to_owned(),
        country: "DK".to_owned(),
        city: String::new(),
        model: String::new(),
        partner: None,
        description: Some("Wind, mostly.".to_owned()),
        is_listed: id != 2,
        archived: false,
        services: vec!["vps".to_owned()],
        evidence: vec![evidence],
        carbon_txt: Some("https://leaf.example/carbon.txt".to_owned()),
    }
}

fn domain(name: &str) -> HostedDomain {
    HostedDomain {
        host: Host::parse(name).unwrap(),
        matched: MatchKind::Range,
        created: "2019-12-09T10:00:00Z".parse().unwrap(),
        modified: "2026-01-31T10:00:00.123456Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn every_answer_arrives_as_it_was_given() {
    let server = start();
    let (near, far) = (&*server.local, &server.remote);
    assert_eq!(far.listing().await.unwrap(), near.listing().await.unwrap());
    assert_eq!(far.listing().await.unwrap().generation, Generation(42));
    assert_eq!(far.co2().await.unwrap(), near.co2().await.unwrap());
    for id in [1, 2, 9, -1, i64::MAX].map(ProviderId) {
        assert_eq!(far.provider(id).await.unwrap(), near.provider(id).await.unwrap());
        assert_eq!(far.domains(id, None, 10).await.unwrap(), near.domains(id, None, 10).await.unwrap());
    }
    let after = Some(ProviderId(1));
    assert_eq!(far.providers(after, 1).await.unwrap(), [profile(3)]);
    assert_eq!(far.providers(None, 10).await.unwrap(), near.providers(None, 10).await.unwrap());
    let after = Host::parse("a.example.com").unwrap();
    let page = far.domains(ProviderId(1), Some(&after), 10).await.unwrap();
    assert_eq!(page, Some(vec![domain("b.example.com")]));
}

#[tokio::test]
async fn a_directory_that_is_away_is_unavailable() {
    let server = start();
    server.local.set_away(true);
    let DirectoryError::Unavailable(cause) = server.remote.listing().await.unwrap_err();
    assert_eq!(cause.to_string(), "refused with status 503: the directory is not reachable");
    server.local.set_away(false);
    assert_eq!(server.remote.listing().await.unwrap().providers.len(), 2);
}
