//! The list of snapshots and their files.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::App;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::HeaderName;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use api_gateway::snapshot_routes;
use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use greencheck_core::catalog::{SnapshotName, parse_time};
use greencheck_core::ports::{PublishedSnapshot, SnapshotBody, Snapshots, SnapshotsError};

const FILE: &[u8] = b"SQLite format 3\0 and more";

/// One file, with or without a link of its own; away when told so.
#[derive(Default)]
struct Shelf {
    empty: bool,
    link: Option<String>,
    away: AtomicBool,
}

impl Shelf {
    fn present(&self) -> Result<(), SnapshotsError> {
        if self.away.load(Ordering::SeqCst) { Err(SnapshotsError("switched off".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl Snapshots for Shelf {
    async fn list(&self) -> Result<Vec<PublishedSnapshot>, SnapshotsError> {
        self.present()?;
        let snapshot = PublishedSnapshot {
            name: "green_urls_2026-11-20.db.gz".parse().unwrap(),
            bytes: FILE.len() as u64,
            published: parse_time("2026-11-20T01:30:59Z").unwrap(),
            link: self.link.clone(),
        };
        Ok(if self.empty { Vec::new() } else { vec![snapshot] })
    }

    async fn open(&self, name: SnapshotName) -> Result<Option<SnapshotBody>, SnapshotsError> {
        self.present()?;
        let there = self.list().await?.iter().any(|snapshot| snapshot.name == name);
        let pieces = FILE.chunks(7).map(|piece| Ok(piece.into()));
        Ok(there.then(|| SnapshotBody {
            size: FILE.len() as u64,
            published: parse_time("2026-11-20T01:30:59Z").unwrap(),
            pieces: stream::iter(pieces).boxed(),
        }))
    }
}

async fn ask(shelf: Shelf, request: TestRequest) -> ServiceResponse {
    let snapshots: Arc<dyn Snapshots> = Arc::new(shelf);
    let app = init_service(App::new().configure(snapshot_routes(Data::from(snapshots)))).await;
    call_service(&app, request.to_request()).await
}

async fn get(shelf: Shelf, path: &str) -> ServiceResponse {
    ask(shelf, TestRequest::get().uri(path)).await
}

fn header(response: &ServiceResponse, name: &str) -> String {
    let value = response.headers().get(name.parse::<HeaderName>().unwrap());
    value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

async fn text(response: ServiceResponse) -> String {
    String::from_utf8(read_body(response).await.to_vec()).unwrap()
}

#[actix_web::test]
async fn both_paths_list_the_snapshots() {
    for path in ["/admin/green-urls", "/admin/import-ip-ranges"] {
        let response = get(Shelf::default(), path).await;
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
        assert!(header(&response, "content-security-policy").starts_with("default-src 'none'"));
        let page = text(response).await;
        let row = "<tr><td><a href=\"/snapshots/green_urls_2026-11-20.db.gz\">green_urls_2026-11-20.db.gz</a></td>\
                   <td>25</td><td>2026-11-20 01:30 UTC</td></tr>";
        assert!(page.contains(row), "{page}");
    }
}

#[actix_web::test]
async fn the_old_path_leads_to_the_list() {
    let response = get(Shelf::default(), "/green-urls").await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "location")),
        (302, "/admin/green-urls".to_owned())
    );
}

#[actix_web::test]
async fn a_link_of_the_storage_is_shown_and_cannot_break_out() {
    let link = Some("https://files.example.com/a\"><script>&x.db".to_owned());
    let page = text(get(Shelf { link, ..Shelf::default() }, "/admin/green-urls").await).await;
    assert!(page.contains("href=\"https://files.example.com/a&quot;&gt;&lt;script&gt;&amp;x.db\""), "{page}");
    assert!(!page.contains("<script>"));
}

#[actix_web::test]
async fn an_empty_list_and_storage_that_is_away_are_pages_too() {
    let empty = get(Shelf { empty: true, ..Shelf::default() }, "/admin/green-urls").await;
    assert!(text(empty).await.contains("Nothing is published yet."));
    let away = || Shelf { away: AtomicBool::new(true), ..Shelf::default() };
    let response = get(away(), "/admin/green-urls").await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "cache-control")),
        (200, "no-store".to_owned())
    );
    assert!(text(response).await.contains("not available at the moment"));
    let response = get(away(), "/snapshots/green_urls_2026-11-20.db.gz").await;
    assert_eq!((response.status().as_u16(), header(&response, "retry-after")), (503, "60".to_owned()));
}

#[actix_web::test]
async fn a_file_is_handed_out_whole() {
    let response = get(Shelf::default(), "/snapshots/green_urls_2026-11-20.db.gz").await;
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "content-type"), "application/gzip");
    assert_eq!(header(&response, "content-disposition"), "attachment; filename=green_urls_2026-11-20.db.gz");
    assert_eq!(header(&response, "last-modified"), "Fri, 20 Nov 2026 01:30:59 GMT");
    assert_eq!(read_body(response).await, FILE);
    let head = ask(
        Shelf::default(),
        TestRequest::default()
            .method(actix_web::http::Method::HEAD)
            .uri("/snapshots/green_urls_2026-11-20.db.gz"),
    );
    assert_eq!(head.await.status(), 200);
}

#[actix_web::test]
async fn nothing_but_a_published_snapshot_is_handed_out() {
    for path in [
        "/snapshots/green_urls_2026-11-21.db",
        "/snapshots/greencheck.db",
        "/snapshots/..%2Fgreen_urls_2026-11-20.db.gz",
        "/snapshots/%2e%2e",
        "/snapshots/green_urls_2026-11-20.db.gz%00",
        "/snapshots/%ff",
        "/snapshots/",
        "/snapshots/a/green_urls_2026-11-20.db.gz",
    ] {
        let response = get(Shelf::default(), path).await;
        assert_eq!(response.status(), 404, "{path}");
    }
}

#[actix_web::test]
async fn what_is_only_read_cannot_be_written() {
    for path in ["/admin/green-urls", "/green-urls", "/snapshots/green_urls_2026-11-20.db.gz"] {
        assert_eq!(ask(Shelf::default(), TestRequest::post().uri(path)).await.status(), 405, "{path}");
    }
}
