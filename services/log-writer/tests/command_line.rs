//! The process, as an operator meets it first.

use std::process::Command;

#[test]
fn the_settings_in_effect_are_printed_without_secrets() {
    let output = Command::new(env!("CARGO_BIN_EXE_log-writer"))
        .arg("--print-config")
        .env("GREENCHECK__QUEUE__URL", "amqp://user:hidden@broker/%2f")
        .env("GREENCHECK__LOG__RETENTION_DAYS", "7")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(text.contains("retention_days = 7") && text.contains("amqp://user:***@broker/%2f"), "{text}");
    assert!(!text.contains("hidden"));
}
