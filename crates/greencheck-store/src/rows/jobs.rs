use chrono::{NaiveDate, NaiveDateTime};
use diesel::Queryable;
use greencheck_core::ProviderId;
use greencheck_core::ports::{
    DueNotice, ExpiringEvidence, JobEnd, JobRecord, Notice, NoticeFate, NoticeKind, StoreError,
};

use super::{naive, utc};

/// A row of `jobs`, in the order of its columns.
#[derive(Queryable)]
pub(crate) struct JobRow {
    name: String,
    _holder: Option<String>,
    busy_until: Option<NaiveDateTime>,
    started_at: Option<NaiveDateTime>,
    finished_at: Option<NaiveDateTime>,
    succeeded_at: Option<NaiveDateTime>,
    seconds: Option<f64>,
    message: Option<String>,
    failed: bool,
}

impl From<JobRow> for JobRecord {
    fn from(row: JobRow) -> Self {
        let message = row.message.unwrap_or_default();
        let outcome = if row.failed { Err(message) } else { Ok(message) };
        let last = row.finished_at.map(|at| JobEnd {
            at: utc(at),
            seconds: row.seconds.unwrap_or_default(),
            outcome,
        });
        Self {
            name: row.name,
            running_since: row.started_at.filter(|_| row.busy_until.is_some()).map(utc),
            busy_until: row.busy_until.map(utc),
            last,
            succeeded_at: row.succeeded_at.map(utc),
        }
    }
}

/// The values of [`END_JOB`](crate::queries::END_JOB).
pub(crate) struct EndRow {
    pub(crate) finished: NaiveDateTime,
    pub(crate) seconds: f64,
    pub(crate) message: String,
    pub(crate) failed: bool,
    pub(crate) succeeded: Option<NaiveDateTime>,
}

impl EndRow {
    pub(crate) fn new(end: &JobEnd) -> Self {
        let (Ok(message) | Err(message)) = &end.outcome;
        Self {
            finished: naive(end.at),
            seconds: end.seconds,
            message: message.clone(),
            failed: end.outcome.is_err(),
            succeeded: end.outcome.is_ok().then(|| naive(end.at)),
        }
    }
}

/// A row of `notices`, in the order of its columns.
#[derive(Queryable)]
pub(crate) struct NoticeRow {
    pub(crate) id: String,
    kind: String,
    recipient: String,
    subject: String,
    body: String,
    created: NaiveDateTime,
    pub(crate) due: Option<NaiveDateTime>,
    attempts: i32,
    _sent: Option<NaiveDateTime>,
    _error: Option<String>,
}

impl NoticeRow {
    pub(crate) fn into_due(self) -> Result<DueNotice, StoreError> {
        let kind = NoticeKind::from_name(&self.kind)
            .ok_or_else(|| StoreError::Corrupt(format!("notices: kind `{}`", self.kind)))?;
        let Self { id, recipient, subject, body, .. } = self;
        Ok(DueNotice {
            notice: Notice { id, kind, recipient, subject, body },
            created: utc(self.created),
            attempts: self.attempts.try_into().unwrap_or_default(),
        })
    }
}

/// What a [`NoticeFate`] makes of `due`, `sent` and `error`.
pub(crate) fn fate(fate: &NoticeFate) -> (Option<NaiveDateTime>, Option<NaiveDateTime>, Option<String>) {
    match fate {
        NoticeFate::Sent(at) => (None, Some(naive(*at)), None),
        NoticeFate::Retry { at, error } => (Some(naive(*at)), None, Some(error.clone())),
        NoticeFate::GivenUp { error } => (None, None, Some(error.clone())),
    }
}

pub(crate) type EvidenceRow = (i64, String, i64, String, NaiveDate);

pub(crate) fn evidence((id, title, provider, provider_name, last_day): EvidenceRow) -> ExpiringEvidence {
    ExpiringEvidence { id, title, provider: ProviderId(provider), provider_name, last_day }
}
