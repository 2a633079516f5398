//! Today's processes on tomorrow's tables: a migration that only adds runs under load, and nobody notices.

use crate::load::Load;
use crate::process::{greencheck, wait};
use crate::stand::Distributed;

/// A column that may be null, one with a default, and an index for every table, a table of its own, and a migration that
/// these processes have never heard of.
const EXPAND: &str = "DO $$
DECLARE old record;
BEGIN
    FOR old IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname NOT LIKE '\\_\\_%' ORDER BY 1
    LOOP
        EXECUTE format('ALTER TABLE %s ADD COLUMN of_tomorrow TEXT', old.name);
        EXECUTE format('ALTER TABLE %s ADD COLUMN counted INTEGER NOT NULL DEFAULT 0', old.name);
        EXECUTE format('CREATE INDEX ON %s (of_tomorrow)', old.name);
    END LOOP;
END $$;
CREATE TABLE things_of_tomorrow (id BIGINT PRIMARY KEY);
INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231235959')";

#[test]
fn a_migration_that_only_adds_disturbs_no_process_of_today() {
    let mut distributed = Distributed::start();
    let load = Load::start(distributed.addresses(), Load::new_names);
    load.wait_for(200);
    distributed.database.sql(EXPAND);
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
