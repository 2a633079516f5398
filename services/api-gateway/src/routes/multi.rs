//! The multi check: names as a JSON array within the path.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, Resource};
use greencheck_runtime::{AtHand, Plain, Reply, Writer};
use serde_json::Value;

use crate::partner_api::bad_basic;
use crate::respond::{self, READ_ONLY};
use crate::{Gateway, wire};

const PREFIX: &str = "/v2/greencheckmulti/";
const PATTERN: &str = "/v2/greencheckmulti/{names}";

pub(super) fn resource() -> Resource {
    web::resource(PATTERN).to(multi)
}

async fn multi(request: HttpRequest, gateway: Data<Gateway>) -> HttpResponse {
    if let Some(answer) = respond::unless_read(&request, "Greencheck Multi") {
        return answer;
    }
    if let Some(detail) = bad_basic(&request).await {
        return respond::error(&request, StatusCode::FORBIDDEN, READ_ONLY, detail);
    }
    let Some(segment) = respond::last_segment(request.path()) else {
        return respond::not_found(&request);
    };
    let Some(names) = names(&segment) else {
        let detail = "Send the names as a JSON array of strings, such as [\"example.com\"].";
        return respond::error(&request, StatusCode::BAD_REQUEST, READ_ONLY, detail);
    };
    if let Err(exceeded) = gateway.admit_many(&request, names.len()).await {
        return respond::too_many(&request, READ_ONLY, &exceeded);
    }
    let known = gateway.known_texts(names).await;
    let body = wire::multi(&known, gateway.now());
    respond::known(&request, &gateway, known.complete, body)
}

/// The answer to a plain request, if all its names are at hand as they are written.
pub(super) fn at_hand(reply: Writer<'_>, request: &Plain<'_>, gateway: &Gateway) -> Option<AtHand> {
    let typed = request.path().strip_prefix(PREFIX).filter(|typed| !typed.contains('/'))?;
    if gateway.logs_bulk() || !respond::accepts_json(request) {
        return None;
    }
    let segment = respond::last_segment(typed)?;
    let names: Vec<&str> = serde_json::from_str(&segment).ok()?;
    let answers = gateway.ports.cache.peek_all(&names)?;
    // Whoever may not ask is told so on the long way.
    let allowance = gateway.limits.spend_names_without_key(request, names.len()).ok()?;
    let body = wire::multi_at_hand(&answers);
    let reply = respond::kept(reply, request, allowance.as_ref(), &body, &gateway.check_headers);
    Some(AtHand { given: reply.finish(body), route: PATTERN })
}

/// The platform takes more than arrays: a text is a list of its characters, an object one of its keys. `None` for a bare
/// number or boolean, which it fails on.
fn names(segment: &str) -> Option<Vec<Option<String>>> {
    Some(match serde_json::from_str(segment) {
        Ok(Value::Array(items)) => items.into_iter().map(text).collect(),
        Ok(Value::Object(pairs)) => pairs.into_iter().map(|(key, _)| Some(key)).collect(),
        Ok(Value::String(text)) => text.chars().map(|letter| Some(letter.to_string())).collect(),
        Ok(Value::Null) | Err(_) => Vec::new(),
        Ok(Value::Number(_) | Value::Bool(_)) => return None,
    })
}

fn text(item: Value) -> Option<String> {
    match item {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::array(r#"["a.com","b.com"]"#, Some(vec![Some("a.com"), Some("b.com")]))]
    #[case::nothing("[]", Some(vec![]))]
    #[case::null("null", Some(vec![]))]
    #[case::broken("[\"a.com\"", Some(vec![]))]
    #[case::letters(r#""ab""#, Some(vec![Some("a"), Some("b")]))]
    #[case::keys(r#"{"a.com":1}"#, Some(vec![Some("a.com")]))]
    #[case::odd_items(r"[1,null,true]", Some(vec![Some("1"), None, Some("true")]))]
    #[case::number("5", None)]
    #[case::boolean("true", None)]
    fn names_are_read_as_the_platform_reads_them(
        #[case] segment: &str,
        #[case] expected: Option<Vec<Option<&str>>>,
    ) {
        let read = names(segment);
        let texts = read.as_ref().map(|names| names.iter().map(Option::as_deref).collect());
        assert_eq!(texts, expected);
    }
}
