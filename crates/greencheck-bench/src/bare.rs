//! The reference for everything that answers HTTP: actix-web, one worker, the same bytes for every request.

use std::net::SocketAddr;
use std::path::Path;

use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data, get};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::ensure;

use crate::node::{Node, Start, free_address};
use crate::{cli, cores, load};

pub(crate) fn serve(arguments: &cli::Bare) -> anyhow::Result<()> {
    let body = Data::new(Bytes::from(vec![b' '; arguments.bytes]));
    let app = move || {
        let constant = |body: Data<Bytes>| async move {
            HttpResponse::Ok().insert_header(ContentType::json()).body(Bytes::clone(&body))
        };
        App::new().app_data(body.clone()).default_service(get().to(constant))
    };
    let server = HttpServer::new(app).workers(1).bind(arguments.listen)?;
    actix_web::rt::System::new().block_on(server.run())?;
    Ok(())
}

/// The reference as a process, on the core of the server side.
pub(crate) struct Reference {
    node: Node,
    pub(crate) address: SocketAddr,
}

impl Reference {
    /// Answers everything with so many bytes.
    pub(crate) async fn start(bytes: usize, folder: &Path, binaries: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let arguments = ["bare".to_owned(), format!("--listen={address}"), format!("--bytes={bytes}")];
        let start = Start {
            name: "bare",
            program: &binaries.join("greencheck-bench"),
            arguments: &arguments,
            settings: &[],
            cores: cores::SERVER,
            folder,
            ready: (address, "/"),
        };
        let node = start.run().await?;
        let reply = load::get(address, "/").await?;
        ensure!(reply.body.len() == bytes, "the reference answers {} bytes, not {bytes}", reply.body.len());
        Ok(Self { node, address })
    }

    pub(crate) fn processes(&self) -> Vec<(&'static str, u32)> {
        vec![("bare", self.node.pid())]
    }
}
