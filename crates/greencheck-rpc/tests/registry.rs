//! Registries asked for over HTTP.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/server.rs"]
mod server;

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use greencheck_core::Asn;
use greencheck_core::ports::{NetworkRegistry, RegisteredNetwork, RegistryError};
use greencheck_rpc::{RemoteRegistry, registry_routes};

use crate::server::{SECRET, Server};

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

fn start() -> Server {
    Server::start(registry_routes(Arc::new(Registry)))
}

#[tokio::test]
async fn what_the_registry_says_arrives_as_it_is() {
    let server = start();
    let remote = RemoteRegistry::new(server.caller(SECRET));
    for address in ["9.9.9.9", "9.9.9.1", "9.9.9.2", "9.9.9.3", "9.9.9.4", "2620:fe::fe"] {
        let address: IpAddr = address.parse().unwrap();
        assert_eq!(remote.network_of(address).await, answer(address));
    }
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_unavailable() {
    let server = start();
    let stranger = RemoteRegistry::new(server.caller("another-secret-of-16"));
    let refused = stranger.network_of("9.9.9.9".parse().unwrap()).await;
    assert!(matches!(&refused, Err(RegistryError::Unavailable(why)) if why.contains("403")), "{refused:?}");
}
