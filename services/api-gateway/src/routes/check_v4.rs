//! The check with its reasons: one name, or up to ten thousand in a stream.

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{StreamExt, stream};
use greencheck_core::ports::Asker;
use greencheck_core::{Answer, NamedHost, Source, UnknownReason, Verdict};
use serde_json::Value;

use crate::gateway::{Checked, is_momentary};
use crate::pages::Pages;
use crate::respond::{self, READ_ONLY, query_text};
use crate::v4::{self, CheckBody, NoName, Problem};
use crate::{Gateway, conditional};

const POST_ONLY: &str = "POST, OPTIONS";
/// Names in one request at most.
const NAMES_MAX: usize = 10_000;
/// Look-ups of one request that are under way at once.
const AT_ONCE: usize = 64;

pub(super) fn routes(app: &mut ServiceConfig) {
    app.service(web::resource("/api/v4/check").to(check_many))
        .service(web::resource("/api/v4/check/{domain}").to(check_one));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Fast,
    Full,
}

impl Mode {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        match query_text(request, "mode").as_deref() {
            None | Some("fast") => Ok(Self::Fast),
            Some("full") => Ok(Self::Full),
            Some(other) => Err(Problem::bad_request(format!("mode is {other:?}: give fast or full"))),
        }
    }
}

async fn check_one(request: HttpRequest, gateway: Data<Gateway>, pages: Data<Pages>) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return respond::options(&request, READ_ONLY, "Check");
    }
    match one(&request, &gateway, &pages).await {
        Ok(answer) => answer,
        Err(problem) => problem.answer(&request),
    }
}

async fn one(request: &HttpRequest, gateway: &Gateway, pages: &Pages) -> Result<HttpResponse, Problem> {
    if !respond::reads(request.method()) {
        return Err(Problem::method_not_allowed(request));
    }
    gateway.limits.admit_check(request).await?;
    v4::refuse_bad_key(request)?;
    let mode = Mode::of(request)?;
    let typed =
        respond::last_segment(request.path()).ok_or_else(|| Problem::not_found("a name has no slash"))?;
    let named = NamedHost::parse(&typed).map_err(|error| Problem::bad_request(error.to_string()))?;
    let asker = gateway.limits.asker(request);
    let checked = match mode {
        Mode::Fast => gateway.check_fast(&named.host, Source::Api, asker).await,
        Mode::Full => {
            gateway.limits.admit_full(request)?;
            gateway.look_up(&named.host, Source::Api, asker).await?
        }
    };
    let Checked { answer, cached } = &checked;
    let body = body(&named, answer, *cached, gateway, pages).await;
    let (status, momentary) = (status(&answer.verdict)?, is_momentary(&answer.verdict));
    let mut response = respond::answer(request, status, READ_ONLY);
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
    if status == StatusCode::ACCEPTED {
        respond::try_again(&mut response);
        return Ok(response.body(body));
    }
    if mode == Mode::Full || momentary {
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        return Ok(response.body(body));
    }
    // The age of the verdict is in the body: only who asks at the same second has it already.
    response.insert_header((header::CACHE_CONTROL, gateway.check_cache_control.clone()));
    Ok(conditional::send(request, response, &conditional::tag(&body), body.into()))
}

/// 202 while the look-up goes on behind the answer. Without anybody who could look up there is no answer.
fn status(verdict: &Verdict) -> Result<StatusCode, Problem> {
    match verdict {
        Verdict::Unknown { reason: UnknownReason::Deadline } => Ok(StatusCode::ACCEPTED),
        Verdict::Unknown { reason: UnknownReason::Overload } => {
            Err(Problem::busy("too many look-ups are under way, try again in a moment"))
        }
        Verdict::Unknown { reason: UnknownReason::Unavailable } => {
            Err(Problem::busy("the look-up service is not reachable, try again in a moment"))
        }
        _ => Ok(StatusCode::OK),
    }
}

async fn body(named: &NamedHost, answer: &Answer, cached: bool, gateway: &Gateway, pages: &Pages) -> Vec<u8> {
    let detail = match answer.verdict.provider() {
        // Without the directory the verdict stands, without its evidence.
        Some(id) => pages.provider(id).await.ok().flatten(),
        None => None,
    };
    v4::json(&CheckBody::new(&named.shown(), answer, cached, detail.as_deref(), gateway.now()))
}

async fn check_many(
    request: HttpRequest,
    gateway: Data<Gateway>,
    pages: Data<Pages>,
    payload: Payload,
) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return respond::options(&request, POST_ONLY, "Check Many");
    }
    match many(&request, gateway, pages, payload).await {
        Ok(answer) => answer,
        Err(problem) => problem.answer_of(&request, POST_ONLY),
    }
}

async fn many(
    request: &HttpRequest,
    gateway: Data<Gateway>,
    pages: Data<Pages>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    if request.method() != Method::POST {
        return Err(Problem::only(request, "POST"));
    }
    let mode = Mode::of(request)?;
    let limit = gateway.upload_max_bytes();
    let names = match payload.to_bytes_limited(limit).await {
        Ok(Ok(body)) => names(&body)?,
        Ok(Err(error)) => return Err(Problem::broken_body(&error)),
        Err(_) => return Err(Problem::too_large(format!("the body is larger than {limit} bytes"))),
    };
    if names.len() > NAMES_MAX {
        let detail = format!("{} names are more than {NAMES_MAX}: send them in parts", names.len());
        return Err(Problem::too_large(detail));
    }
    gateway.admit_many(request, names.len()).await?;
    v4::refuse_bad_key(request)?;
    if mode == Mode::Fast {
        // Brings what is stored into the caches, in one question for all.
        gateway.known_texts(names.iter().cloned().map(Some).collect()).await;
    }
    let asker = gateway.limits.asker(request);
    let lines = stream::iter(names)
        .map(move |text| line(text, mode, asker, gateway.clone(), pages.clone()))
        .buffered(AT_ONCE)
        .map(Ok::<Bytes, actix_web::Error>);
    let mut response = respond::answer(request, StatusCode::OK, POST_ONLY);
    response
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    Ok(response.streaming(lines))
}

/// The answer about one name, as a line.
async fn line(text: String, mode: Mode, asker: Asker, gateway: Data<Gateway>, pages: Data<Pages>) -> Bytes {
    let named = match NamedHost::parse(&text) {
        Ok(named) => named,
        Err(error) => return with_newline(v4::json(&NoName { domain: &text, error: error.to_string() })),
    };
    let checked = match mode {
        Mode::Fast => Ok(gateway.answer_fast(&named.host, asker).await),
        Mode::Full => gateway.answer_full(&named.host, asker).await,
    };
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => {
            return with_newline(v4::json(&NoName { domain: &named.shown(), error: error.to_string() }));
        }
    };
    if mode == Mode::Full && gateway.logs_bulk() {
        gateway.record(&checked, Source::Bulk);
    }
    with_newline(body(&named, &checked.answer, checked.cached, &gateway, &pages).await)
}

fn with_newline(mut line: Vec<u8>) -> Bytes {
    line.push(b'\n');
    line.into()
}

/// A JSON array of names, or one name a line: as JSON text (NDJSON) or as it is.
fn names(body: &[u8]) -> Result<Vec<String>, Problem> {
    let text = std::str::from_utf8(body).map_err(|error| {
        Problem::bad_request(format!("the body is not UTF-8 at byte {}", error.valid_up_to()))
    })?;
    if text.trim_start().starts_with('[') {
        let names: Vec<Value> = serde_json::from_str(text)
            .map_err(|error| Problem::bad_request(format!("the body is no JSON array: {error}")))?;
        let of = |(index, name): (usize, Value)| match name {
            Value::String(name) => Ok(name),
            other => Err(Problem::bad_request(format!("[{index}] is {other}: names are strings"))),
        };
        return names.into_iter().enumerate().map(of).collect();
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let line = line.trim();
            if !line.starts_with('"') {
                return Ok(line.to_owned());
            }
            let detail = |error| format!("line {} is no JSON string: {error}", number + 1);
            serde_json::from_str(line).map_err(|error| Problem::bad_request(detail(error)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::array(r#" ["a.com", "b.com"]"#, Ok(vec!["a.com", "b.com"]))]
    #[case::ndjson("\"a.com\"\n\"b.com\"\n", Ok(vec!["a.com", "b.com"]))]
    #[case::lines("a.com\r\n\r\nb.com", Ok(vec!["a.com", "b.com"]))]
    #[case::nothing("", Ok(vec![]))]
    #[case::broken(
        "[\"a.com\"",
        Err("the body is no JSON array: EOF while parsing a list at line 1 column 8")
    )]
    #[case::no_text("[\"a.com\",5]", Err("[1] is 5: names are strings"))]
    #[case::broken_line(
        "a.com\n\"b",
        Err("line 2 is no JSON string: EOF while parsing a string at line 1 column 2")
    )]
    fn names_come_as_an_array_or_in_lines(#[case] body: &str, #[case] expected: Result<Vec<&str>, &str>) {
        let read = names(body.as_bytes()).map_err(|problem| problem.to_string());
        assert_eq!(
            read,
            expected
                .map(|names| names.iter().map(|name| (*name).to_owned()).collect())
                .map_err(str::to_owned)
        );
    }
}
