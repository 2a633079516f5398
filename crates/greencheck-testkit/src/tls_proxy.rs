use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::Issued;

/// Puts TLS in front of a server that has none, on a port of 127.0.0.1. It has a thread of its own, and goes with this value.
pub struct TlsProxy {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl TlsProxy {
    /// In front of `server`, `host:port`.
    pub fn start(server: &str, shown: &Issued) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a listener for tokio");
        let address = listener.local_addr().expect("an address");
        let (acceptor, server) = (TlsAcceptor::from(Arc::new(shown.server_config())), server.to_owned());
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, acceptor, server) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Drop for TlsProxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It panicked in a test that has failed already.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: std::net::TcpListener, acceptor: TlsAcceptor, server: String) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    let mut connections = JoinSet::new();
    while let Ok((connection, _)) = listener.accept().await {
        let (acceptor, server) = (acceptor.clone(), server.clone());
        connections.spawn(async move {
            let mut inside = TcpStream::connect(&server).await.ok()?;
            // A client that distrusts the certificate is what some tests want.
            let mut outside = acceptor.accept(connection).await.ok()?;
            copy_bidirectional(&mut outside, &mut inside).await.ok()
        });
    }
}
