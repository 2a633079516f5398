//! Logging is global to a process, so this test has one of its own.

use greencheck_runtime::{LogFormat, TracingConfig, init_tracing};

#[test]
fn logging_starts_once_and_only_with_a_filter_that_can_be_read() {
    let unreadable = TracingConfig { filter: "greencheck=loud".to_owned(), ..TracingConfig::default() };
    let error = init_tracing(&unreadable).expect_err("there is no such level").to_string();
    assert_eq!(error, r#"tracing.filter "greencheck=loud" cannot be read"#);
    let config = TracingConfig {
        format: LogFormat::Json,
        filter: "warn,greencheck=debug".to_owned(),
        ..TracingConfig::default()
    };
    init_tracing(&config).expect("the first start");
    let error = init_tracing(&config).expect_err("the second start").to_string();
    assert!(error.starts_with("logging has started already: "), "{error}");
}
