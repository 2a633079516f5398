//! Spans of requests at a collector.

#[cfg(not(feature = "otlp"))]
use crate::child::Child;

#[cfg(not(feature = "otlp"))]
#[test]
fn a_program_without_traces_says_so_when_a_collector_is_named() {
    let (code, _, log) =
        Child::run(&[], &[("GREENCHECK__TRACING__OTLP_ENDPOINT", "http://127.0.0.1:4318/v1/traces")]);
    assert_eq!(code, Some(1));
    assert!(log.contains("built without traces: build it with `--features otlp`"), "{log}");
}

#[cfg(feature = "otlp")]
mod collector;

#[cfg(feature = "otlp")]
mod exported {
    use super::collector::Collector;
    use crate::child::Child;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const PARENT: &str = "00f067aa0ba902b7";

    fn ask_with_parent(internal: &str, sample: &str) -> Collector {
        let collector = Collector::start();
        let endpoint = collector.endpoint();
        let mut echo = Child::start(&[
            ("GREENCHECK__TRACING__OTLP_ENDPOINT", &endpoint),
            ("GREENCHECK__TRACING__OTLP_SAMPLE", sample),
            ("GREENCHECK__ECHO__INTERNAL", internal),
        ]);
        let parent = format!("traceparent: 00-{TRACE}-{PARENT}-01");
        assert_eq!(echo.get_with("/echo/private-word", &parent).1, "private-word");
        // What is left is sent at the stop.
        echo.signal("TERM");
        assert_eq!(echo.exit_code(), Some(0), "{}", echo.log());
        assert!(echo.log().contains(r#""message":"ready""#), "lines are logged as without traces");
        collector
    }

    #[test]
    fn the_span_of_a_request_continues_the_trace_of_our_own_services() {
        let collector = ask_with_parent("true", "0");
        let spans = collector.spans();
        assert_eq!(spans.len(), 1, "{spans:?}");
        assert_eq!(spans[0].name, "GET /echo/{word}");
        assert_eq!((spans[0].trace.as_str(), spans[0].parent.as_str()), (TRACE, PARENT));
        assert_eq!(spans[0].attributes["http.status"], "200");
        assert_eq!(spans[0].attributes["http.route"], "/echo/{word}");
        assert_eq!(collector.service(), "echo");
        assert!(!collector.holds("private-word"), "what was asked is nobody's business");
    }

    #[test]
    fn strangers_do_not_choose_what_is_traced() {
        assert_eq!(ask_with_parent("false", "0").spans().len(), 0);
        let spans = ask_with_parent("false", "1").spans();
        assert_eq!(spans.len(), 1);
        assert_ne!(spans[0].trace, TRACE);
        assert_eq!(spans[0].parent, "");
    }

    #[test]
    fn a_collector_that_is_away_harms_nobody() {
        let mut echo = Child::start(&[
            ("GREENCHECK__TRACING__OTLP_ENDPOINT", "http://127.0.0.1:1/v1/traces"),
            ("GREENCHECK__TRACING__OTLP_SAMPLE", "1"),
        ]);
        assert_eq!(echo.get("/echo/still").1, "still");
        echo.signal("TERM");
        assert_eq!(echo.exit_code(), Some(0));
    }
}
