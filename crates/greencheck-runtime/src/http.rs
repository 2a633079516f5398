use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::num::NonZero;
use std::pin::pin;

use actix_server::Server;
use actix_service::map_config;
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName};
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpRequest, HttpServer};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::body::Pace;
use crate::config::HumanDuration;
use crate::front::{Encrypted, Front};
use crate::observe::Callers;
use crate::tls::Certificates;
use crate::{Head, HttpMetrics, Observe, Shortcut, TlsConfig, TlsError};

static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

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
        let tls = certificates.as_ref().map(Certificates::server_config).transpose()?;
        let (pace, observe) = (Pace::of(&config), Observe::of(Callers::Strangers, metrics.clone()));
        let app = move || map_config(app(pace, observe.clone(), mount.clone()), |()| AppConfig::default());
        let server = Server::build()
            .disable_signals()
            .workers(workers(&config, &metrics))
            .max_concurrent_connections(config.max_connections)
            .shutdown_timeout(shutdown_seconds(&config));
        let front = Front { config, metrics, shortcut, stop: stop.clone() };
        let serving = run(front.listen(server, listener, tls, app)?, stop);
        match certificates {
            Some(certificates) => tokio::select! {
                ended = serving => ended,
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
    async move {
        let workers = workers(&config, &metrics);
        let (pace, observe) = (Pace::of(&config), Observe::of(Callers::OurServices, metrics.clone()));
        let server = HttpServer::new(move || app(pace, observe.clone(), mount.clone()))
            .on_connect(move |_, connection| {
                connection.insert(metrics.connected());
            })
            .disable_signals()
            .workers(workers)
            .max_connections(config.max_connections)
            .keep_alive(config.keep_alive.get())
            .client_request_timeout(config.client_request_timeout.get())
            .shutdown_timeout(shutdown_seconds(&config));
        let server = server.listen(listener)?.run();
        run(server, stop).await
    }
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

fn workers(config: &HttpConfig, metrics: &HttpMetrics) -> usize {
    let workers = match config.workers {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        workers => workers,
    };
    metrics.limits(workers, config.max_connections);
    workers
}

fn shutdown_seconds(config: &HttpConfig) -> u64 {
    let seconds = config.shutdown_timeout.get().as_millis().div_ceil(1000);
    seconds.try_into().unwrap_or(u64::MAX)
}

/// What answers the requests of a worker.
fn app<F>(
    pace: Pace,
    observe: Observe,
    mount: F,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
>
where
    F: FnOnce(&mut ServiceConfig),
{
    let paced = App::new().wrap_fn(move |mut request, service| {
        let unread = pace.keep(&mut request);
        let answered = service.call(request);
        async move { answered.await.map(|response| unread.let_go_if_too_slow(response)) }
    });
    paced.wrap(observe).configure(mount)
}

/// The address of the client: of the peer, or, if that is a trusted proxy, the last address in `X-Forwarded-For` that is
/// none. An entry that cannot be read hides what stands before it, since only a trusted proxy may say that.
///
/// `0.0.0.0` when the request did not come over a connection, as in tests.
pub fn client_ip(request: &impl Head, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let Some(peer) = request.peer() else { return Ipv4Addr::UNSPECIFIED.into() };
    let peer = peer.ip().to_canonical();
    if !is_trusted(&peer) {
        return peer;
    }
    let hops = request.lines(&FORWARDED_FOR).flat_map(|line| line.split(|byte| *byte == b','));
    hops.fold(peer, |nearest, hop| match address(hop) {
        Some(hop) if is_trusted(&hop) => nearest,
        Some(hop) => hop,
        None => peer,
    })
}

/// Where this server is as the caller sees it, or as a proxy says that it does: scheme, host and port.
pub fn origin(request: &HttpRequest) -> String {
    let connection = request.connection_info();
    let says_scheme = [&header::FORWARDED, &FORWARDED_PROTO].iter().any(|name| request.head().has(name));
    let encrypted = !says_scheme && request.conn_data::<Encrypted>().is_some();
    format!("{}://{}", if encrypted { "https" } else { connection.scheme() }, connection.host())
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

    #[rstest]
    #[case::as_it_was_asked(&[], "http://example.com:8080")]
    #[case::as_a_proxy_was(&[("x-forwarded-proto", "https"), ("x-forwarded-host", "a.example")], "https://a.example")]
    #[case::in_the_standard_form(&[("forwarded", "proto=https;host=a.example")], "https://a.example")]
    fn the_origin_is_the_one_that_the_caller_sees(#[case] headers: &[(&str, &str)], #[case] expected: &str) {
        let request = TestRequest::default().insert_header(("host", "example.com:8080"));
        let request = headers.iter().fold(request, |request, header| request.insert_header(*header));
        assert_eq!(origin(&request.to_http_request()), expected);
    }
}
