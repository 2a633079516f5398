use std::collections::BTreeMap;

use serde::de::Deserialize;

use super::CatalogDocument;

mod entry;
#[cfg(test)]
mod tests;
mod validate;
mod values;

/// The sections, in the order in which they are written.
const SECTIONS: [&str; 11] = [
    "providers",
    "services",
    "supporting_documents",
    "datacenters",
    "ip_ranges",
    "asns",
    "carbon_txts",
    "linked_domains",
    "users",
    "green_domains",
    "co2_intensity",
];

/// A document and what was ignored in it.
#[derive(Debug, Clone, Default)]
pub struct ParsedDocument {
    pub document: CatalogDocument,
    /// How often each unknown key was met, by its path without indexes (`providers.colour`).
    pub ignored: BTreeMap<String, u64>,
}

/// A document that cannot be imported: the JSON path of the first thing that is wrong, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct InvalidDocument {
    /// For example `ip_ranges[12].end`; line and column where the text is no JSON.
    pub path: String,
    pub problem: String,
}

impl CatalogDocument {
    /// Reads a document and checks every value that can be checked without a store. Whether a provider that an entry
    /// names exists is the store's to say.
    pub fn parse(json: impl AsRef<[u8]>) -> Result<ParsedDocument, InvalidDocument> {
        let json = json.as_ref();
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        // Without this the reader takes a list for an object whose fields come in order.
        if json.trim_ascii_start().first().is_some_and(|&first| matches!(first, b'[' | b'"' | b'0'..=b'9')) {
            return Err(InvalidDocument {
                path: "line 1 column 1".to_owned(),
                problem: "expected one JSON object such as `{\"providers\": […]}`".to_owned(),
            });
        }
        let parsed = read(json)?;
        parsed.document.check()?;
        Ok(parsed)
    }

    /// Checks every value that can be checked without a store. [`parse`](Self::parse) has done so.
    pub fn check(&self) -> Result<(), InvalidDocument> {
        validate::document(self)
    }

    /// The document as people read it, with a line end at the end.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("texts and finite numbers are always JSON");
        json + "\n"
    }
}

fn read(json: &[u8]) -> Result<ParsedDocument, InvalidDocument> {
    let mut ignored: BTreeMap<String, u64> = BTreeMap::new();
    let mut track = serde_path_to_error::Track::new();
    let mut reader = serde_json::Deserializer::from_slice(json);
    let result = {
        let tracked = serde_path_to_error::Deserializer::new(&mut reader, &mut track);
        let mut count =
            |path: serde_ignored::Path<'_>| *ignored.entry(without_indexes(&path)).or_default() += 1;
        CatalogDocument::deserialize(serde_ignored::Deserializer::new(tracked, &mut count))
    };
    let document = result.and_then(|document| reader.end().map(|()| document));
    let document = document.map_err(|error| explain(&track.path().to_string(), &error))?;
    match ignored.keys().find(|path| !path.contains('.')) {
        Some(section) => Err(unknown_section(section)),
        None => Ok(ParsedDocument { document, ignored }),
    }
}

fn unknown_section(section: &str) -> InvalidDocument {
    let problem = format!("unknown section; the sections are {}", SECTIONS.join(", "));
    InvalidDocument { path: section.to_owned(), problem }
}

fn without_indexes(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Map { parent: Path::Root, key } => key.replace('.', "_"),
        Path::Map { parent, key } => {
            let parent = without_indexes(parent);
            if parent.is_empty() { key.clone() } else { format!("{parent}.{key}") }
        }
        Path::Seq { parent, .. }
        | Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => without_indexes(parent),
    }
}

fn explain(path: &str, error: &serde_json::Error) -> InvalidDocument {
    let place = format!("line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&format!(" at {place}")).unwrap_or(&message);
    if !error.is_data() {
        return InvalidDocument { path: place, problem: format!("not JSON: {message}") };
    }
    // What stands where a secret belongs may be one, and errors end in terminals and logs.
    let is_secret = path.ends_with(".password") || path.ends_with(".shared_secret");
    let message = if is_secret { "expected a text".to_owned() } else { in_words(message) };
    let path = if path == "." { "the document".to_owned() } else { path.to_owned() };
    InvalidDocument { path, problem: format!("{message} ({place})") }
}

/// The reader names the types of this program; people write JSON.
fn in_words(message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else { return message.to_owned() };
    let expected = match expected {
        "i64" | "i32" => "a whole number",
        "u32" => "a whole number from 0 to 4294967295",
        "f64" => "a number",
        "a string" => "a text",
        "a sequence" => "a list",
        "a boolean" => "true or false",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    format!("{found}, expected {expected}")
}
