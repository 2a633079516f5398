//! Today's processes on tomorrow's tables: migrations that only add run under load, and nobody notices.

use crate::load::Load;
use crate::process::{greencheck, wait};
use crate::stand::Distributed;

/// The tables that there are.
const TABLES: &str = "SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
    AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT LIKE '\\_\\_%' ORDER BY 1";

/// A column that may be null, one with a default, and an index: of one table, since a migration that locks several may meet a
/// writer that locks them in another order.
fn expand(table: &str) -> String {
    format!(
        "ALTER TABLE {table} ADD COLUMN of_tomorrow TEXT;
         ALTER TABLE {table} ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
         CREATE INDEX ON {table} (of_tomorrow)"
    )
}

/// A table of its own, and a migration that these processes have never heard of.
const ADD: &str = "CREATE TABLE things_of_tomorrow (id BIGINT PRIMARY KEY);
    INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231235959')";

#[test]
fn migrations_that_only_add_disturb_no_process_of_today() {
    let mut distributed = Distributed::start();
    let load = Load::start(distributed.addresses(), Load::new_names);
    load.wait_for(200);
    for table in distributed.database.sql(TABLES).lines() {
        distributed.database.sql(&expand(table));
    }
    distributed.database.sql(ADD);
    load.wait_for(500);
    // Those that start now have never seen the tables as they were.
    distributed.restart_log_writer();
    distributed.restart_lookup();
    load.wait_for(500);
    let outcome = load.finish();
    assert_eq!(outcome.refused, Vec::<String>::new());
    assert_eq!(outcome.unanswered, 0);
    distributed.wait_for_rows(outcome.answered.len() as u64);

    greencheck(&["migrate"], &distributed.settings);
    distributed.import(r#"{"providers":[{"id":9000001,"name":"Fernwind Hosting","archived":true}]}"#);
    wait("the change of the catalog", || {
        !distributed.is_green(0, "/greencheck/www.example.com?nocache=true")
    });
    let counted = "select count(*) from checks where of_tomorrow is null and counted = 0";
    assert!(
        distributed.database.sql(counted).parse::<usize>().is_ok_and(|rows| rows >= outcome.answered.len())
    );
}
