//! How a check goes on, as server-sent events: what is known from before, each step, signs of life, then the result.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;
use futures_util::{FutureExt, Stream, StreamExt, stream};
use greencheck_core::ports::{Asker, LookupError};
use greencheck_core::{Host, NamedHost, Step};
use serde::Serialize;
use tokio::sync::mpsc;

use crate::Site;
use crate::respond::{self, READ_ONLY, query_text};
use crate::site::{self, Found, ShownStep};
use crate::v4::{self, Problem};

/// How often the page hears that the check goes on.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);
/// Proxies pass each event on at once.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Events of one check. What is wrong before it begins is answered as a problem, so that the script falls back to the page.
pub(super) async fn stream(request: HttpRequest, site: Data<Site>) -> HttpResponse {
    match events(&request, site).await {
        Ok(response) => response,
        Err(problem) => problem.answer(&request),
    }
}

async fn events(request: &HttpRequest, site: Data<Site>) -> Result<HttpResponse, Problem> {
    if !respond::reads(request.method()) {
        return Err(Problem::method_not_allowed(request));
    }
    let typed = query_text(request, "url").unwrap_or_default();
    let named = NamedHost::parse(&typed).map_err(|error| Problem::bad_request(error.to_string()))?;
    site.admit(request).await?;
    let again = respond::query_value(request.query_string(), "again") == Some("true");
    let kept = site.kept(&named.host, again);
    if kept.is_none() {
        site.admit_full(request)?;
    }
    let origin = site.origin(request);
    let begun = begin(site.clone(), named.host.clone());
    let asker = site.asker(request);
    let check = Check::new(site, named.host, kept, origin, asker);
    let stream = stream::once(begun).chain(check.events()).map(Ok::<_, actix_web::Error>);
    let mut response = respond::answer(request, StatusCode::OK, READ_ONLY);
    response
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8")))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((UNBUFFERED, HeaderValue::from_static("no")));
    Ok(response.streaming(stream))
}

#[derive(Serialize)]
struct Begin<'a> {
    host: &'a str,
    name: &'a str,
    /// What is known from before, until the check ends.
    known: Option<String>,
}

async fn begin(site: Data<Site>, host: Host) -> Bytes {
    let known = site.known(&host).await;
    event("begin", &Begin { host: host.as_str(), name: &host.readable(), known })
}

#[derive(Serialize)]
struct Stepped<'a> {
    title: &'a str,
    /// `match`, `found`, `nothing` or `silent`.
    outcome: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct Waiting {
    seconds: u64,
}

#[derive(Serialize)]
struct End<'a> {
    title: &'a str,
    /// The path of the page that has the same to say.
    path: String,
    html: String,
}

#[derive(Serialize)]
struct Failed {
    text: String,
}

/// A check under way.
struct Check {
    work: LocalBoxFuture<'static, Bytes>,
    steps: mpsc::UnboundedReceiver<Step>,
    began: Instant,
}

impl Check {
    fn new(site: Data<Site>, host: Host, kept: Option<Found>, origin: String, asker: Asker) -> Self {
        let (tell, steps) = mpsc::unbounded_channel();
        let work = async move {
            // Once the page is gone nobody hears of steps.
            let follower = move |step: &Step| drop(tell.send(step.clone()));
            let found = match kept {
                Some(found) => Ok(found),
                None => site.follow(&host, asker, Arc::new(follower)).await,
            };
            end(&site, &host, found, &origin).await
        };
        Self { work: work.boxed_local(), steps, began: Instant::now() }
    }

    fn events(self) -> impl Stream<Item = Bytes> {
        stream::unfold(Some(self), async |check| {
            let mut check = check?;
            tokio::select! {
                biased;
                Some(step) = check.steps.recv() => Some((stepped(&step), Some(check))),
                end = &mut check.work => Some((end, None)),
                () = tokio::time::sleep(SIGN_OF_LIFE) => {
                    let waiting = Waiting { seconds: check.began.elapsed().as_secs() };
                    Some((event("waiting", &waiting), Some(check)))
                }
            }
        })
    }
}

fn stepped(step: &Step) -> Bytes {
    let ShownStep { title, outcome, text, .. } = ShownStep::of(step);
    event("step", &Stepped { title: &title, outcome: outcome.as_str(), text: &text })
}

async fn end(site: &Site, host: &Host, found: Result<Found, LookupError>, origin: &str) -> Bytes {
    match found {
        Ok(found) => {
            let result = site.result(host, found, origin).await;
            let html = site::fragment(&result);
            event("result", &End { title: &result.headline, path: format!("/check/{host}"), html })
        }
        Err(error) => event("failed", &Failed { text: format!("{error}.") }),
    }
}

/// JSON has no line end of its own, so that one line is the event's data.
fn event(name: &str, data: &impl Serialize) -> Bytes {
    let mut text = format!("event: {name}\ndata: ").into_bytes();
    text.extend(v4::json(data));
    text.extend(b"\n\n");
    text.into()
}
