//! Registries asked for over HTTP.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt};
use async_trait::async_trait;
use greencheck_core::Asn;
use greencheck_core::ports::{NetworkRegistry, RegisteredNetwork, RegistryError};
use greencheck_rpc::{
    Caller, ForwarderConfig, ForwarderSecrets, RemoteRegistry, mount_internal, registry_routes,
};

const SECRET: &str = "a-secret-for-tests";

fn network() -> RegisteredNetwork {
    RegisteredNetwork {
        name: Some("QUAD9".to_owned()),
        handle: None,
        country: Some("US".to_owned()),
        first: "9.9.9.0".parse().unwrap(),
        last: "9.9.9.255".parse().unwrap(),
        origins: vec![Asn::new(19_281).unwrap()],
        registry: "registry.com".to_owned(),
    }
}

struct Registry;

fn answer(address: IpAddr) -> Result<Option<RegisteredNetwork>, RegistryError> {
    match address.to_string().as_str() {
        "9.9.9.9" => Ok(Some(network())),
        "9.9.9.1" => Err(RegistryError::Off),
        "9.9.9.2" => Err(RegistryError::NotGlobal),
        "9.9.9.3" => Err(RegistryError::Timeout),
        "9.9.9.4" => Err(RegistryError::Unavailable("the server answers 500".to_owned())),
        _ => Ok(None),
    }
}

#[async_trait]
impl NetworkRegistry for Registry {
    async fn network_of(&self, address: IpAddr) -> Result<Option<RegisteredNetwork>, RegistryError> {
        answer(address)
    }
}

struct Server {
    address: SocketAddr,
    handle: ServerHandle,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let secrets = ForwarderSecrets::new(&forwarder(SECRET)).unwrap();
        let mount = mount_internal(secrets, registry_routes(Arc::new(Registry)));
        let (give, take) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            rt::System::new().block_on(async move {
                let server = HttpServer::new(move || App::new().configure(mount.clone()));
                let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
                give.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self { address, handle: take.recv().unwrap() }
    }

    fn registry(&self, secret: &str) -> RemoteRegistry {
        let url = format!("http://{}", self.address);
        RemoteRegistry::new(Caller::new("lookup.url", &url, &forwarder(secret)).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

fn forwarder(secret: &str) -> ForwarderConfig {
    ForwarderConfig { secrets: vec![secret.to_owned().into()], ..ForwarderConfig::default() }
}

#[tokio::test]
async fn what_the_registry_says_arrives_as_it_is() {
    let server = Server::start();
    let remote = server.registry(SECRET);
    for address in ["9.9.9.9", "9.9.9.1", "9.9.9.2", "9.9.9.3", "9.9.9.4", "2620:fe::fe"] {
        let address: IpAddr = address.parse().unwrap();
        assert_eq!(remote.network_of(address).await, answer(address));
    }
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_unavailable() {
    let server = Server::start();
    let refused = server.registry("another-secret-of-16").network_of("9.9.9.9".parse().unwrap()).await;
    assert!(matches!(&refused, Err(RegistryError::Unavailable(why)) if why.contains("403")), "{refused:?}");
}
