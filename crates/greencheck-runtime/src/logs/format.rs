use std::error::Error;
use std::fmt::{self, Write};
use std::iter::successors;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::RequestId;

/// Adds the id of the request that a line is about (without it every request would need a span, at every level), and to
/// lines of JSON the causes of an error: for people they are there already.
pub(crate) struct WithContext<F>(pub(crate) F);

impl<S, N, F> FormatEvent<S, N> for WithContext<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut causes = Causes::default();
        event.record(&mut causes);
        let id = RequestId::current();
        if causes.0.is_empty() && id.is_none() {
            return self.0.format_event(context, out, event);
        }
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        out.write_str(&with_context(&line, &causes.0, id.as_ref()))
    }
}

/// What an error says of where it comes from.
#[derive(Default)]
struct Causes(String);

impl Visit for Causes {
    fn record_error(&mut self, _: &Field, error: &(dyn Error + 'static)) {
        for cause in successors(error.source(), |&cause| cause.source()) {
            let between = if self.0.is_empty() { "" } else { ": " };
            write!(self.0, "{between}{cause}").expect("a String takes everything");
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// Ids are plain words: they need no escape.
fn with_context(line: &str, causes: &str, id: Option<&RequestId>) -> String {
    let line = line.trim_end_matches('\n');
    let Some(object) = line.strip_suffix('}').filter(|_| line.starts_with('{')) else {
        let id = id.map(|id| format!(" request.id={id}")).unwrap_or_default();
        return format!("{line}{id}\n");
    };
    let mut object = object.to_owned();
    if !causes.is_empty() {
        write!(object, ",\"causes\":{}", serde_json::Value::from(causes)).expect("a String takes everything");
    }
    if let Some(id) = id {
        write!(object, ",\"request.id\":\"{id}\"").expect("a String takes everything");
    }
    object + "}\n"
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use actix_web::test::TestRequest;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panics while writing").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(json: bool, say: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = {
            let lines = lines.clone();
            move || lines.clone()
        };
        let builder = tracing_subscriber::fmt().with_writer(writer).without_time().with_ansi(false);
        let builder = builder.with_target(false);
        if json {
            let builder = builder.json().flatten_event(true).map_event_format(WithContext);
            tracing::subscriber::with_default(builder.finish(), say);
        } else {
            tracing::subscriber::with_default(builder.map_event_format(WithContext).finish(), say);
        }
        let text = lines.0.lock().expect("nobody panics while writing").clone();
        String::from_utf8(text).expect("text")
    }

    fn around_a_request() {
        tracing::info!(number = 7, "before");
        let request = TestRequest::default().insert_header((RequestId::HEADER, "trace-7")).to_request();
        let _entered = RequestId::of(request.head()).enter();
        tracing::warn!(number = 8, "within");
    }

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Because(&'static str, #[source] Option<Box<Because>>);

    #[test]
    fn a_line_says_where_an_error_comes_from() {
        let deepest = Because("\"no\" such\nfile", None);
        let error = Because("no answer", Some(Because("no file", Some(deepest.into())).into()));
        let alone = Because("alone", None);
        let say = || {
            tracing::warn!(error = &error as &dyn Error, "failed");
            tracing::warn!(error = &alone as &dyn Error, "failed");
        };
        let lines = "{\"level\":\"WARN\",\"message\":\"failed\",\"error\":\"no answer\",\
                     \"causes\":\"no file: \\\"no\\\" such\\nfile\"}\n\
                     {\"level\":\"WARN\",\"message\":\"failed\",\"error\":\"alone\"}\n";
        assert_eq!(logged(true, say), lines);
        let human = logged(false, say);
        assert!(human.contains("no answer") && human.contains("no file"), "{human}");
        assert!(!human.contains("causes"), "{human}");
    }

    #[test]
    fn a_line_within_a_request_has_its_id_and_others_have_none() {
        let lines = "{\"level\":\"INFO\",\"message\":\"before\",\"number\":7}\n\
                     {\"level\":\"WARN\",\"message\":\"within\",\"number\":8,\"request.id\":\"trace-7\"}\n";
        assert_eq!(logged(true, around_a_request), lines);
        assert_eq!(
            logged(false, around_a_request),
            " INFO before number=7\n WARN within number=8 request.id=trace-7\n"
        );
    }
}
