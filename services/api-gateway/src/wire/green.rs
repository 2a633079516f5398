use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::ptr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use greencheck_core::{HostedBy, ProviderId};
use serde::Serialize;

use super::{write_json, write_time};

/// Those of the nine keys of a green check that tell of the provider, in the platform's order. `url` stands before them,
/// `modified` and `supporting_documents` behind.
#[derive(Serialize)]
struct Hosting<'a> {
    hosted_by: &'a str,
    hosted_by_website: &'a str,
    listed_provider: bool,
    partner: &'a str,
    green: bool,
    hosted_by_id: ProviderId,
}

thread_local! {
    static RECENT: RefCell<Recent> = RefCell::default();
}

/// What was written of providers, each in its slot: there are few, and of each there is one in memory, which many names share.
struct Recent([Option<Parts>; 256]);

/// The parts of a check that are the same for all names of a provider.
struct Parts {
    /// Kept, so that no other takes its place in memory.
    provider: Arc<HostedBy>,
    hosting: Box<[u8]>,
    end: Box<[u8]>,
}

impl Default for Recent {
    fn default() -> Self {
        Self([const { None }; 256])
    }
}

impl Recent {
    fn parts(&mut self, provider: &Arc<HostedBy>) -> &Parts {
        // Multiplied by the golden ratio of 64 bits, the highest ones depend on all others (Knuth, TAOCP 6.4).
        let spread = (Arc::as_ptr(provider).addr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = &mut self.0[usize::from(spread.to_be_bytes()[0])];
        slot.take_if(|parts| !Arc::ptr_eq(&parts.provider, provider));
        slot.get_or_insert_with(|| Parts::of(provider))
    }
}

impl Parts {
    fn of(provider: &Arc<HostedBy>) -> Self {
        let (mut hosting, mut end) = (Vec::new(), Vec::new());
        write_hosting(&mut hosting, provider);
        write_end(&mut end, provider);
        Self { provider: Arc::clone(provider), hosting: hosting.into(), end: end.into() }
    }
}

/// Appends a green check; `shown` is the name as the caller wrote it, in normal form.
pub(super) fn write_green(
    bytes: &mut Vec<u8>,
    shown: &str,
    modified: DateTime<Utc>,
    provider: &Arc<HostedBy>,
) {
    RECENT.with_borrow_mut(|recent| {
        let parts = recent.parts(provider);
        write_row(
            bytes,
            shown,
            modified,
            |bytes| bytes.extend_from_slice(&parts.hosting),
            |bytes| bytes.extend_from_slice(&parts.end),
        );
    });
}

fn write_row(
    bytes: &mut Vec<u8>,
    shown: &str,
    modified: DateTime<Utc>,
    hosting: impl FnOnce(&mut Vec<u8>),
    end: impl FnOnce(&mut Vec<u8>),
) {
    bytes.extend_from_slice(b"{\"url\":");
    write_json(bytes, shown);
    hosting(bytes);
    write_time(bytes, modified);
    end(bytes);
}

/// From the comma behind `url` to the value of `modified`.
fn write_hosting(bytes: &mut Vec<u8>, provider: &HostedBy) {
    let start = bytes.len();
    let hosting = Hosting {
        hosted_by: &provider.name,
        hosted_by_website: &provider.website,
        listed_provider: provider.listed,
        partner: &provider.partner,
        green: true,
        hosted_by_id: provider.id,
    };
    write_json(bytes, &hosting);
    // They stand within the object that has begun.
    bytes[start] = b',';
    bytes.pop();
    bytes.extend_from_slice(b",\"modified\":");
}

/// All that stands behind `modified`. Documents are absent when the provider is no longer in the catalog.
fn write_end(bytes: &mut Vec<u8>, provider: &HostedBy) {
    if let Some(documents) = &provider.documents {
        bytes.extend_from_slice(b",\"supporting_documents\":");
        write_json(bytes, documents);
    }
    bytes.push(b'}');
}

/// Green checks in one body. What all names of a provider share is written once and copied from then on.
#[derive(Default)]
pub(super) struct GreenRows<'a> {
    written: HashMap<Place<'a>, Written, ahash::RandomState>,
}

/// A provider by its place in memory: caches keep each once.
struct Place<'a>(&'a HostedBy);

/// Where something stands in the body.
#[derive(Default, Clone)]
struct Written {
    hosting: Range<usize>,
    end: Range<usize>,
}

impl<'a> GreenRows<'a> {
    /// The same as [`write_green`], to a body that has only grown since the last time.
    pub(super) fn write(
        &mut self,
        bytes: &mut Vec<u8>,
        shown: &str,
        modified: DateTime<Utc>,
        provider: &'a HostedBy,
    ) {
        if let Some(Written { hosting, end }) = self.written.get(&Place(provider)).cloned() {
            let copy = |part| move |bytes: &mut Vec<u8>| bytes.extend_from_within(part);
            return write_row(bytes, shown, modified, copy(hosting), copy(end));
        }
        let mut written = Written::default();
        write_row(
            bytes,
            shown,
            modified,
            |bytes| written.hosting = range_of(bytes, |bytes| write_hosting(bytes, provider)),
            |bytes| written.end = range_of(bytes, |bytes| write_end(bytes, provider)),
        );
        self.written.insert(Place(provider), written);
    }
}

impl Hash for Place<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        ptr::from_ref(self.0).hash(state);
    }
}

impl PartialEq for Place<'_> {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.0, other.0)
    }
}

impl Eq for Place<'_> {}

/// Where `write` has written.
fn range_of(bytes: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> Range<usize> {
    let start = bytes.len();
    write(bytes);
    start..bytes.len()
}

#[cfg(test)]
mod tests {
    use greencheck_core::Document;

    use super::*;

    fn provider(id: i64, documents: Option<Vec<Document>>) -> HostedBy {
        HostedBy {
            id: ProviderId(id),
            name: format!("\"Host\" {id}"),
            website: format!("https://host-{id}.example"),
            partner: String::new(),
            listed: id == 1,
            documents,
        }
    }

    #[test]
    fn many_rows_are_those_that_single_checks_have() {
        let document = Document { id: 3, title: "Proof".to_owned(), link: "https://a.example/p".to_owned() };
        let one = Arc::new(provider(1, Some(vec![document])));
        // Equal to the first, but for its place.
        let again = Arc::new(HostedBy::clone(&one));
        let gone = Arc::new(provider(2, None));
        let (mut rows, mut together, mut single) = (GreenRows::default(), b"[".to_vec(), b"[".to_vec());
        for (number, provider) in (0..).zip([&one, &gone, &one, &again, &gone, &one]) {
            let shown = format!("name-{number}.example");
            let modified = DateTime::from_timestamp_micros(1_700_000_000_000_000 + number).unwrap();
            rows.write(&mut together, &shown, modified, provider);
            write_green(&mut single, &shown, modified, provider);
        }
        assert_eq!(String::from_utf8(together).unwrap(), String::from_utf8(single).unwrap());
        assert_eq!(rows.written.len(), 3);
    }
}
