use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greencheck_core::ports::{Lookup, LookupError, Mode};
use greencheck_core::{Answer, Generation, Host, LookupConfig};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use url::Url;

use crate::ForwarderConfig;
use crate::error::Failed;
use crate::wire::{self, CheckQuestion, GenerationReply, StoredQuestion, StoredReply};

/// The id of the request that the calling task works on, if it has one.
pub type RequestIds = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// The lookup-service, asked over HTTP.
///
/// Requests run on the runtime that made it: an HTTP worker's own runtime ends before the process does, and a pooled
/// connection must not end with it. A request goes on when its caller goes away, within its time-out.
pub struct RemoteLookup {
    client: Client,
    base: Url,
    runtime: Handle,
    times: Times,
    request_ids: Option<RequestIds>,
}

#[derive(Debug, Clone, Copy)]
struct Times {
    fast: Duration,
    full: Duration,
    generation: Duration,
}

/// `lookup.url` or `forwarder.secrets` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RemoteLookupError {
    #[error("lookup.url {0:?} is not a URL such as http://lookup-service:8081")]
    InvalidUrl(String),
    #[error(transparent)]
    WeakSecret(#[from] crate::WeakSecret),
    #[error("the first of forwarder.secrets cannot be sent in a header: use letters and digits")]
    UnsendableSecret,
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
}

impl RemoteLookup {
    /// How much longer than a look-up its answer may take.
    const FAST_MARGIN: Duration = Duration::from_millis(500);
    const FULL_MARGIN: Duration = Duration::from_secs(3);
    const GENERATION_TIMEOUT: Duration = Duration::from_secs(1);
    const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
    /// Shorter than receivers keep an idle connection (actix-web: 5 s), so that nobody sends on one that is just ending.
    const IDLE: Duration = Duration::from_secs(4);

    /// Must be called within the tokio runtime that is to send the requests. Nothing is sent yet.
    pub fn new(config: &LookupConfig, forwarder: &ForwarderConfig) -> Result<Self, RemoteLookupError> {
        forwarder.validate()?;
        let times = Times {
            fast: config.fast_deadline + Self::FAST_MARGIN,
            full: config.timeout + Self::FULL_MARGIN,
            generation: Self::GENERATION_TIMEOUT,
        };
        let (client, base) = (client(forwarder)?, base(&config.url)?);
        Ok(Self { client, base, runtime: Handle::current(), times, request_ids: None })
    }

    /// Passes the id of the request on that a question belongs to.
    #[must_use]
    pub fn with_request_ids(self, request_ids: RequestIds) -> Self {
        Self { request_ids: Some(request_ids), ..self }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}{path}", self.base.path().trim_end_matches('/'), wire::SCOPE));
        let request = self.client.request(method, url);
        let id =
            self.request_ids.as_ref().and_then(|ids| ids()).and_then(|id| HeaderValue::from_str(&id).ok());
        match id {
            Some(id) => request.header(wire::REQUEST_ID_HEADER, id),
            None => request,
        }
    }

    /// Sends the request, a second time if the connection fails and `again` says that nothing can happen twice.
    async fn send<T>(&self, request: RequestBuilder, limit: Duration, again: bool) -> Result<T, Failed>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let second = request.try_clone().filter(|_| again);
        let attempts = async move {
            match (attempt(request).await, second) {
                (Err(Failed::Connection(_)), Some(second)) => attempt(second).await,
                (result, _) => result,
            }
        };
        let task = async move {
            tokio::time::timeout(limit, attempts).await.unwrap_or_else(|_| Err(Failed::timeout(limit)))
        };
        self.runtime
            .spawn(task)
            .await
            .unwrap_or_else(|_| Err(Failed::Connection("the process is ending".to_owned())))
    }

    async fn stored_chunk(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, Failed> {
        let question = StoredQuestion { hosts: hosts.to_vec() };
        let request = self.request(Method::POST, wire::STORED).json(&question);
        let reply: StoredReply = self.send(request, self.times.fast, true).await?;
        let fits = |(answer, host): (&Option<Answer>, &Host)| {
            answer.as_ref().is_none_or(|answer| answer.host == *host)
        };
        if reply.answers.len() != hosts.len() || !reply.answers.iter().zip(hosts).all(fits) {
            return Err(Failed::unreadable(&"the answers are not those to the names asked for"));
        }
        Ok(reply.answers)
    }
}

#[async_trait]
impl Lookup for RemoteLookup {
    async fn check(&self, host: &Host, mode: Mode) -> Result<Answer, LookupError> {
        let question = CheckQuestion { host: host.clone(), mode };
        let request = self.request(Method::POST, wire::CHECK).json(&question);
        let (limit, again) = match mode {
            Mode::Fast => (self.times.fast, true),
            Mode::Full => (self.times.full, false),
        };
        let answer: Answer = self.send(request, limit, again).await?;
        if answer.host != *host {
            return Err(Failed::unreadable(&"it is about another name").into());
        }
        Ok(answer)
    }

    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError> {
        let mut answers = Vec::with_capacity(hosts.len());
        for chunk in hosts.chunks(wire::HOSTS_MAX) {
            answers.extend(self.stored_chunk(chunk).await?);
        }
        Ok(answers)
    }

    async fn generation(&self) -> Result<Generation, LookupError> {
        let request = self.request(Method::GET, wire::GENERATION);
        let reply: GenerationReply = self.send(request, self.times.generation, true).await?;
        Ok(reply.generation)
    }
}

impl fmt::Debug for RemoteLookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.base.host_str().unwrap_or_default();
        f.debug_struct("RemoteLookup").field("host", &url).field("times", &self.times).finish_non_exhaustive()
    }
}

async fn attempt<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failed> {
    let response = request.send().await?;
    let status = response.status();
    let body = response.bytes().await?;
    if !status.is_success() {
        return Err(Failed::refused(status.as_u16(), &body));
    }
    serde_json::from_slice(&body).map_err(|error| Failed::unreadable(&error))
}

fn base(url: &str) -> Result<Url, RemoteLookupError> {
    let invalid = || RemoteLookupError::InvalidUrl(url.to_owned());
    let parsed = Url::parse(url).map_err(|_| invalid())?;
    let usable = matches!(parsed.scheme(), "http" | "https") && parsed.password().is_none();
    if usable { Ok(parsed) } else { Err(invalid()) }
}

fn client(forwarder: &ForwarderConfig) -> Result<Client, RemoteLookupError> {
    // Without TLS in use it is asked for all the same. If another part of the process chose one, that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static(wire::VERSION_HEADER), HeaderValue::from_static(wire::VERSION));
    if let Some(secret) = forwarder.shown() {
        let mut value =
            HeaderValue::from_str(secret.expose_secret()).map_err(|_| RemoteLookupError::UnsendableSecret)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(wire::SECRET_HEADER), value);
    }
    Client::builder()
        .default_headers(headers)
        .connect_timeout(RemoteLookup::CONNECT_TIMEOUT)
        .pool_idle_timeout(RemoteLookup::IDLE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| RemoteLookupError::Client(error.to_string()))
}
