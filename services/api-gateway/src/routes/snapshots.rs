//! Published snapshots: their list, and the files where nobody else hands them out.

use std::fmt::Write as _;
use std::time::SystemTime;

use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::header::{self, HeaderValue, HttpDate};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{StreamExt, stream};
use greencheck_core::catalog::{Packing, SnapshotName};
use greencheck_core::ports::{PublishedSnapshot, SnapshotBody, Snapshots, SnapshotsError};

use crate::respond::{self, READ_ONLY};

const LIST: &str = "/admin/green-urls";
/// Nothing runs, and nothing is loaded but our own style.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// A snapshot may be replaced within its day.
const FIVE_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The routes about snapshots.
pub fn snapshot_routes(snapshots: Data<dyn Snapshots>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |app| {
        app.app_data(snapshots)
            .service(web::resource([LIST, "/admin/import-ip-ranges"]).to(list))
            .service(web::resource("/green-urls").to(sent_on))
            .service(web::resource("/snapshots/{file}").to(download));
    }
}

async fn sent_on(request: HttpRequest) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    respond::answer(&request, StatusCode::FOUND, READ_ONLY)
        .insert_header((header::LOCATION, HeaderValue::from_static(LIST)))
        .finish()
}

/// The list is a page for people and for scripts that read its links. It comes also while the storage is away, and says so.
async fn list(request: HttpRequest, snapshots: Data<dyn Snapshots>) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let (page, keep) = match snapshots.list().await {
        Ok(list) => (page(&list), HeaderValue::from_static("no-cache")),
        Err(error) => {
            told(&error);
            (around("<p>The list is not available at the moment. Try again in a minute.</p>\n"), NO_STORE)
        }
    };
    respond::answer(&request, StatusCode::OK, READ_ONLY)
        .insert_header((header::CONTENT_TYPE, HTML))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, keep))
        .body(page)
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

async fn download(request: HttpRequest, file: Path<String>, snapshots: Data<dyn Snapshots>) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let Ok(name) = file.parse::<SnapshotName>() else { return respond::not_found(&request) };
    match snapshots.open(name).await {
        Ok(Some(body)) => send(&request, name, body),
        Ok(None) => respond::not_found(&request),
        Err(error) => {
            told(&error);
            let mut response = respond::answer(&request, StatusCode::SERVICE_UNAVAILABLE, READ_ONLY);
            response
                .insert_header((header::CONTENT_TYPE, HTML))
                .insert_header((header::RETRY_AFTER, HeaderValue::from_static("60")))
                .insert_header((header::CACHE_CONTROL, NO_STORE))
                .body(around("<p>The file is not available at the moment. Try again in a minute.</p>\n"))
        }
    }
}

fn send(request: &HttpRequest, name: SnapshotName, snapshot: SnapshotBody) -> HttpResponse {
    let media = match name.packing {
        Packing::Plain => "application/vnd.sqlite3",
        Packing::Gzip => "application/gzip",
        Packing::Bzip2 => "application/x-bzip2",
    };
    let pieces = if request.method() == Method::HEAD { stream::empty().boxed() } else { snapshot.pieces };
    respond::answer(request, StatusCode::OK, READ_ONLY)
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(media)))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename={name}")))
        .insert_header((header::CACHE_CONTROL, FIVE_MINUTES))
        .insert_header((header::LAST_MODIFIED, HttpDate::from(SystemTime::from(snapshot.published))))
        .body(BoxBody::new(SizedStream::new(snapshot.size, pieces)))
}

fn told(error: &SnapshotsError) {
    tracing::warn!(error = %error.0, "snapshots cannot be had");
}

fn page(list: &[PublishedSnapshot]) -> String {
    if list.is_empty() {
        return around("<p>Nothing is published yet.</p>\n");
    }
    let mut rows =
        "<table>\n<thead><tr><th>File</th><th>Bytes</th><th>Published</th></tr></thead>\n<tbody>\n"
            .to_owned();
    for PublishedSnapshot { name, bytes, published, link } in list {
        let link = link.clone().unwrap_or_else(|| format!("/snapshots/{name}"));
        let (link, published) = (escaped(&link), published.format("%Y-%m-%d %H:%M UTC"));
        writeln!(rows, "<tr><td><a href=\"{link}\">{name}</a></td><td>{bytes}</td><td>{published}</td></tr>")
            .expect("a string takes everything");
    }
    around(&(rows + "</tbody>\n</table>\n"))
}

fn around(content: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Green domains</title>\n\
         <link rel=\"stylesheet\" href=\"/assets/directory.css\">\n</head>\n<body>\n<main>\n<h1>Green domains</h1>\n\
         <p>Snapshots of all domains that are known to be hosted green: SQLite files with the table \
         <code>greendomain</code>.</p>\n{content}</main>\n</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}
