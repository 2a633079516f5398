use chrono::{Days, NaiveDate};
use greencheck_core::ports::{ExpiringEvidence, NoticeKind};
use greencheck_core::{Clock, SystemClock};

use super::Notifier;
use crate::failure::Failure;

/// Days before its end at which somebody is told; the last one first.
const AHEAD: [u16; 3] = [7, 30, 60];

impl Notifier {
    /// Keeps a message about each piece of evidence that has passed one of the marks since the last look.
    pub(crate) async fn look_for_expiring_evidence(&self) -> Result<String, Failure> {
        self.forget_old().await?;
        let today = SystemClock.now().date_naive();
        let last = today + Days::new(AHEAD[AHEAD.len() - 1].into());
        let ending = self.notices.expiring_evidence(today, last).await?;
        let mut new = 0;
        for evidence in &ending {
            let Some(mark) = mark(today, evidence.last_day) else { continue };
            let event = format!("{}:{}:{mark}", evidence.id, evidence.last_day);
            let (subject, body) = words(evidence, today);
            new += self.file(NoticeKind::EvidenceExpires, &event, &subject, &body).await?;
        }
        Ok(format!("{} documents end within 60 days; {new} new notices", ending.len()))
    }
}

/// The mark that was passed last.
fn mark(today: NaiveDate, last_day: NaiveDate) -> Option<u16> {
    let left = (last_day - today).num_days();
    AHEAD.into_iter().find(|mark| left <= i64::from(*mark))
}

fn words(evidence: &ExpiringEvidence, today: NaiveDate) -> (String, String) {
    let ExpiringEvidence { id, title, provider, provider_name, last_day } = evidence;
    let left = (*last_day - today).num_days();
    let subject = format!("greencheck: evidence of {provider_name} ends in {left} days");
    let body = format!(
        "Evidence that provider {provider} ({provider_name}) is green ends on {last_day}, in {left} days:\n\n  \
         document {id}: {title}\n\nAsk the provider for newer evidence, and import it.\n"
    );
    (subject, body)
}

#[cfg(test)]
mod tests {
    use greencheck_core::ProviderId;

    use super::*;

    #[test]
    fn each_mark_counts_until_the_next_one() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let at = |days| mark(today, today + Days::new(days));
        assert_eq!(
            [0, 7, 8, 30, 31, 60, 61].map(at),
            [Some(7), Some(7), Some(30), Some(30), Some(60), Some(60), None]
        );
    }

    #[test]
    fn the_message_says_which_evidence_and_when() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let evidence = ExpiringEvidence {
            id: 7,
            title: "Origin".to_owned(),
            provider: ProviderId(3),
            provider_name: "Leaf".to_owned(),
            last_day: today + Days::new(30),
        };
        let (subject, body) = words(&evidence, today);
        assert_eq!(subject, "greencheck: evidence of Leaf ends in 30 days");
        assert!(body.contains("provider 3 (Leaf)") && body.contains("2026-12-21, in 30 days"), "{body}");
        assert!(body.contains("document 7: Origin"), "{body}");
    }
}
