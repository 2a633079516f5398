//! Statements that both databases understand: `$1` is a parameter to each, numbered by its first appearance.

use chrono::NaiveDate;
use diesel::dsl;
use diesel::prelude::*;

use crate::schema::{jobs, notices, providers, supporting_documents};

pub(crate) const HOLD_LEASE: &str = "INSERT INTO leases (name, holder, held_until) VALUES ($1, $2, $3) \
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until \
    WHERE leases.holder = excluded.holder OR leases.held_until <= $4";

pub(crate) const BEGIN_JOB: &str = "INSERT INTO jobs (name, holder, started_at, busy_until, failed) \
    VALUES ($1, $2, $3, $4, FALSE) \
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, busy_until = excluded.busy_until, \
    started_at = CASE WHEN jobs.holder = excluded.holder THEN jobs.started_at ELSE excluded.started_at END \
    WHERE jobs.busy_until IS NULL OR jobs.busy_until <= excluded.started_at OR jobs.holder = excluded.holder";

pub(crate) const END_JOB: &str = "UPDATE jobs SET finished_at = $1, seconds = $2, message = $3, failed = $4, \
    succeeded_at = COALESCE($5, succeeded_at), busy_until = NULL, holder = NULL WHERE name = $6 AND holder = $7";

pub(crate) const FILE_NOTICE: &str = "INSERT INTO notices (id, kind, recipient, subject, body, created, due, attempts) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT (id) DO NOTHING";

macro_rules! hold_lease {
    ($name:expr, $holder:expr, $until:expr, $now:expr) => {
        diesel::sql_query($crate::queries::HOLD_LEASE)
            .bind::<diesel::sql_types::Text, _>($name)
            .bind::<diesel::sql_types::Text, _>($holder)
            .bind::<diesel::sql_types::Timestamp, _>($until)
            .bind::<diesel::sql_types::Timestamp, _>($now)
    };
}

macro_rules! begin_job {
    ($name:expr, $holder:expr, $now:expr, $until:expr) => {
        diesel::sql_query($crate::queries::BEGIN_JOB)
            .bind::<diesel::sql_types::Text, _>($name)
            .bind::<diesel::sql_types::Text, _>($holder)
            .bind::<diesel::sql_types::Timestamp, _>($now)
            .bind::<diesel::sql_types::Timestamp, _>($until)
    };
}

macro_rules! end_job {
    ($name:expr, $holder:expr, $end:expr) => {
        diesel::sql_query($crate::queries::END_JOB)
            .bind::<diesel::sql_types::Timestamp, _>($end.finished)
            .bind::<diesel::sql_types::Double, _>($end.seconds)
            .bind::<diesel::sql_types::Text, _>($end.message)
            .bind::<diesel::sql_types::Bool, _>($end.failed)
            .bind::<diesel::sql_types::Nullable<diesel::sql_types::Timestamp>, _>($end.succeeded)
            .bind::<diesel::sql_types::Text, _>($name)
            .bind::<diesel::sql_types::Text, _>($holder)
    };
}

macro_rules! file_notice {
    ($notice:expr, $now:expr) => {
        diesel::sql_query($crate::queries::FILE_NOTICE)
            .bind::<diesel::sql_types::Text, _>($notice.id)
            .bind::<diesel::sql_types::Text, _>($notice.kind.as_str())
            .bind::<diesel::sql_types::Text, _>($notice.recipient)
            .bind::<diesel::sql_types::Text, _>($notice.subject)
            .bind::<diesel::sql_types::Text, _>($notice.body)
            .bind::<diesel::sql_types::Timestamp, _>($now)
            .bind::<diesel::sql_types::Timestamp, _>($now)
    };
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn all_jobs() -> _ {
    jobs::table.order(jobs::name)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn due_notices(now: chrono::NaiveDateTime, limit: i64) -> _ {
    notices::table.filter(notices::due.le(now)).order((notices::due, notices::id)).limit(limit)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn expiring_evidence(first: NaiveDate, last: NaiveDate) -> _ {
    supporting_documents::table
        .inner_join(providers::table.on(providers::id.eq(supporting_documents::provider_id)))
        .filter(supporting_documents::archived.eq(false))
        .filter(providers::archived.eq(false))
        .filter(supporting_documents::valid_to.between(first, last))
        .order((supporting_documents::valid_to, supporting_documents::id))
        .select((
            supporting_documents::id,
            supporting_documents::title,
            providers::id,
            providers::name,
            supporting_documents::valid_to.assume_not_null(),
        ))
}

pub(crate) use begin_job;
pub(crate) use end_job;
pub(crate) use file_notice;
pub(crate) use hold_lease;
