//! Messages to operators: kept in the store until they are sent, each event to each recipient once.

mod config;
mod evidence;
mod post;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
pub(crate) use config::NoticesConfig;
use greencheck_core::ports::{DueNotice, Notice, NoticeBox, NoticeFate, NoticeKind};
use greencheck_core::{Clock, SystemClock};
use greencheck_store::Store;
use post::Post;
use tokio_util::sync::CancellationToken;

use crate::export::snapshot::Shrunk;
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

const LOOKS: Duration = Duration::from_secs(10);
/// Taken at once; whoever took them and died gives them back after this time.
const AT_ONCE: u32 = 20;
const IN_HAND: TimeDelta = TimeDelta::minutes(10);
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// What was said this long ago may be said again.
const REMEMBERED: TimeDelta = TimeDelta::days(400);

/// Files messages and sends them. Clones share everything.
#[derive(Clone)]
pub(crate) struct Notifier {
    config: Arc<NoticesConfig>,
    notices: Arc<dyn NoticeBox>,
    records: Arc<dyn Store>,
    post: Arc<Post>,
}

impl Notifier {
    /// A recipient or a server that is none is an error.
    pub(crate) fn open(settings: &Settings, store: Arc<dyn Store>) -> Result<Self, Failure> {
        let post = Post::open(settings)?;
        let config = Arc::new(settings.notices.clone());
        Ok(Self { config, notices: store.clone(), records: store, post: Arc::new(post) })
    }

    /// Sends what is due until `stop`. Any number of processes may do so.
    pub(crate) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut looks = tokio::time::interval(LOOKS);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                _ = looks.tick() => {}
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.deliver_due() => {}
            }
        }
    }

    /// Sends what is due now.
    pub(crate) async fn deliver_due(&self) {
        let now = SystemClock.now();
        let due = match self.notices.take_due_notices(now, now + IN_HAND, AT_ONCE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot see which notices are due");
                return;
            }
        };
        for due in due {
            let fate = self.deliver(&due).await;
            if let Err(error) = self.notices.settle_notice(&due.notice.id, &fate).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "a notice may be sent twice");
            }
        }
    }

    async fn deliver(&self, due: &DueNotice) -> NoticeFate {
        let DueNotice { notice, created, attempts } = due;
        let Err(error) = self.post.send(notice).await else {
            tracing::info!(kind = %notice.kind, "a notice is sent");
            return NoticeFate::Sent(SystemClock.now());
        };
        let now = SystemClock.now();
        let pause = (FIRST_PAUSE * 2_i32.pow((*attempts).min(10))).min(LONGEST_PAUSE);
        let patience = TimeDelta::from_std(self.config.retry_for).unwrap_or(TimeDelta::days(365));
        if now + pause > *created + patience {
            tracing::error!(kind = %notice.kind, subject = notice.subject, error, "a notice is given up");
            return NoticeFate::GivenUp { error };
        }
        tracing::warn!(kind = %notice.kind, attempts, error, "a notice is not sent; trying again");
        NoticeFate::Retry { at: now + pause, error }
    }

    /// Keeps a message for every recipient of its kind, unless it was kept before. `event` tells it from others of the kind.
    async fn file(&self, kind: NoticeKind, event: &str, subject: &str, body: &str) -> Result<u64, Failure> {
        let recipients = self.config.recipients(kind);
        let notice = |recipient: &String| Notice {
            id: format!("{kind}:{event}:{recipient}"),
            kind,
            recipient: recipient.clone(),
            subject: subject.to_owned(),
            body: body.to_owned(),
        };
        let notices: Vec<_> = recipients.iter().map(notice).collect();
        Ok(self.notices.file_notices(&notices, SystemClock.now()).await?)
    }

    /// Once for each row of failures: the next message about a job comes after it has done well in between.
    pub(crate) async fn tell_of_failure(&self, job: &str, failure: &Failure) {
        let filed = match failure.cause::<Shrunk>() {
            Some(shrunk) => {
                let event = SystemClock.now().date_naive().to_string();
                let body = format!("{shrunk}\n\nSee docs/runbooks/JobFailed.md.\n");
                self.file(NoticeKind::SnapshotShrunk, &event, "greencheck: the snapshot has shrunk", &body)
                    .await
            }
            None => self.tell_of_failed_job(job, failure).await,
        };
        if let Err(error) = filed {
            tracing::error!(job, %error, "nobody is told that the job failed");
        }
    }

    async fn tell_of_failed_job(&self, job: &str, failure: &Failure) -> Result<u64, Failure> {
        let records = self.records.job_records().await?;
        let last_success =
            records.iter().find(|record| record.name == job).and_then(|record| record.succeeded_at);
        let since = last_success.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
        let body = format!(
            "The job `{job}` failed: {failure}\n\nIt did well last: {since}.\n\nSee `greencheck jobs` and \
             docs/runbooks/JobFailed.md.\n"
        );
        let subject = format!("greencheck: the job {job} failed");
        self.file(NoticeKind::JobFailed, &format!("{job}:{since}"), &subject, &body).await
    }

    async fn forget_old(&self) -> Result<(), Failure> {
        self.notices.sweep_notices(SystemClock.now() - REMEMBERED).await?;
        Ok(())
    }
}

/// `greencheck notices test`.
pub(crate) async fn test(settings: &Settings) -> Result<(), Failure> {
    let recipients = settings.notices.everybody();
    if recipients.is_empty() {
        return Err(Failure::input("section `notices` names no recipient"));
    }
    // Nothing is kept: the store is not opened, so that this works without one.
    let post = Post::open(settings)?;
    let mut failed = 0;
    for recipient in recipients {
        let notice = Notice {
            id: format!("test:{:016x}", rand::random::<u64>()),
            kind: NoticeKind::Test,
            recipient: recipient.clone(),
            subject: "greencheck: a test".to_owned(),
            body: "Somebody ran `greencheck notices test`: notices arrive here.\n".to_owned(),
        };
        let outcome = match post.send(&notice).await {
            Ok(()) => "sent".to_owned(),
            Err(error) => {
                failed += 1;
                format!("failed: {error}")
            }
        };
        output::print(&format!("{recipient}: {outcome}\n"))?;
    }
    if failed > 0 {
        return Err(Failure::Work(anyhow::anyhow!("{failed} notices did not arrive")));
    }
    Ok(())
}
