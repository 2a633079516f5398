//! The tables after all migrations are those of `schema.rs`, and every migration can be taken back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use diesel::backend::Backend;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, sql_query};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use super::databases::{Blocking, File, Schema, connect_sqlite};

const SCHEMA: &str = include_str!("../../src/schema.rs");

/// The columns of a table and whether they may be null, in order.
type Columns = Vec<(String, bool)>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

fn folder(backend: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(backend)
}

fn names(backend: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder(backend)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What `schema.rs` says.
fn expected() -> BTreeMap<String, Columns> {
    let mut tables = BTreeMap::new();
    let mut table = String::new();
    for line in SCHEMA.lines().map(str::trim) {
        if let Some((name, _)) = line.strip_suffix('{').and_then(|line| line.split_once(" (")) {
            name.clone_into(&mut table);
        } else if line.starts_with("diesel::") {
            // What joins with what is no column.
        } else if let Some((name, kind)) = line.split_once(" -> ") {
            let columns: &mut Columns = tables.entry(table.clone()).or_default();
            columns.push((name.to_owned(), kind.starts_with("Nullable")));
        }
    }
    assert!(tables.len() > 20, "the reading of schema.rs does not work any more");
    tables
}

fn by_table(columns: Vec<Column>) -> BTreeMap<String, Columns> {
    let mut tables: BTreeMap<String, Columns> = BTreeMap::new();
    for column in columns {
        tables.entry(column.table).or_default().push((column.name, column.nullable));
    }
    tables
}

fn up_down_up<DB: Backend>(conn: &mut impl MigrationHarness<DB>, backend: &str) {
    let migrations = || FileBasedMigrations::from_path(folder(backend)).unwrap();
    let count = names(backend).len();
    assert_eq!(conn.run_pending_migrations(migrations()).unwrap().len(), count);
    assert_eq!(conn.revert_all_migrations(migrations()).unwrap().len(), count);
    assert_eq!(conn.run_pending_migrations(migrations()).unwrap().len(), count);
}

#[test]
fn both_databases_have_the_same_migrations() {
    assert_eq!(names("postgres"), names("sqlite"));
    assert!(!names("sqlite").is_empty());
}

#[test]
fn sqlite_has_the_columns_of_the_schema_after_up_down_and_up() {
    let file = File::new();
    std::fs::create_dir_all(PathBuf::from(file.path()).parent().unwrap()).unwrap();
    let mut conn = connect_sqlite(&file.path());
    up_down_up(&mut conn, "sqlite");
    let columns = sql_query(
        "SELECT t.name AS \"table\", c.name AS name, c.\"notnull\" = 0 AND c.pk = 0 AS nullable \
         FROM sqlite_master AS t, pragma_table_info(t.name) AS c \
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%' \
         ORDER BY t.name, c.cid",
    );
    assert_eq!(by_table(columns.load(&mut conn).unwrap()), expected());
}

#[test]
fn postgres_has_the_columns_of_the_schema_after_up_down_and_up() {
    let schema = Schema::new();
    let mut conn = Blocking::establish(&schema.url()).unwrap();
    up_down_up(&mut conn, "postgres");
    let columns = sql_query(
        "SELECT table_name::text AS \"table\", column_name::text AS name, is_nullable = 'YES' AS nullable \
         FROM information_schema.columns WHERE table_schema = current_schema() \
         AND table_name NOT LIKE '\\_\\_%' AND table_name <> 'checks_default' ORDER BY table_name, ordinal_position",
    );
    assert_eq!(by_table(columns.load(&mut conn).unwrap()), expected());
}
