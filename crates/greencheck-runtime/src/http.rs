use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::num::NonZero;
use std::pin::pin;

use actix_web::dev::{RequestHead, Server, Service};
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};
use ipnet::IpNet;
use rustls::ServerConfig;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::body::Pace;
use crate::config::HumanDuration;
use crate::observe::Callers;
use crate::shortcut::first;
use crate::tls::Certificates;
use crate::{HttpMetrics, NoShortcut, Observe, Shortcut, TlsConfig, TlsError};

/// Section `http`: how a server answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// Address and port.
    pub listen: SocketAddr,
    /// Threads that serve requests; zero takes one per core.
    pub workers: usize,
    /// Connections that each worker holds at once; further ones wait to be accepted.
    pub max_connections: usize,
    /// How long an idle connection is kept.
    pub keep_alive: HumanDuration,
    /// How long a client may take to send the head of its request.
    pub client_request_timeout: HumanDuration,
    /// How long a client may take to send the body of its request, and a second longer for every `client_body_rate`
    /// bytes of it.
    pub client_body_timeout: HumanDuration,
    /// Bytes a second; a body that comes slower is answered 408 in the end.
    pub client_body_rate: u32,
    /// How long requests under way may take once the process stops; whole seconds, rounded up.
    pub shutdown_timeout: HumanDuration,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Encryption of the public listener; off unless both files are named.
    #[serde(skip_serializing_if = "TlsConfig::is_empty")]
    pub tls: TlsConfig,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            workers: 0,
            max_connections: 25_000,
            keep_alive: HumanDuration::from_secs(75),
            client_request_timeout: HumanDuration::from_secs(5),
            client_body_timeout: HumanDuration::from_secs(10),
            client_body_rate: 10_000,
            shutdown_timeout: HumanDuration::from_secs(10),
            trusted_proxies: Vec::new(),
            tls: TlsConfig::default(),
        }
    }
}

/// As [`serve`], by HTTPS if `config.tls` says so, and with a short way past the routes. The certificate is read at once, and
/// again when it changes.
pub fn serve_public<F, C>(
    listener: TcpListener,
    config: &HttpConfig,
    metrics: HttpMetrics,
    (shortcut, mount): (C, F),
    stop: CancellationToken,
) -> Result<impl Future<Output = anyhow::Result<()>> + Send + use<F, C>, TlsError>
where
    F: FnOnce(&mut ServiceConfig) + Clone + Send + 'static,
    C: Shortcut,
{
    let certificates = Certificates::load(&config.tls)?;
    let config = config.clone();
    Ok(async move {
        let server_config = certificates.as_ref().map(Certificates::server_config).transpose()?;
        let callers = (Callers::Strangers, server_config);
        let serving = run(start(listener, &config, callers, metrics, (shortcut, mount))?, stop);
        match certificates {
            Some(certificates) => tokio::select! {
                served = serving => served,
                never = certificates.follow() => never,
            },
            None => serving.await,
        }
    })
}

/// Serves `mount` on `listener` until `stop`, then answers what is under way, closes idle connections and drops `mount`.
/// `config.tls` is not looked at: this is for listeners within an installation.
///
/// `config.listen` is not looked at: the listener is bound already (see [`bind`](fn@crate::bind)).
pub fn serve<F>(
    listener: TcpListener,
    config: &HttpConfig,
    metrics: HttpMetrics,
    mount: F,
    stop: CancellationToken,
) -> impl Future<Output = anyhow::Result<()>> + Send + use<F>
where
    F: FnOnce(&mut ServiceConfig) + Clone + Send + 'static,
{
    let config = config.clone();
    let callers = (Callers::OurServices, None);
    async move { run(start(listener, &config, callers, metrics, (NoShortcut, mount))?, stop).await }
}

async fn run(server: Server, stop: CancellationToken) -> anyhow::Result<()> {
    let mut server = pin!(server);
    let handle = server.handle();
    tokio::select! {
        ended = &mut server => {
            ended?;
            anyhow::bail!("the server has ended by itself")
        }
        () = stop.cancelled() => {}
    }
    let ((), ended) = tokio::join!(handle.stop(true), server);
    Ok(ended?)
}

fn start<F, C>(
    listener: TcpListener,
    config: &HttpConfig,
    (callers, tls): (Callers, Option<ServerConfig>),
    metrics: HttpMetrics,
    (shortcut, mount): (C, F),
) -> std::io::Result<Server>
where
    F: FnOnce(&mut ServiceConfig) + Clone + Send + 'static,
    C: Shortcut,
{
    let workers = match config.workers {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        workers => workers,
    };
    metrics.limits(workers, config.max_connections);
    let observe = Observe::of(callers, metrics.clone());
    let shortened = metrics.clone();
    let seconds = config.shutdown_timeout.get().as_millis().div_ceil(1000);
    let pace = Pace { grace: config.client_body_timeout.get(), rate: config.client_body_rate };
    let app = move || {
        let paced = App::new().wrap_fn(move |mut request, service| {
            let unread = pace.keep(&mut request);
            let answered = service.call(request);
            async move { answered.await.map(|response| unread.let_go_if_too_slow(response)) }
        });
        let app = paced.wrap(observe.clone()).configure(mount.clone());
        first(shortcut.clone(), app, shortened.clone())
    };
    let server = HttpServer::new(app)
        .on_connect(move |_, connection| {
            connection.insert(metrics.connected());
        })
        .disable_signals()
        .workers(workers)
        .max_connections(config.max_connections)
        .keep_alive(config.keep_alive.get())
        .client_request_timeout(config.client_request_timeout.get())
        .shutdown_timeout(seconds.try_into().unwrap_or(u64::MAX));
    let server = match tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls)?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}

/// The address of the client: of the peer, or, if that is a trusted proxy, the last address in `X-Forwarded-For` that is
/// none. An entry that cannot be read hides what stands before it, since only a trusted proxy may say that.
///
/// `0.0.0.0` when the request did not come over a connection, as in tests.
pub fn client_ip(request: &RequestHead, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let Some(peer) = request.peer_addr else { return Ipv4Addr::UNSPECIFIED.into() };
    let peer = peer.ip().to_canonical();
    if !is_trusted(&peer) {
        return peer;
    }
    let lines = request.headers().get_all("x-forwarded-for");
    let hops = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    hops.fold(peer, |nearest, hop| match address(hop) {
        Some(hop) if is_trusted(&hop) => nearest,
        Some(hop) => hop,
        None => peer,
    })
}

/// Some proxies add the port.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?.trim();
    let address = hop.parse().or_else(|_| hop.parse().map(|with_port: SocketAddr| with_port.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use rstest::rstest;

    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let peer = SocketAddr::new(peer.parse().unwrap(), 4000);
        let request = forwarded
            .iter()
            .fold(TestRequest::default().peer_addr(peer), |request, line| {
                request.append_header(("X-Forwarded-For", *line))
            })
            .to_http_request();
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        client_ip(request.head(), &trusted).to_string()
    }

    #[rstest]
    #[case::a_stranger_is_not_believed("198.51.100.7", &["203.0.113.9"], "198.51.100.7")]
    #[case::a_proxy_is("10.0.0.1", &["203.0.113.9"], "203.0.113.9")]
    #[case::a_proxy_over_a_dual_stack_socket_is("::ffff:10.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9")]
    #[case::a_port_is_left_out("10.0.0.1", &["[2001:db8::9]:4711"], "2001:db8::9")]
    #[case::what_the_client_claims_is_not("10.0.0.1", &["192.0.2.66, 203.0.113.9, 10.2.0.1"], "203.0.113.9")]
    #[case::nor_in_a_line_of_its_own("10.0.0.1", &["192.0.2.66", "203.0.113.9", "fd00::1"], "203.0.113.9")]
    #[case::nothing_is_read_past_nonsense("10.0.0.1", &["192.0.2.66, unknown, 10.2.0.1"], "10.0.0.1")]
    #[case::nonsense_before_the_client_is_harmless("10.0.0.1", &["unknown, 203.0.113.9"], "203.0.113.9")]
    #[case::proxies_only("10.0.0.1", &["10.0.0.2"], "10.0.0.1")]
    #[case::no_header("10.0.0.1", &[], "10.0.0.1")]
    fn the_client_is_the_last_address_that_is_no_proxy(
        #[case] peer: &str,
        #[case] forwarded: &[&str],
        #[case] expected: &str,
    ) {
        assert_eq!(client(peer, forwarded), expected);
    }

    #[test]
    fn a_request_without_a_connection_has_no_address() {
        let request = TestRequest::default().insert_header(("X-Forwarded-For", "203.0.113.9"));
        assert_eq!(client_ip(request.to_http_request().head(), &[]).to_string(), "0.0.0.0");
    }
}
