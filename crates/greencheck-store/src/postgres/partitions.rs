//! The log's partitions: one a day, named `checks_pYYYYMMDD`, and `checks_default` for what has none.

use chrono::{Days, NaiveDate};
use diesel::sql_types::{Bool, Text};
use diesel::{QueryResult, QueryableByName, sql_query};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::{Conn, take_your_time};

#[derive(QueryableByName)]
struct Partition {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Existence {
    #[diesel(sql_type = Bool)]
    exists: bool,
}

/// Makes the partition of `day` if there is none. Rows that came before it move over from the default partition.
pub(super) async fn create(conn: &mut Conn, day: NaiveDate) -> QueryResult<()> {
    alone(conn).await?;
    let name = name_of(day);
    let existence: Existence =
        sql_query(format!("SELECT to_regclass('{name}') IS NOT NULL AS exists")).get_result(conn).await?;
    let Some(next) = day.checked_add_days(Days::new(1)).filter(|_| !existence.exists) else {
        return Ok(());
    };
    // Attached rather than created in place: that would lock the whole log. From the move to the end of the transaction
    // nobody else may put a row of this day into the default partition.
    conn.batch_execute(&format!(
        "CREATE TABLE {name} (LIKE checks INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
         LOCK TABLE checks_default IN ACCESS EXCLUSIVE MODE;
         WITH late AS (
             DELETE FROM checks_default WHERE checked_at >= '{day}' AND checked_at < '{next}' RETURNING *
         ) INSERT INTO {name} SELECT * FROM late;
         ALTER TABLE checks ATTACH PARTITION {name} FOR VALUES FROM ('{day}') TO ('{next}');
         DO $$
         DECLARE
             of_the_log regrole := (SELECT relowner FROM pg_class WHERE oid = 'checks'::regclass);
         BEGIN
             -- Whoever owns the log has to be able to drop it, whoever made it.
             IF of_the_log <> (SELECT relowner FROM pg_class WHERE oid = '{name}'::regclass) THEN
                 EXECUTE format('ALTER TABLE %I OWNER TO %s', '{name}', of_the_log);
             END IF;
         END
         $$;"
    ))
    .await
}

/// The days before `day` that have a partition, oldest first.
pub(super) async fn days_before(conn: &mut Conn, day: NaiveDate) -> QueryResult<Vec<NaiveDate>> {
    let partitions: Vec<Partition> = sql_query(
        "SELECT child.relname::text AS name FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid \
         WHERE inhparent = 'checks'::regclass ORDER BY 1",
    )
    .load(conn)
    .await?;
    Ok(partitions.iter().filter_map(|partition| day_of(&partition.name)).filter(|of| *of < day).collect())
}

/// Drops the partition of `day`. Waits at most five seconds for readers of the log, because everybody else waits behind.
pub(super) async fn drop_day(conn: &mut Conn, day: NaiveDate) -> QueryResult<()> {
    alone(conn).await?;
    conn.batch_execute(&format!("SET LOCAL lock_timeout = '5s'; DROP TABLE IF EXISTS {}", name_of(day))).await
}

/// One process at a time changes partitions, until the end of the transaction.
async fn alone(conn: &mut Conn) -> QueryResult<()> {
    take_your_time(conn).await?;
    conn.batch_execute(
        "SELECT pg_advisory_xact_lock(hashtext('greencheck partitions'), hashtext(current_schema()))",
    )
    .await
}

fn name_of(day: NaiveDate) -> String {
    day.format("checks_p%Y%m%d").to_string()
}

fn day_of(name: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(name, "checks_p%Y%m%d").ok()
}
