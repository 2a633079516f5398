use std::net::{SocketAddr, TcpListener};

use actix_web::http::StatusCode;
use actix_web::web::{Data, ServiceConfig, get};
use actix_web::{App, HttpResponse, HttpServer};
use prometheus::{Encoder, Registry, TextEncoder};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::Readiness;

/// Section `admin`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdminConfig {
    /// Where `/livez`, `/readyz` and `/metrics` answer.
    pub listen: SocketAddr,
}

impl Default for AdminConfig {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 9090)) }
    }
}

/// Liveness, readiness and metrics, on a port of their own.
#[derive(Clone)]
pub struct AdminServer {
    pub readiness: Readiness,
    pub registry: Registry,
}

impl AdminServer {
    /// Answers on `listener` until `stop`.
    pub async fn run(self, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
        let mount = self.mount();
        let server = HttpServer::new(move || App::new().configure(mount.clone()))
            .workers(1)
            .disable_signals()
            .shutdown_timeout(1)
            .listen(listener)?
            .run();
        let handle = server.handle();
        tokio::pin!(server);
        tokio::select! {
            ended = &mut server => return Ok(ended?),
            () = stop.cancelled() => {}
        }
        let ((), ended) = tokio::join!(handle.stop(true), server);
        Ok(ended?)
    }

    fn mount(self) -> impl FnOnce(&mut ServiceConfig) + Clone {
        let admin = Data::new(self);
        move |app| {
            app.app_data(admin)
                .route("/livez", get().to(async || HttpResponse::Ok().body("ok")))
                .route("/readyz", get().to(readyz))
                .route("/metrics", get().to(metrics));
        }
    }
}

async fn readyz(admin: Data<AdminServer>) -> HttpResponse {
    let failures = admin.readiness.failures();
    if failures.is_empty() {
        return HttpResponse::Ok().body("ok");
    }
    HttpResponse::build(StatusCode::SERVICE_UNAVAILABLE).json(failures)
}

async fn metrics(admin: Data<AdminServer>) -> HttpResponse {
    let encoder = TextEncoder::new();
    let mut text = Vec::new();
    match encoder.encode(&admin.registry.gather(), &mut text) {
        Ok(()) => HttpResponse::Ok().content_type(encoder.format_type()).body(text),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use prometheus::IntCounter;

    use super::*;

    #[actix_web::test]
    async fn readiness_follows_the_checks_and_metrics_are_text() {
        let readiness = Readiness::default();
        readiness.set_started();
        readiness.register("store", || Err("away".to_owned()));
        let registry = Registry::new();
        registry.register(Box::new(IntCounter::new("things_total", "Things").unwrap())).unwrap();
        let admin = AdminServer { readiness: readiness.clone(), registry };
        let app = init_service(App::new().configure(admin.mount())).await;
        let get = |path: &str| TestRequest::get().uri(path).to_request();

        assert_eq!(call_service(&app, get("/livez")).await.status(), StatusCode::OK);
        let response = call_service(&app, get("/readyz")).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(read_body(response).await, r#"{"store":"away"}"#);
        readiness.register("store", || Ok(()));
        assert_eq!(call_service(&app, get("/readyz")).await.status(), StatusCode::OK);
        let body = read_body(call_service(&app, get("/metrics")).await).await;
        assert_eq!(body, "# HELP things_total Things\n# TYPE things_total counter\nthings_total 0\n");
    }
}
