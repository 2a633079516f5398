//! A real process and real signals; the process is `examples/echo.rs`.

mod child;
mod tls;
mod traces;

use child::Child;

#[test]
fn sigterm_answers_what_is_under_way_and_writes_it_down() {
    let mut echo = Child::start(&[]);
    assert_eq!(echo.get("/echo/hello").1, "hello");
    assert_eq!(echo.admin("/readyz"), (200, r#"{"status":"ready","components":{}}"#.to_owned()));
    let draining = echo.begin("/drain");
    echo.wait_for_line("draining");
    echo.signal("TERM");
    assert_eq!(draining.end(), (200, "drained".to_owned()));
    assert_eq!(echo.exit_code(), Some(0));
    assert_eq!(echo.lines(), ["hello", "draining", "drained"]);
}

/// An idle connection must not hold the stop up until the server's timeout, which is longer than this test waits.
#[test]
fn an_idle_connection_does_not_hold_the_stop_up() {
    let mut echo = Child::start(&[("GREENCHECK__HTTP__SHUTDOWN_TIMEOUT", "1h")]);
    let (_open, answer) = echo.get_and_keep("/echo/idle");
    assert_eq!(answer, (200, "idle".to_owned()));
    echo.signal("INT");
    assert_eq!(echo.exit_code(), Some(0));
}

#[test]
fn connections_are_counted_while_they_last() {
    let mut echo =
        Child::start(&[("GREENCHECK__HTTP__WORKERS", "2"), ("GREENCHECK__HTTP__MAX_CONNECTIONS", "30")]);
    let (open, _) = echo.get_and_keep("/echo/idle");
    let shows = |echo: &mut Child, line: &str| echo.admin("/metrics").1.lines().any(|shown| shown == line);
    assert!(shows(&mut echo, "http_connections 1"));
    assert!(shows(&mut echo, "http_connections_max 60") && shows(&mut echo, "http_workers 2"));
    drop(open);
    echo.wait_until(|echo| echo.admin("/metrics").1.contains("http_connections 0"));
}

#[test]
fn a_process_that_stops_is_alive_and_not_ready_until_a_second_signal_ends_it() {
    let mut echo = Child::start(&[("GREENCHECK__HTTP__SHUTDOWN_TIMEOUT", "1h")]);
    let _hanging = echo.begin("/hang");
    echo.wait_until(|echo| echo.admin("/metrics").1.contains("http_requests_in_flight 1"));
    echo.signal("TERM");
    echo.wait_until(|echo| {
        echo.admin("/readyz") == (503, r#"{"status":"stopping","components":{}}"#.to_owned())
    });
    assert_eq!(echo.admin("/livez"), (200, "ok".to_owned()));
    echo.signal("TERM");
    assert_eq!(echo.exit_code(), Some(1));
}

#[test]
fn the_end_of_the_grace_time_is_a_failure() {
    let variables = [("GREENCHECK__HTTP__SHUTDOWN_TIMEOUT", "1h"), ("GREENCHECK__PROCESS__GRACE", "50ms")];
    let mut echo = Child::start(&variables);
    let _hanging = echo.begin("/hang");
    echo.wait_until(|echo| echo.admin("/metrics").1.contains("http_requests_in_flight 1"));
    echo.signal("TERM");
    assert_eq!(echo.exit_code(), Some(1));
}

#[test]
fn a_failure_while_draining_is_told_by_the_exit_code() {
    let mut echo = Child::start(&[("GREENCHECK__ECHO__FAIL_AT_END", "true")]);
    echo.signal("TERM");
    assert_eq!(echo.exit_code(), Some(1));
    assert!(echo.log().contains("the last batch is lost"));
}

#[test]
fn a_worker_survives_a_panic() {
    let mut echo = Child::start(&[("GREENCHECK__HTTP__WORKERS", "1")]);
    for _ in 0..3 {
        assert_eq!(echo.get("/panic"), (500, String::new()));
        assert_eq!(echo.get("/echo/still"), (200, "still".to_owned()));
    }
    echo.signal("TERM");
    assert_eq!(echo.exit_code(), Some(0));
    let log = echo.log();
    let told = |line: &&str| line.starts_with('{') && line.contains(r#""panic.message":"a bug""#);
    assert_eq!(log.lines().filter(told).count(), 3, "{log}");
}

/// The middleware has done its part by then; actix loses the connection, not the worker.
#[test]
fn a_worker_survives_a_panic_behind_the_handler() {
    let mut echo = Child::start(&[("GREENCHECK__HTTP__WORKERS", "1")]);
    let _cut_off = echo.begin("/panic/body");
    echo.wait_until(|echo| echo.log().contains("a bug in a body"));
    assert_eq!(echo.get("/echo/still"), (200, "still".to_owned()));
    echo.signal("TERM");
    assert_eq!(echo.exit_code(), Some(0));
}

#[test]
fn the_settings_in_effect_are_printed() {
    let variables = [("GREENCHECK__HTTP__WORKERS", "3"), ("GREENCHECK__STORE__URL", "of another process")];
    let (code, text, _) = Child::run(&["--print-config"], &variables);
    assert_eq!(code, Some(0));
    assert!(text.contains("workers = 3\n") && text.contains("[admin]\n"), "{text}");
    assert!(!text.contains("[store]"), "{text}");
}

#[test]
fn a_mistake_in_the_settings_ends_the_process_at_once() {
    let (code, _, log) = Child::run(&[], &[("GREENCHECK__HTTP__LISTN", "x")]);
    assert_eq!(code, Some(1));
    assert!(
        log.contains("GREENCHECK__HTTP__LISTN: http.listn: unknown key; did you mean `listen`?"),
        "{log}"
    );
    let (code, text, _) = Child::run(&["--version"], &[]);
    assert_eq!((code, text), (Some(0), format!("echo {}\n", env!("CARGO_PKG_VERSION"))));
}
