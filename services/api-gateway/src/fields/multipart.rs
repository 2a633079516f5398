use actix_multipart::{Multipart, MultipartError};
use actix_web::error::PayloadError;
use actix_web::http::header::HeaderMap;
use actix_web::web::Bytes;
use futures_util::{TryStreamExt, stream};
use serde_json::{Map, Value};

/// The fields of a small form that is in memory as a whole. Files are none.
pub(super) async fn fields(headers: &HeaderMap, body: Bytes) -> Result<Map<String, Value>, MultipartError> {
    let mut form = Multipart::new(headers, stream::iter([Ok::<_, PayloadError>(body)]));
    let mut fields = Map::new();
    while let Some(mut part) = form.try_next().await? {
        let mut value = Vec::new();
        while let Some(chunk) = part.try_next().await? {
            value.extend_from_slice(&chunk);
        }
        let is_file = part.content_disposition().is_some_and(|part| part.get_filename().is_some());
        if let Some(name) = part.name().filter(|_| !is_file) {
            fields.insert(name.to_owned(), Value::String(String::from_utf8_lossy(&value).into_owned()));
        }
    }
    Ok(fields)
}
