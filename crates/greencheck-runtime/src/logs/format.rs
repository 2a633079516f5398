use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::RequestId;

/// Adds the id of the request that a line is about: without it every request would need a span, at every level.
pub(crate) struct WithRequestId<F>(pub(crate) F);

impl<S, N, F> FormatEvent<S, N> for WithRequestId<F>
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
        let Some(id) = RequestId::current() else { return self.0.format_event(context, out, event) };
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        out.write_str(&with_id(&line, &id))
    }
}

/// Ids are plain words: they need no escape.
fn with_id(line: &str, id: &RequestId) -> String {
    let line = line.trim_end_matches('\n');
    match line.strip_suffix('}') {
        Some(object) if line.starts_with('{') => format!("{object},\"request.id\":\"{id}\"}}\n"),
        _ => format!("{line} request.id={id}\n"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use actix_web::http::header::{HeaderMap, HeaderValue};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("nobody panics while writing").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(json: bool) -> String {
        let lines = Lines::default();
        let writer = {
            let lines = lines.clone();
            move || lines.clone()
        };
        let builder = tracing_subscriber::fmt().with_writer(writer).without_time().with_ansi(false);
        let builder = builder.with_target(false);
        let say = || {
            tracing::info!(number = 7, "before");
            let mut headers = HeaderMap::new();
            headers.insert(RequestId::HEADER, HeaderValue::from_static("trace-7"));
            let _entered = RequestId::of(&headers).enter();
            tracing::warn!(number = 8, "within");
        };
        if json {
            let builder = builder.json().flatten_event(true).map_event_format(WithRequestId);
            tracing::subscriber::with_default(builder.finish(), say);
        } else {
            tracing::subscriber::with_default(builder.map_event_format(WithRequestId).finish(), say);
        }
        let text = lines.0.lock().expect("nobody panics while writing").clone();
        String::from_utf8(text).expect("text")
    }

    #[test]
    fn a_line_within_a_request_has_its_id_and_others_have_none() {
        let lines = "{\"level\":\"INFO\",\"message\":\"before\",\"number\":7}\n\
                     {\"level\":\"WARN\",\"message\":\"within\",\"number\":8,\"request.id\":\"trace-7\"}\n";
        assert_eq!(logged(true), lines);
        assert_eq!(logged(false), " INFO before number=7\n WARN within number=8 request.id=trace-7\n");
    }
}
