//! A receiver of internal HTTP on a free port, for tests of one port each.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer, rt};
use greencheck_rpc::{Caller, ForwarderConfig, ForwarderSecrets, mount_internal};

pub(crate) const SECRET: &str = "a-secret-for-tests";

/// Ends with the value.
pub(crate) struct Server {
    address: SocketAddr,
    handle: ServerHandle,
}

impl Server {
    /// Answers `routes` for whoever has [`SECRET`].
    pub(crate) fn start(routes: impl FnOnce(&mut ServiceConfig) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mount = mount_internal(ForwarderSecrets::new(&forwarder(SECRET)).unwrap(), routes);
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

    /// Somebody who shows `secret`.
    pub(crate) fn caller(&self, secret: &str) -> Caller {
        Caller::new("lookup.url", &format!("http://{}", self.address), &forwarder(secret)).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The command is sent by the call; nobody need wait for its end.
        drop(self.handle.stop(false));
    }
}

fn forwarder(secret: &str) -> ForwarderConfig {
    ForwarderConfig { secrets: vec![secret.to_owned().into()], ..ForwarderConfig::default() }
}
