use diesel::{QueryResult, sql_query};
use diesel_async::RunQueryDsl;

use super::Conn;

/// Moves the counter of `table` past the ids that an import brought along, never back.
pub(super) async fn move_past_ids(conn: &mut Conn, table: &str) -> QueryResult<()> {
    // `table` is one of ours, never input.
    let counter = format!("pg_get_serial_sequence('{table}', 'id')");
    let highest = format!("SELECT max(id) AS highest FROM {table}");
    sql_query(format!(
        "SELECT setval({counter}, highest) FROM ({highest}) AS ids WHERE highest >= nextval({counter})"
    ))
    .execute(conn)
    .await?;
    Ok(())
}
