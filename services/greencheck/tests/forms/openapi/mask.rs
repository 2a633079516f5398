//! Takes out of answers what no two have alike.

use serde_json::Value;

const VARIES: [&str; 5] = ["age", "cached", "checked_at", "modified", "took_us"];
/// The shape of a time, digits as zeros.
const TIME: &str = "0000-00-00T00:00:00";

pub(super) fn of(value: &Value) -> Value {
    match value {
        Value::Object(pairs) => pairs
            .iter()
            .map(|(key, value)| {
                let value = if VARIES.contains(&key.as_str()) { Value::Null } else { of(value) };
                (key.clone(), value)
            })
            .collect(),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(of).collect();
            // Steps are told in the order in which they ended.
            items.sort_by_key(|item| item["step"].as_str().map(str::to_owned));
            items.into()
        }
        Value::String(text) => of_text(text),
        other => other.clone(),
    }
}

/// Lines of JSON are JSON too; elsewhere times are taken out.
fn of_text(text: &str) -> Value {
    let lines: Option<Vec<Value>> = text
        .lines()
        .map(|line| serde_json::from_str(line).ok().filter(|line: &Value| line.is_object()))
        .collect();
    match lines {
        Some(lines) if !lines.is_empty() => lines.iter().map(of).collect(),
        _ => without_times(text).into(),
    }
}

fn without_times(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let shape: Option<String> =
            rest.get(..TIME.len()).map(|start| start.replace(|c: char| c.is_ascii_digit(), "0"));
        if shape.as_deref() == Some(TIME) {
            let after = &rest[TIME.len()..];
            rest = after.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
            out += "time";
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

#[test]
fn times_are_taken_out_and_the_rest_stays() {
    let text = "a,2026-11-21T04:00:07.929105,b\r\nc,2026-11-21T04:00:07,d 2026-11-21\r\n";
    assert_eq!(of_text(text), "a,time,b\r\nc,time,d 2026-11-21\r\n");
    let value = serde_json::json!({"modified": "x", "url": "y", "steps": [{"step": "b", "took_us": 5}, {"step": "a"}]});
    assert_eq!(
        of(&value),
        serde_json::json!({"modified": null, "url": "y", "steps": [{"step": "a"}, {"step": "b", "took_us": null}]})
    );
}
