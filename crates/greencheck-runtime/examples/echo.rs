//! A service of thirty lines: it answers, and behind the answer it writes down what was asked.
//!
//! `/echo/{word}` answers at once, `/origin` says where the caller sees the server, `/drain` when the process stops, `/hang` never, `/panic` and `/panic/body` not at all. Every word becomes
//! a line on standard output, also when the process is stopping. With `echo.fail_at_end` the writer fails after the last one.

use std::convert::Infallible;
use std::io::Write;
use std::process::ExitCode;
use std::task::Poll;

use actix_web::web::{Bytes, Data, Path, get};
use actix_web::{HttpRequest, HttpResponse, Responder};
use futures_util::stream;
use greencheck_runtime::{
    HttpConfig, HttpMetrics, NoShortcut, PortSearch, Process, bind, origin, serve, serve_public,
};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    http: HttpConfig,
    echo: EchoConfig,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct EchoConfig {
    fail_at_end: bool,
    /// Whether it is asked by other services, not by strangers.
    internal: bool,
}

struct Echo {
    words: UnboundedSender<String>,
    stop: CancellationToken,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let Some(process) = Process::<Config>::start("echo", &["http", "echo", "store"])? else {
        return Ok(ExitCode::SUCCESS);
    };
    let (words, written) = unbounded_channel();
    process.lifecycle.spawn("writer", write(written, process.config.echo.fail_at_end));

    let http = &process.config.http;
    let metrics = HttpMetrics::register(&process.registry)?;
    let listener = bind(http.listen, PortSearch::NextFree(50))?;
    tracing::info!(http = %listener.local_addr()?, "listening");
    let stop = process.lifecycle.stop_token();
    let echo = Data::new(Echo { words, stop: stop.clone() });
    let mount = move |app: &mut actix_web::web::ServiceConfig| {
        app.app_data(echo)
            .route("/echo/{word}", get().to(answer))
            .route("/origin", get().to(async |request: HttpRequest| origin(&request)))
            .route("/drain", get().to(drain))
            .route("/hang", get().to(std::future::pending::<HttpResponse>))
            .route("/panic", get().to(panic))
            .route("/panic/body", get().to(panic_in_body));
    };
    if process.config.echo.internal {
        process.lifecycle.spawn("http", serve(listener, http, metrics, mount, stop));
    } else {
        process.lifecycle.spawn("http", serve_public(listener, http, metrics, (NoShortcut, mount), stop)?);
    }
    Ok(process.run().await)
}

async fn answer(echo: Data<Echo>, word: Path<String>) -> impl Responder {
    let _ = echo.words.send(word.clone());
    word.into_inner()
}

async fn drain(echo: Data<Echo>) -> impl Responder {
    echo.words.send("draining".to_owned()).expect("the writer waits for the last handler");
    echo.stop.cancelled().await;
    echo.words.send("drained".to_owned()).expect("the writer waits for the last handler");
    "drained"
}

async fn panic() -> HttpResponse {
    panic!("a bug")
}

async fn panic_in_body() -> HttpResponse {
    let body = stream::poll_fn(|_| -> Poll<Option<Result<Bytes, Infallible>>> { panic!("a bug in a body") });
    HttpResponse::Ok().streaming(body)
}

async fn write(mut words: UnboundedReceiver<String>, fail: bool) -> anyhow::Result<()> {
    while let Some(word) = words.recv().await {
        writeln!(std::io::stdout(), "{word}")?;
    }
    anyhow::ensure!(!fail, "the last batch is lost");
    Ok(())
}
