//! The description of the API, for programs and for readers.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

use super::slash_is_missing;
use crate::conditional;
use crate::respond::{self, READ_ONLY};

/// Scripts and styles are files of ours, and they talk to this server only.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// Kept, and asked for each time whether it has changed.
const KEEP: HeaderValue = HeaderValue::from_static("public, no-cache");

/// A file that is built in.
struct File {
    name: &'static str,
    content_type: &'static str,
    content: &'static [u8],
    tag: LazyLock<String>,
}

macro_rules! file {
    ($name:literal, $content_type:literal, $path:expr) => {
        File {
            name: $name,
            content_type: $content_type,
            content: include_bytes!($path),
            tag: LazyLock::new(|| conditional::tag(include_bytes!($path))),
        }
    };
}

static DOCUMENT: File = file!("openapi.json", "application/json", concat!(env!("OUT_DIR"), "/openapi.json"));

/// The first is the page itself.
static PAGE: [File; 7] = [
    file!("", "text/html; charset=utf-8", "../../assets/api-docs/index.html"),
    file!("page.css", "text/css; charset=utf-8", "../../assets/api-docs/page.css"),
    file!("start.js", "text/javascript; charset=utf-8", "../../assets/api-docs/start.js"),
    file!("swagger-ui.css", "text/css; charset=utf-8", "../../swagger-ui/swagger-ui.css"),
    file!("swagger-ui-bundle.js", "text/javascript; charset=utf-8", "../../swagger-ui/swagger-ui-bundle.js"),
    file!(
        "swagger-ui-bundle.js.LICENSE.txt",
        "text/plain; charset=utf-8",
        "../../swagger-ui/swagger-ui-bundle.js.LICENSE.txt"
    ),
    file!("LICENSE", "text/plain; charset=utf-8", "../../swagger-ui/LICENSE"),
];

pub(super) fn routes(app: &mut ServiceConfig) {
    app.service(web::resource("/openapi.json").to(show_document))
        .service(web::resource("/api-docs").to(slash_is_missing))
        .service(web::resource("/api-docs/").to(show_page))
        .service(web::resource("/api-docs/{file}").to(show_page));
}

async fn show_document(request: HttpRequest) -> HttpResponse {
    if let Some(answer) = respond::unless_read(&request, "OpenAPI") {
        return answer;
    }
    send(&request, respond::answer(&request, StatusCode::OK, READ_ONLY), &DOCUMENT)
}

async fn show_page(request: HttpRequest) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return respond::options(&request, READ_ONLY, "API documentation");
    }
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let Some(file) = PAGE.iter().find(|file| file.name == request.match_info().query("file")) else {
        return respond::not_found(&request);
    };
    let mut response = respond::answer(&request, StatusCode::OK, READ_ONLY);
    response.insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    send(&request, response, file)
}

fn send(request: &HttpRequest, mut response: HttpResponseBuilder, file: &File) -> HttpResponse {
    response
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(file.content_type)))
        .insert_header((header::CACHE_CONTROL, KEEP));
    conditional::send(request, response, &file.tag, Bytes::from_static(file.content))
}
