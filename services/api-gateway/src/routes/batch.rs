//! The batch: a CSV file of names, answered by a CSV file.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Resource, dev};
use futures_util::TryStreamExt;
use greencheck_core::{Host, NamedHost};

use crate::bulk::Typed;
use crate::limits::Exceeded;
use crate::partner_api::bad_basic;
use crate::{Gateway, respond, wire};

const ALLOW: &str = "POST, OPTIONS";
const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");
/// Longer names are no names of files.
const NAME_MAX: usize = 200;

pub(super) fn resource() -> Resource {
    web::resource("/api/v3/batch/greencheck").to(batch)
}

async fn batch(request: HttpRequest, gateway: Data<Gateway>, payload: web::Payload) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return respond::options(&request, ALLOW, "Greencheck Batch");
    }
    if request.method() != Method::POST {
        let detail = format!("Method \"{}\" not allowed.", request.method());
        return error(&request, StatusCode::METHOD_NOT_ALLOWED, &detail);
    }
    if !respond::accepts(request.head(), &["*/*", "text/*", "text/csv", ""]) {
        let detail = "Could not satisfy the request Accept header.";
        return error(&request, StatusCode::NOT_ACCEPTABLE, detail);
    }
    if let Some(detail) = bad_basic(&request).await {
        return error(&request, StatusCode::FORBIDDEN, detail);
    }
    match answer(&request, &gateway, payload.into_inner()).await {
        Ok(answer) => answer,
        Err(refusal) => {
            let mut answer = error(&request, refusal.status, &refusal.detail);
            if let Some(seconds) = refusal.retry_after {
                answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            answer
        }
    }
}

async fn answer(
    request: &HttpRequest,
    gateway: &Gateway,
    payload: dev::Payload,
) -> Result<HttpResponse, Refusal> {
    let upload = Upload::read(request, payload, gateway.upload_max_bytes()).await?;
    let names = names(&upload.urls)?;
    gateway.admit_many(request, names.len()).await?;
    let known = gateway.known(names).await;
    let mut response = respond::answer(request, StatusCode::OK, ALLOW);
    if let Some(name) = upload.response_filename {
        response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename={name}")));
    }
    if !known.complete {
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    }
    let body = wire::batch(&known, gateway.now());
    if body.is_empty() {
        return Ok(response.finish());
    }
    Ok(response.insert_header((header::CONTENT_TYPE, CSV)).body(body))
}

fn error(request: &HttpRequest, status: StatusCode, detail: &str) -> HttpResponse {
    let mut response = respond::answer(request, status, ALLOW);
    response.insert_header((header::CONTENT_TYPE, CSV)).body(wire::csv_detail(detail))
}

/// Why there is no answer.
struct Refusal {
    status: StatusCode,
    detail: String,
    retry_after: Option<u64>,
}

impl Refusal {
    fn bad(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, detail: detail.into(), retry_after: None }
    }

    fn of_body(is_too_slow: bool, detail: impl Into<String>) -> Self {
        if is_too_slow {
            return Self { status: StatusCode::REQUEST_TIMEOUT, ..Self::bad(respond::TOO_SLOW) };
        }
        Self::bad(detail)
    }

    fn too_large(limit: usize) -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            detail: format!("The upload is larger than {limit} bytes: send it in parts."),
            retry_after: None,
        }
    }
}

impl From<Exceeded> for Refusal {
    fn from(exceeded: Exceeded) -> Self {
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            detail: exceeded.to_string(),
            retry_after: Some(exceeded.retry_after),
        }
    }
}

impl From<MultipartError> for Refusal {
    fn from(error: MultipartError) -> Self {
        let detail = format!("The form cannot be read: {error}.");
        Self::of_body(
            matches!(&error, MultipartError::Payload(error) if greencheck_runtime::is_too_slow(error)),
            detail,
        )
    }
}

/// The fields of the form.
#[derive(Default)]
struct Upload {
    urls: Vec<u8>,
    response_filename: Option<String>,
}

impl Upload {
    async fn read(request: &HttpRequest, mut payload: dev::Payload, limit: usize) -> Result<Self, Refusal> {
        let media = respond::media_type(request);
        if media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Self::of_form(request, &mut payload, limit).await;
        }
        if !media.eq_ignore_ascii_case("multipart/form-data") {
            return Err(Refusal {
                status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
                detail: format!("Unsupported media type \"{media}\" in request: send multipart/form-data."),
                retry_after: None,
            });
        }
        let mut form = Multipart::new(request.headers(), payload);
        let (mut upload, mut urls) = (Self::default(), None);
        while let Some(field) = form.try_next().await? {
            match field.name() {
                Some("urls") => urls = Some(bytes(field, limit).await?),
                Some("response_filename") => upload.name_response(&bytes(field, NAME_MAX).await?)?,
                _ => drop(bytes(field, limit).await?),
            }
        }
        upload.urls = urls.ok_or_else(no_file)?;
        Ok(upload)
    }

    /// A form without files: `urls` is the text of the file.
    async fn of_form(
        request: &HttpRequest,
        payload: &mut dev::Payload,
        limit: usize,
    ) -> Result<Self, Refusal> {
        let body = web::Payload::from_request(request, payload).await;
        let body = body.map_err(|error| Refusal::bad(error.to_string()))?.to_bytes_limited(limit).await;
        let body = body.map_err(|_| Refusal::too_large(limit))?.map_err(|error| {
            Refusal::of_body(respond::is_too_slow(&error), "The body did not arrive as a whole.")
        })?;
        let (mut upload, mut urls) = (Self::default(), None);
        for (name, value) in url::form_urlencoded::parse(&body) {
            match &*name {
                "urls" => urls = Some(value.into_owned().into_bytes()),
                "response_filename" => upload.name_response(value.as_bytes())?,
                _ => {}
            }
        }
        upload.urls = urls.ok_or_else(no_file)?;
        Ok(upload)
    }

    /// Only what is a file name everywhere and cannot end a header.
    fn name_response(&mut self, name: &[u8]) -> Result<(), Refusal> {
        let is_safe = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        if name.is_empty() {
            return Ok(());
        }
        if name[0] == b'.' || name.len() > NAME_MAX || !name.iter().all(is_safe) {
            let detail = "response_filename may have letters, digits, dots, hyphens and underscores only.";
            return Err(Refusal::bad(detail));
        }
        self.response_filename = Some(String::from_utf8_lossy(name).into_owned());
        Ok(())
    }
}

fn no_file() -> Refusal {
    Refusal::bad("The field \"urls\" is missing: send a CSV file of names in it.")
}

async fn bytes(mut field: Field, limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.try_next().await? {
        if bytes.len() + chunk.len() > limit {
            return Err(Refusal::too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The names in the first column, each reduced to its registrable domain. A first row that names no host is a heading.
fn names(file: &[u8]) -> Result<Vec<Typed>, Refusal> {
    let file = file.strip_prefix("\u{feff}".as_bytes()).unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let (mut record, mut names) = (csv::ByteRecord::new(), Vec::new());
    let mut is_first = true;
    while reader.read_byte_record(&mut record).map_err(|error| Refusal::bad(error.to_string()))? {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = std::str::from_utf8(record.get(0).unwrap_or_default())
            .map_err(|_| Refusal::bad(format!("Line {line} of the file is not UTF-8.")))?
            .trim();
        let is_heading = std::mem::replace(&mut is_first, false) && Host::parse(cell).is_err();
        if !cell.is_empty() && !is_heading {
            names.push(reduced(cell));
        }
    }
    Ok(names)
}

fn reduced(cell: &str) -> Typed {
    let typed = Typed::new(cell.to_owned());
    let registrable = typed.named.as_ref().and_then(|named| {
        let registrable = Host::parse(named.host.registrable()?).ok()?;
        // In the script of the caller.
        let shown = NamedHost::from(registrable.clone());
        let unicode = named.shown() != named.host.as_str();
        if unicode { NamedHost::parse(&registrable.to_unicode()).ok() } else { Some(shown) }
    });
    match registrable {
        Some(named) => Typed { named: Some(named), ..typed },
        None => typed,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use rstest::rstest;

    use super::*;

    fn shown(file: &[u8]) -> Vec<String> {
        names(file)
            .unwrap_or_default()
            .iter()
            .filter_map(|typed| typed.shown().map(Cow::into_owned))
            .collect()
    }

    #[rstest]
    #[case::registrable("www.green.com\na.b.co.uk\nfoo.github.io\n", &["green.com", "b.co.uk", "foo.github.io"])]
    #[case::heading("url\ngreen.com\n", &["green.com"])]
    #[case::first_name("green.com\nurl\n", &["green.com", "url"])]
    #[case::further_columns("green.com,1,x\n\"grey.com\",2\n", &["green.com", "grey.com"])]
    #[case::blank_lines("\n\ngreen.com\n\n ,x\n", &["green.com"])]
    #[case::urls_and_addresses("http://www.green.com:80/x\n192.0.2.1\n", &["green.com", "192.0.2.1"])]
    #[case::no_names("localhost\nlocalhost\n", &["localhost"])]
    #[case::idn("www.grün.com\nwww.xn--grn-ioa.com\n", &["grün.com", "xn--grn-ioa.com"])]
    #[case::windows("\u{feff}green.com\r\ngrey.com\r\n", &["green.com", "grey.com"])]
    #[case::nothing("", &[])]
    fn the_first_column_has_the_names(#[case] file: &str, #[case] expected: &[&str]) {
        assert_eq!(shown(file.as_bytes()), expected);
    }

    #[test]
    fn a_line_that_is_no_text_is_named() {
        let refusal = names(b"green.com\ngrey.com\n\xff.com\n").err().unwrap();
        assert_eq!(
            (refusal.status, refusal.detail.as_str()),
            (StatusCode::BAD_REQUEST, "Line 3 of the file is not UTF-8.")
        );
    }
}
