use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use greencheck_core::ports::Source;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use url::Url;

use crate::error::Failed;
use crate::{ForwarderConfig, wire};

/// The id of the request that the calling task works on, if it has one.
pub type RequestIds = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// The header `traceparent` for what the calling task asks, if it is part of a trace.
pub type TraceParents = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// Another service, and the secret that it knows this one by. All ports that it answers share one pool of connections.
///
/// Requests run on the runtime that made it: an HTTP worker's own runtime ends before the process does, and a pooled
/// connection must not end with it. A request goes on when its caller goes away, within its time-out.
#[derive(Clone)]
pub struct Caller {
    client: Client,
    base: Url,
    runtime: Handle,
    request_ids: Option<RequestIds>,
    trace_parents: Option<TraceParents>,
}

/// The URL of the other service or `forwarder.secrets` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CallerError {
    #[error("{key} {url:?} is not a URL such as http://lookup-service:8081")]
    InvalidUrl { key: &'static str, url: String },
    #[error(transparent)]
    WeakSecret(#[from] crate::WeakSecret),
    #[error("the first of forwarder.secrets cannot be sent in a header: use letters and digits")]
    UnsendableSecret,
    #[error("the HTTP client cannot be made")]
    Client(#[source] Source),
}

/// How long an answer may take, and whether the question may be asked again when its connection breaks: only if nothing
/// can happen twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) limit: Duration,
    pub(crate) again: bool,
}

impl Caller {
    const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
    /// Shorter than receivers keep an idle connection (actix-web: 5 s), so that nobody sends on one that is just ending.
    const IDLE: Duration = Duration::from_secs(4);

    /// `key` is the setting that `url` comes from. Must be called within the tokio runtime that is to send the requests.
    /// Nothing is sent yet.
    pub fn new(key: &'static str, url: &str, forwarder: &ForwarderConfig) -> Result<Self, CallerError> {
        forwarder.validate()?;
        let (client, base) = (client(forwarder)?, base(key, url)?);
        Ok(Self { client, base, runtime: Handle::current(), request_ids: None, trace_parents: None })
    }

    /// Passes the id of the request on that a question belongs to.
    #[must_use]
    pub fn with_request_ids(self, request_ids: RequestIds) -> Self {
        Self { request_ids: Some(request_ids), ..self }
    }

    /// Makes what the other service does a part of the trace that a question belongs to.
    #[must_use]
    pub fn with_trace_parents(self, trace_parents: TraceParents) -> Self {
        Self { trace_parents: Some(trace_parents), ..self }
    }

    /// Reads what is at `path`.
    pub(crate) async fn get<R>(&self, path: &str, patience: Patience) -> Result<R, Failed>
    where
        R: DeserializeOwned + Send + 'static,
    {
        self.send(self.request(Method::GET, path), patience, read_json).await
    }

    /// Reads what is at `path` with `question` as its query.
    pub(crate) async fn query<R>(
        &self,
        path: &str,
        question: &(impl Serialize + Sync),
        patience: Patience,
    ) -> Result<R, Failed>
    where
        R: DeserializeOwned + Send + 'static,
    {
        self.send(self.request(Method::GET, path).query(question), patience, read_json).await
    }

    /// Asks `question` at `path`.
    pub(crate) async fn ask<R>(
        &self,
        path: &str,
        question: &(impl Serialize + Sync),
        patience: Patience,
    ) -> Result<R, Failed>
    where
        R: DeserializeOwned + Send + 'static,
    {
        self.send(self.request(Method::POST, path).json(question), patience, read_json).await
    }

    /// Asks `question` at `path` and takes the answer as it is.
    pub(crate) async fn ask_bytes(
        &self,
        path: &str,
        question: &(impl Serialize + Sync),
        patience: Patience,
    ) -> Result<Bytes, Failed> {
        self.send(self.request(Method::POST, path).json(question), patience, |body| Ok(body.clone())).await
    }

    /// Asks `question` at `path` and gives `read` each line of the answer as it arrives, until it makes something of one.
    pub(crate) async fn ask_for_lines<R: Send + 'static>(
        &self,
        path: &str,
        question: &(impl Serialize + Sync),
        patience: Patience,
        read: impl FnMut(&[u8]) -> Option<Result<R, Failed>> + Send + 'static,
    ) -> Result<R, Failed> {
        let request = self.request(Method::POST, path).json(question);
        self.within(patience.limit, lines(request, read)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}{path}", self.base.path().trim_end_matches('/'), wire::SCOPE));
        let request = self.client.request(method, url);
        let ids = [
            (wire::REQUEST_ID_HEADER, self.request_ids.as_ref().and_then(|ids| ids())),
            (wire::TRACE_PARENT_HEADER, self.trace_parents.as_ref().and_then(|parents| parents())),
        ];
        ids.into_iter().fold(request, |request, (header, id)| {
            match id.and_then(|id| HeaderValue::from_str(&id).ok()) {
                Some(id) => request.header(header, id),
                None => request,
            }
        })
    }

    async fn send<R: Send + 'static>(
        &self,
        request: RequestBuilder,
        patience: Patience,
        read: fn(&Bytes) -> Result<R, Failed>,
    ) -> Result<R, Failed> {
        let Patience { limit, again } = patience;
        let second = request.try_clone().filter(|_| again);
        let attempts = async move {
            let body = match (attempt(request).await, second) {
                (Err(Failed::Connection(_)), Some(second)) => attempt(second).await,
                (result, _) => result,
            };
            body.and_then(|body| read(&body))
        };
        self.within(limit, attempts).await
    }

    async fn within<R: Send + 'static>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<R, Failed>> + Send + 'static,
    ) -> Result<R, Failed> {
        let task = async move {
            tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(Failed::timeout(limit)))
        };
        self.runtime
            .spawn(task)
            .await
            .unwrap_or_else(|_| Err(Failed::Connection("the process is ending".to_owned())))
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.base.host_str().unwrap_or_default();
        f.debug_struct("Caller").field("host", &host).finish_non_exhaustive()
    }
}

async fn attempt(request: RequestBuilder) -> Result<Bytes, Failed> {
    let response = request.send().await?;
    let status = response.status();
    let body = response.bytes().await?;
    if !status.is_success() {
        return Err(Failed::refused(status.as_u16(), &body));
    }
    Ok(body)
}

async fn lines<R>(
    request: RequestBuilder,
    mut read: impl FnMut(&[u8]) -> Option<Result<R, Failed>>,
) -> Result<R, Failed> {
    let mut response = request.send().await?;
    let status = response.status();
    if !status.is_success() {
        return Err(Failed::refused(status.as_u16(), &response.bytes().await?));
    }
    let mut rest = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        rest.extend_from_slice(&chunk);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            if let Some(result) = read(&rest.split_to(end + 1)) {
                return result;
            }
        }
    }
    Err(Failed::unreadable(&"it ends before its last line"))
}

fn read_json<R: DeserializeOwned>(body: &Bytes) -> Result<R, Failed> {
    serde_json::from_slice(body).map_err(|error| Failed::unreadable(&error))
}

fn base(key: &'static str, url: &str) -> Result<Url, CallerError> {
    let invalid = || CallerError::InvalidUrl { key, url: url.to_owned() };
    let parsed = Url::parse(url).map_err(|_| invalid())?;
    let usable = matches!(parsed.scheme(), "http" | "https") && parsed.password().is_none();
    if usable { Ok(parsed) } else { Err(invalid()) }
}

fn client(forwarder: &ForwarderConfig) -> Result<Client, CallerError> {
    // Without TLS in use it is asked for all the same. If another part of the process chose one, that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static(wire::VERSION_HEADER), HeaderValue::from_static(wire::VERSION));
    if let Some(secret) = forwarder.shown() {
        let mut value =
            HeaderValue::from_str(secret.expose_secret()).map_err(|_| CallerError::UnsendableSecret)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(wire::SECRET_HEADER), value);
    }
    Client::builder()
        .default_headers(headers)
        .connect_timeout(Caller::CONNECT_TIMEOUT)
        .pool_idle_timeout(Caller::IDLE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| CallerError::Client(Box::new(error)))
}
