use std::collections::BTreeSet;
use std::time::Duration;

use greencheck_core::ports::NoticeKind;
use greencheck_core::serde_duration;
use greencheck_runtime::config::{RedactedUrl, Secret};
use serde::{Deserialize, Serialize};

/// Section `notices`: who is told what. A recipient is an address of mail or an `https://` URL.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NoticesConfig {
    /// Who is told that evidence of a provider ends in 60, 30 and 7 days.
    pub(crate) evidence_expires: Vec<String>,
    /// The sender of mails.
    pub(crate) from: String,
    /// Who is told that a job failed.
    pub(crate) job_failed: Vec<String>,
    /// How long a message that does not arrive is tried again.
    #[serde(with = "serde_duration")]
    pub(crate) retry_for: Duration,
    /// The mail server: `smtps://user:password@host`, `smtp://host:587?tls=required` or `smtp://127.0.0.1:25`.
    pub(crate) smtp_url: RedactedUrl,
    /// Who is told that a snapshot lost so many rows that it was not published.
    pub(crate) snapshot_shrunk: Vec<String>,
    /// Signs what is sent to URLs; at least 16 characters.
    pub(crate) webhook_secret: Secret,
}

impl Default for NoticesConfig {
    fn default() -> Self {
        Self {
            evidence_expires: Vec::new(),
            from: "greencheck@localhost".to_owned(),
            job_failed: Vec::new(),
            retry_for: Duration::from_secs(24 * 3600),
            smtp_url: RedactedUrl::default(),
            snapshot_shrunk: Vec::new(),
            webhook_secret: Secret::default(),
        }
    }
}

impl NoticesConfig {
    pub(crate) fn recipients(&self, kind: NoticeKind) -> &[String] {
        match kind {
            NoticeKind::JobFailed => &self.job_failed,
            NoticeKind::SnapshotShrunk => &self.snapshot_shrunk,
            NoticeKind::EvidenceExpires => &self.evidence_expires,
            NoticeKind::Test => &[],
        }
    }

    /// All recipients, each once.
    pub(crate) fn everybody(&self) -> BTreeSet<&String> {
        NoticeKind::ALL.into_iter().flat_map(|kind| self.recipients(kind)).collect()
    }
}
