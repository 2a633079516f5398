use std::net::{IpAddr, SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::web::ServiceConfig;
use actix_web::{App, HttpRequest, HttpServer};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{HttpMetrics, Observe};

/// Section `http`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// Where the public API answers.
    pub listen: SocketAddr,
    /// Threads that serve requests; zero takes one per core.
    pub workers: usize,
    /// Connections that each worker holds at once.
    pub max_connections: usize,
    /// How long an idle connection is kept.
    #[serde(with = "humantime_serde")]
    pub keep_alive: Duration,
    /// How long a client may take to send the head of its request.
    #[serde(with = "humantime_serde")]
    pub client_timeout: Duration,
    /// How long requests under way may take after the process was told to stop.
    #[serde(with = "humantime_serde")]
    pub shutdown_timeout: Duration,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            workers: 0,
            max_connections: 25_000,
            keep_alive: Duration::from_secs(75),
            client_timeout: Duration::from_secs(5),
            shutdown_timeout: Duration::from_secs(10),
            trusted_proxies: Vec::new(),
        }
    }
}

/// Serves `mount` on `listener` until `stop`, then finishes what is under way.
pub async fn serve<F>(
    listener: TcpListener,
    config: HttpConfig,
    metrics: HttpMetrics,
    mount: F,
    stop: CancellationToken,
) -> anyhow::Result<()>
where
    F: FnOnce(&mut ServiceConfig) + Clone + Send + 'static,
{
    let grace = config.shutdown_timeout.as_secs();
    let mut server =
        HttpServer::new(move || App::new().wrap(Observe(metrics.clone())).configure(mount.clone()))
            .disable_signals()
            .max_connections(config.max_connections)
            .keep_alive(config.keep_alive)
            .client_request_timeout(config.client_timeout)
            .shutdown_timeout(grace);
    if config.workers > 0 {
        server = server.workers(config.workers);
    }
    let server = server.listen(listener)?.run();
    let handle = server.handle();
    tokio::pin!(server);
    tokio::select! {
        ended = &mut server => return Ok(ended?),
        () = stop.cancelled() => {}
    }
    let ((), ended) = tokio::join!(handle.stop(true), server);
    Ok(ended?)
}

/// The address of the client: of the peer, or, if that is a trusted proxy, the last address in `X-Forwarded-For` that is
/// none.
pub fn client_ip(request: &HttpRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let peer = request.peer_addr()?.ip().to_canonical();
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    // From the nearest hop outwards; what stands behind an unreadable one cannot be trusted.
    let known = hops.into_iter().rev().map_while(|hop| hop.trim().parse::<IpAddr>().ok());
    Some(known.map(|hop| hop.to_canonical()).find(|hop| !is_trusted(hop)).unwrap_or(peer))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn client(peer: &str, forwarded: &str) -> String {
        let request = TestRequest::default()
            .peer_addr(SocketAddr::new(peer.parse().unwrap(), 4000))
            .insert_header(("X-Forwarded-For", forwarded))
            .to_http_request();
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        client_ip(&request, &trusted).unwrap().to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("198.51.100.7", "203.0.113.9"), "198.51.100.7");
        assert_eq!(client("10.0.0.1", "203.0.113.9"), "203.0.113.9");
        assert_eq!(client("::ffff:10.0.0.1", "203.0.113.9"), "203.0.113.9");
    }

    #[test]
    fn what_the_client_itself_claims_is_not_believed() {
        assert_eq!(client("10.0.0.1", "192.0.2.66, 203.0.113.9, 10.2.0.1"), "203.0.113.9");
        assert_eq!(client("10.0.0.1", "10.0.0.2"), "10.0.0.1");
    }
}
