//! Partners over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt};
use greencheck_core::partner::{
    ApiKey, KeyProof, Network, NetworkKind, PartnerNetwork, Scope, Sensitive, TokenHash, UserId,
};
use greencheck_core::ports::{Partners, PartnersError, Refusal};
use greencheck_core::{Asn, IpRange, ProviderId, Usage};
use greencheck_rpc::{
    Caller, ForwarderConfig, ForwarderSecrets, RemotePartners, mount_internal, partners_routes,
};
use greencheck_testkit::fakes::MemoryPartners;

const SECRET: &str = "a-secret-for-tests";
const KEY: &str = "gwf_aB3dE6gH.abcdefghijklmnopqrstuvwxyz012345";
const ONE: ProviderId = ProviderId(1);

/// Partners in memory behind a server; ada manages provider 1.
struct Server {
    address: SocketAddr,
    partners: Arc<MemoryPartners>,
    handle: ServerHandle,
}

impl Server {
    fn start() -> Self {
        let partners = Arc::new(MemoryPartners::default());
        partners.add_user("ada", "correct horse", scope());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let secrets = ForwarderSecrets::new(&forwarder()).unwrap();
        let mount = mount_internal(secrets, partners_routes(partners.clone()));
        let (give, take) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            rt::System::new().block_on(async move {
                let server = HttpServer::new(move || App::new().configure(mount.clone()));
                let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
                give.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self { address, partners, handle: take.recv().unwrap() }
    }

    fn remote(&self) -> RemotePartners {
        let url = format!("http://{}", self.address);
        RemotePartners::new(Caller::new("lookup.url", &url, &forwarder()).unwrap())
    }

    /// What is answered to a question that no caller of ours would ask; status and body.
    async fn raw(&self, body: String) -> (u16, String) {
        let request = reqwest::Client::builder().build().unwrap();
        let request = request.post(format!("http://{}/internal/v1/partners", self.address));
        let request =
            request.header("x-greencheck-forwarder", SECRET).header("x-greencheck-rpc-version", "1");
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

fn forwarder() -> ForwarderConfig {
    ForwarderConfig { secrets: vec![SECRET.to_owned().into()], ..ForwarderConfig::default() }
}

fn scope() -> Scope {
    Scope::Providers(vec![ONE])
}

#[tokio::test]
async fn every_question_is_carried_there_and_its_answer_back() {
    let server = Server::start();
    let remote = server.remote();
    let ada = remote.authenticate("ada", &Sensitive::new("correct horse")).await.unwrap().unwrap();
    assert_eq!((ada.id, ada.username.as_str(), &ada.scope), (UserId(1), "ada", &scope()));
    assert_eq!(remote.authenticate("ada", &Sensitive::new("wrong")).await.unwrap(), None);
    let token = remote.issue_token(ada.id).await.unwrap();
    assert_eq!(remote.token_owner(&TokenHash::of(token.expose())).await.unwrap(), Some(ada));
    assert_eq!(remote.token_owner(&TokenHash::of("")).await.unwrap(), None);

    let range = Network::Range(IpRange::parse("2001:db8::/64").unwrap());
    let asn = Network::Asn(Asn::new(u32::MAX).unwrap());
    for (network, kind) in [(range, NetworkKind::Range), (asn, NetworkKind::Asn)] {
        let added = remote.add_network(&scope(), ONE, network).await.unwrap();
        assert_eq!(added, PartnerNetwork { id: 1, provider: ONE, network });
        assert_eq!(remote.network(&scope(), kind, 1).await.unwrap(), Some(added));
        assert_eq!(remote.network(&Scope::Providers(vec![]), kind, 1).await.unwrap(), None);
        assert_eq!(remote.networks(&Scope::Everything, kind).await.unwrap(), [added]);
        assert!(remote.remove_network(&scope(), kind, 1).await.unwrap());
        assert!(!remote.remove_network(&scope(), kind, 1).await.unwrap());
    }

    assert_eq!(remote.shared_secret(&scope()).await.unwrap(), None);
    let secret = remote.rotate_shared_secret(&scope()).await.unwrap();
    assert_eq!(remote.shared_secret(&scope()).await.unwrap(), Some(secret));

    let key = ApiKey {
        id: 4,
        user: UserId(1),
        username: "ada".to_owned(),
        prefix: "aB3dE6gH".to_owned(),
        service: "greencheck".to_owned(),
        privilege_level: Some("research".to_owned()),
        note: "a note".to_owned(),
        created: "2026-01-01T00:00:00Z".parse().unwrap(),
        expires: Some("2027-01-01T00:00:00.000001Z".parse().unwrap()),
        revoked: None,
    };
    server.partners.add_key(KEY, key.clone());
    assert_eq!(remote.api_key(&KeyProof::of(KEY).unwrap()).await.unwrap(), Some(key));
    let day = "2026-11-21".parse().unwrap();
    let usage = Usage { key: 4, day, route: "/a/{b}".to_owned(), requests: 2, names: u64::MAX };
    server.partners.add_usage(usage.clone());
    assert_eq!(remote.key_usage(4, day).await.unwrap(), [usage]);
    assert_eq!(remote.key_usage(5, day).await.unwrap(), []);
}

#[tokio::test]
async fn a_refusal_arrives_as_what_it_is() {
    let server = Server::start();
    let remote = server.remote();
    let asn = Network::Asn(Asn::new(64_500).unwrap());
    remote.add_network(&scope(), ONE, asn).await.unwrap();
    for (result, expected) in [
        (remote.add_network(&scope(), ProviderId(2), asn).await.map(drop), Refusal::NotManaged),
        (remote.add_network(&scope(), ONE, asn).await.map(drop), Refusal::AsnTaken),
        (remote.shared_secret(&Scope::Providers(vec![])).await.map(drop), Refusal::NoProvider),
    ] {
        assert!(matches!(result, Err(PartnersError::Refused(refusal)) if refusal == expected), "{result:?}");
    }
}

#[tokio::test]
async fn partners_that_are_away_are_unavailable() {
    let server = Server::start();
    server.partners.set_away(true);
    let error = server.remote().networks(&Scope::Everything, NetworkKind::Asn).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "refused with status 503: the partner accounts are not reachable");
}

#[tokio::test]
async fn a_question_that_cannot_be_read_is_not_quoted() {
    let server = Server::start();
    // The client of this test needs a provider of TLS, which ours has installed.
    drop(server.remote());
    for question in [
        r#"{"ask":"authenticate","username":"ada","password":{"x":"hunter2"}}"#,
        r#"{"ask":"authenticate","username":"ada","password":"a","hunter2":1}"#,
        r#"{"ask":"hunter2"}"#,
    ] {
        let (status, body) = server.raw(question.to_owned()).await;
        assert_eq!((status, body.contains("hunter2")), (400, false), "{body}");
    }
    let (status, _) = server.raw(format!("\"{}\"", "x".repeat(300_000))).await;
    assert_eq!(status, 413);
    assert_eq!(server.partners.asked(), 0);
}
