//! What stands in front of the framework: it reads requests that end with their head, answers those whose answers are at hand
//! ([`Shortcut`]) and hands all others over as they came.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::body::{BoxBody, MessageBody};
use actix_http::error::DispatchError;
use actix_http::{Extensions, HttpService, KeepAlive, Request, Response};
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory, Service, ServiceFactory, boxed, fn_factory};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use self::connection::Connection;
use self::handed::Handed;
use self::worker::{Frameworks, Timeouts, Worker};
use crate::observe::Handles;
use crate::{HttpConfig, HttpMetrics, Shortcut};

mod connection;
mod handed;
mod read;
mod worker;

/// How long a client may take to agree on keys.
const HANDSHAKE: Duration = Duration::from_secs(3);

/// Marks the requests of a connection that is encrypted.
pub(crate) struct Encrypted;

/// What all workers are given.
#[derive(Clone)]
pub(crate) struct Front<C> {
    pub(crate) config: HttpConfig,
    pub(crate) metrics: HttpMetrics,
    pub(crate) shortcut: C,
    pub(crate) stop: CancellationToken,
}

impl<C: Shortcut> Front<C> {
    /// Lets `server` serve on `listener` what `app` makes for each worker.
    pub(crate) fn listen<F, A, S, B>(
        self,
        server: ServerBuilder,
        listener: TcpListener,
        tls: Option<ServerConfig>,
        app: F,
    ) -> io::Result<Server>
    where
        F: Fn() -> A + Clone + Send + 'static,
        A: IntoServiceFactory<S, Request>,
        S: ServiceFactory<Request, Config = ()> + 'static,
        S::Error: Into<Response<BoxBody>> + 'static,
        S::Response: Into<Response<B>> + 'static,
        B: MessageBody + 'static,
    {
        let address = listener.local_addr()?;
        let server = match tls {
            None => server
                .listen("http", listener, move || self.clone().services(address, Plaintext, app.clone()))?,
            Some(tls) => {
                let tls = Tls::new(tls);
                server.listen("https", listener, move || {
                    self.clone().services(address, tls.clone(), app.clone())
                })?
            }
        };
        Ok(server.run())
    }

    /// Makes what serves the connections of a worker.
    fn services<T, F, A, S, B>(
        self,
        address: SocketAddr,
        transport: T,
        app: F,
    ) -> impl ServiceFactory<TcpStream, Config = ()>
    where
        T: Transport,
        F: Fn() -> A + 'static,
        A: IntoServiceFactory<S, Request>,
        S: ServiceFactory<Request, Config = ()> + 'static,
        S::Error: Into<Response<BoxBody>> + 'static,
        S::Response: Into<Response<B>> + 'static,
        B: MessageBody + 'static,
    {
        fn_factory(move || {
            let (front, transport, app) = (self.clone(), transport.clone(), app().into_factory());
            async move {
                let app = app.new_service(()).await.map_err(drop)?;
                let frameworks = front.frameworks::<T, _, _>(address, &Rc::new(app)).await?;
                let handles = Handles::new(front.metrics.clone());
                let timeouts = Timeouts {
                    request: front.config.client_request_timeout.get(),
                    idle: front.config.keep_alive.get(),
                };
                let worker = Worker::new(frameworks, front.shortcut, handles, timeouts, front.stop);
                Ok::<_, ()>(FrontService { worker: Rc::new(worker), transport, metrics: front.metrics })
            }
        })
    }

    /// The framework, by what it is given of a connection.
    async fn frameworks<T, S, B>(&self, address: SocketAddr, app: &Rc<S>) -> Result<Frameworks<T::Stream>, ()>
    where
        T: Transport,
        S: Service<Request> + 'static,
        S::Error: Into<Response<BoxBody>> + 'static,
        S::Response: Into<Response<B>> + 'static,
        B: MessageBody + 'static,
    {
        let http = |keep_alive: KeepAlive, request_timeout| {
            let (stop, app) = (self.stop.clone(), Rc::clone(app));
            let http = HttpService::build()
                .graceful_shutdown_signal(move || stop.clone().cancelled_owned())
                .keep_alive(keep_alive)
                .client_request_timeout(request_timeout)
                .local_addr(address);
            let encrypted = |_: &Handed<T::Stream>, connection: &mut Extensions| {
                connection.insert(Encrypted);
            };
            let http = if T::ENCRYPTS { http.on_connect_ext(encrypted) } else { http };
            http.h1(fn_factory(move || ready(Ok::<_, ()>(Rc::clone(&app)))))
        };
        let HttpConfig { keep_alive, client_request_timeout, .. } = &self.config;
        // A request that is handed over by itself is there, and none comes behind it: no timer is set for either.
        let once = http(KeepAlive::Os, Duration::ZERO).new_service(()).await?;
        let for_good = http(keep_alive.get().into(), client_request_timeout.get()).new_service(()).await?;
        Ok(Frameworks { once: boxed::service(once), for_good: boxed::service(for_good) })
    }
}

/// How bytes travel over a connection.
trait Transport: Clone + 'static {
    type Stream: AsyncRead + AsyncWrite + Unpin + 'static;
    const ENCRYPTS: bool;

    /// `None` where that cannot be agreed on.
    fn open(&self, connection: TcpStream) -> impl Future<Output = Option<Self::Stream>>;
}

#[derive(Clone)]
struct Plaintext;

impl Transport for Plaintext {
    type Stream = TcpStream;
    const ENCRYPTS: bool = false;

    async fn open(&self, connection: TcpStream) -> Option<TcpStream> {
        Some(connection)
    }
}

#[derive(Clone)]
struct Tls(TlsAcceptor);

impl Tls {
    fn new(mut config: ServerConfig) -> Self {
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self(TlsAcceptor::from(Arc::new(config)))
    }
}

impl Transport for Tls {
    type Stream = TlsStream<TcpStream>;
    const ENCRYPTS: bool = true;

    async fn open(&self, connection: TcpStream) -> Option<Self::Stream> {
        timeout(HANDSHAKE, self.0.accept(connection)).await.ok()?.ok()
    }
}

/// Serves the connections of a worker.
struct FrontService<T: Transport, C> {
    worker: Rc<Worker<T::Stream, C>>,
    transport: T,
    metrics: HttpMetrics,
}

impl<T: Transport, C: Shortcut> Service<TcpStream> for FrontService<T, C> {
    type Response = ();
    type Error = DispatchError;
    type Future = LocalBoxFuture<'static, Result<(), DispatchError>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), DispatchError>> {
        self.worker.frameworks.once.poll_ready(context)
    }

    fn call(&self, connection: TcpStream) -> Self::Future {
        let (worker, transport, open) =
            (Rc::clone(&self.worker), self.transport.clone(), self.metrics.connected());
        let serving = async move {
            let peer = connection.peer_addr().ok();
            // An answer goes out as a whole: nothing is gained by waiting for more.
            let _ = connection.set_nodelay(true);
            if let Some(stream) = transport.open(connection).await {
                Connection::new(stream, peer, worker).serve().await;
            }
            drop(open);
            Ok(())
        };
        serving.boxed_local()
    }
}

#[cfg(test)]
mod tests;
