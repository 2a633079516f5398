//! The CSV of a batch: as many columns as the documents of its rows need, by name.

use std::collections::BTreeSet;
use std::io;

use chrono::{DateTime, Utc};
use csv::{Terminator, Writer, WriterBuilder};
use greencheck_core::{Answer, Document};

use super::naive_time;
use crate::bulk::Known;

/// The columns of a name that is not green.
const COLUMNS: [&str; 8] = [
    "green",
    "hosted_by",
    "hosted_by_id",
    "hosted_by_website",
    "listed_provider",
    "modified",
    "partner",
    "url",
];

/// Writes the table of a batch; nothing at all when it has no row. `now` is the time of names of which nothing is known.
pub(crate) fn batch(known: &Known, now: DateTime<Utc>) -> Vec<u8> {
    let documents = known.green().map(|(_, answer)| documents(answer).len()).max();
    if documents.is_none() && known.others().next().is_none() {
        return Vec::new();
    }
    let columns = columns(documents.unwrap_or(0));
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    write(&mut writer, &columns, known, now).expect("a Vec takes every write and rows are equally long");
    writer.into_inner().expect("a Vec takes every write")
}

/// An error, as this route's reader expects it.
pub(crate) fn detail(detail: &str) -> Vec<u8> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for record in ["detail", detail] {
        writer.write_record([record]).expect("a Vec takes every write");
    }
    writer.into_inner().expect("a Vec takes every write")
}

fn write(
    writer: &mut Writer<Vec<u8>>,
    columns: &BTreeSet<String>,
    known: &Known,
    now: DateTime<Utc>,
) -> Result<(), csv::Error> {
    writer.write_record(columns)?;
    for (typed, answer) in known.green() {
        let url = typed.shown().unwrap_or_default();
        writer.write_record(columns.iter().map(|column| green_field(column, &url, answer)))?;
    }
    for entry in known.others() {
        let url = entry.typed.shown().unwrap_or_default();
        let modified = entry.answer.as_ref().map_or(now, |answer| answer.modified);
        writer.write_record(columns.iter().map(|column| match column.as_str() {
            "green" | "listed_provider" => "False".to_owned(),
            "modified" => naive_time(modified),
            "url" => url.clone().into_owned(),
            _ => String::new(),
        }))?;
    }
    writer.flush().map_err(|error: io::Error| error.into())
}

/// In the order of their names, so `…10…` stands before `…2…`.
fn columns(documents: usize) -> BTreeSet<String> {
    let of_documents = (0..documents)
        .flat_map(|n| ["id", "link", "title"].map(|field| format!("supporting_documents.{n}.{field}")));
    COLUMNS.map(str::to_owned).into_iter().chain(of_documents).collect()
}

fn green_field(column: &str, url: &str, answer: &Answer) -> String {
    let Some(provider) = &answer.hosted_by else { return String::new() };
    let boolean = |value: bool| if value { "True" } else { "False" }.to_owned();
    match column {
        "green" => boolean(true),
        "hosted_by" => provider.name.clone(),
        "hosted_by_id" => provider.id.to_string(),
        "hosted_by_website" => provider.website.clone(),
        "listed_provider" => boolean(provider.listed),
        "modified" => naive_time(answer.modified),
        "partner" => provider.partner.clone(),
        "url" => url.to_owned(),
        _ => document_field(column, documents(answer)).unwrap_or_default(),
    }
}

fn document_field(column: &str, documents: &[Document]) -> Option<String> {
    let (number, field) = column.strip_prefix("supporting_documents.")?.split_once('.')?;
    let document = documents.get(number.parse::<usize>().ok()?)?;
    Some(match field {
        "id" => document.id.to_string(),
        "link" => document.link.clone(),
        _ => document.title.clone(),
    })
}

fn documents(answer: &Answer) -> &[Document] {
    answer.hosted_by.as_ref().and_then(|provider| provider.documents.as_deref()).unwrap_or_default()
}
