use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::web::{Data, ServiceConfig, get};
use actix_web::{App, HttpResponse, HttpServer};
use prometheus::process_collector::ProcessCollector;
use prometheus::{Encoder, IntGaugeVec, Opts, Registry, TextEncoder};
use serde::{Deserialize, Serialize};

use crate::Readiness;

/// All packages of the workspace have one version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

const NO_STORE: (&str, &str) = ("cache-control", "no-store");

/// Section `admin`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdminConfig {
    /// Where `/livez`, `/readyz`, `/metrics` and `/version` answer. Not for the public.
    pub listen: SocketAddr,
}

impl Default for AdminConfig {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9090)) }
    }
}

/// Liveness, readiness, metrics and version, on a port of their own.
#[derive(Clone)]
pub struct Admin {
    service: &'static str,
    readiness: Readiness,
    registry: Registry,
}

impl Admin {
    /// Adds the metrics of the process and `greencheck_build_info` to `registry`; so once for a registry.
    pub fn new(service: &'static str, readiness: Readiness, registry: Registry) -> prometheus::Result<Self> {
        registry.register(Box::new(ProcessCollector::for_self()))?;
        let build = Opts::new("greencheck_build_info", "The running build; always 1");
        let build = IntGaugeVec::new(build, &["service", "version"])?;
        build.with_label_values(&[service, VERSION]).set(1);
        registry.register(Box::new(build))?;
        Ok(Self { service, readiness, registry })
    }

    /// Answers on `listener` as long as the process lives: probes and scrapes go on while it drains.
    pub async fn run(self, listener: TcpListener) -> std::io::Result<()> {
        let mount = self.mount();
        let server = HttpServer::new(move || App::new().configure(mount.clone()));
        let running = server.workers(1).disable_signals().listen(listener).map(HttpServer::run)?;
        running.await
    }

    fn mount(self) -> impl FnOnce(&mut ServiceConfig) + Clone {
        let admin = Data::new(self);
        move |app| {
            app.app_data(admin)
                .route("/livez", get().to(async || text("ok")))
                .route("/readyz", get().to(readyz))
                .route("/metrics", get().to(metrics))
                .route("/version", get().to(version));
        }
    }
}

async fn readyz(admin: Data<Admin>) -> HttpResponse {
    let report = admin.readiness.report();
    let status = if report.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    HttpResponse::build(status).insert_header(NO_STORE).json(report)
}

async fn metrics(admin: Data<Admin>) -> HttpResponse {
    let encoder = TextEncoder::new();
    let mut lines = Vec::new();
    match encoder.encode(&admin.registry.gather(), &mut lines) {
        Ok(()) => HttpResponse::Ok().content_type(encoder.format_type()).body(lines),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

async fn version(admin: Data<Admin>) -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "service": admin.service, "version": VERSION }))
}

fn text(body: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).insert_header(NO_STORE).body(body)
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service, read_body};

    use super::*;
    use crate::Need;

    /// Status and body of each path.
    async fn answers<const N: usize>(admin: &Admin, paths: [&str; N]) -> [(u16, String); N] {
        let app = init_service(App::new().configure(admin.clone().mount())).await;
        let mut answers = [const { (0, String::new()) }; N];
        for (path, answer) in paths.into_iter().zip(&mut answers) {
            let response = call_service(&app, TestRequest::get().uri(path).to_request()).await;
            let status = response.status().as_u16();
            *answer = (status, String::from_utf8(read_body(response).await.to_vec()).unwrap());
        }
        answers
    }

    fn admin() -> (Admin, Readiness) {
        let readiness = Readiness::default();
        (Admin::new("log-writer", readiness.clone(), Registry::new()).unwrap(), readiness)
    }

    #[actix_web::test]
    async fn a_process_that_is_not_ready_lives_and_says_what_it_waits_for() {
        let (admin, readiness) = admin();
        readiness.set_started();
        let (store, queue) =
            (readiness.register("store", Need::Essential), readiness.register("queue", Need::Optional));
        store.set_failing("away");
        queue.set_ready();
        let [live, ready] = answers(&admin, ["/livez", "/readyz"]).await;
        assert_eq!(live, (200, "ok".to_owned()));
        let components = r#"{"queue":{"status":"ready"},"store":{"status":"starting","reason":"away"}}"#;
        assert_eq!(ready, (503, format!(r#"{{"status":"starting","components":{components}}}"#)));
        store.set_ready();
        let components = r#"{"queue":{"status":"ready"},"store":{"status":"ready"}}"#;
        let ready = (200, format!(r#"{{"status":"ready","components":{components}}}"#));
        assert_eq!(answers(&admin, ["/readyz"]).await, [ready]);
        store.set_failing("away again");
        let [(status, body)] = answers(&admin, ["/readyz"]).await;
        assert_eq!((status, body.starts_with(r#"{"status":"degraded""#)), (200, true), "{body}");
        readiness.set_stopping();
        let [(status, body)] = answers(&admin, ["/readyz"]).await;
        assert_eq!((status, body.starts_with(r#"{"status":"stopping""#)), (503, true), "{body}");
    }

    #[actix_web::test]
    async fn metrics_tell_the_process_and_the_build() {
        let (admin, _) = admin();
        let [(status, metrics), (_, version)] = answers(&admin, ["/metrics", "/version"]).await;
        let build = format!("greencheck_build_info{{service=\"log-writer\",version=\"{VERSION}\"}} 1\n");
        assert_eq!(status, StatusCode::OK);
        assert!(
            metrics.contains(&build) && metrics.contains("\nprocess_resident_memory_bytes "),
            "{metrics}"
        );
        assert_eq!(version, format!(r#"{{"service":"log-writer","version":"{VERSION}"}}"#));
    }
}
