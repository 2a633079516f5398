//! The list of snapshots, asked for seldom: it changes once a day, and everybody may ask for it.

use std::time::Duration;

use greencheck_core::ports::{PublishedSnapshot, SnapshotsError};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// A list is used again for so long.
const FRESH: Duration = Duration::from_secs(30);
/// Storage that did not answer is left alone for so long.
const REST: Duration = Duration::from_secs(5);

#[derive(Default)]
pub(crate) struct Memo(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// The last list that came.
    list: Option<Vec<PublishedSnapshot>>,
    ask_again: Option<Instant>,
}

impl Memo {
    /// The kept list, or what `ask` brings. One caller asks, the others wait for it. When `ask` fails, the last list that
    /// came stands in.
    pub(crate) async fn get(
        &self,
        ask: impl AsyncFnOnce() -> Result<Vec<PublishedSnapshot>, SnapshotsError>,
    ) -> Result<Vec<PublishedSnapshot>, SnapshotsError> {
        let mut kept = self.0.lock().await;
        let now = Instant::now();
        if kept.ask_again.is_some_and(|then| now < then) {
            return kept.list.clone().ok_or_else(|| SnapshotsError("it did not answer a moment ago".into()));
        }
        match ask().await {
            Ok(list) => {
                *kept = Kept { list: Some(list.clone()), ask_again: Some(now + FRESH) };
                Ok(list)
            }
            Err(error) => {
                kept.ask_again = Some(Instant::now() + REST);
                let Some(list) = kept.list.clone() else { return Err(error) };
                tracing::warn!(error = %error.0, "snapshots cannot be listed: showing the last list that came");
                Ok(list)
            }
        }
    }

    /// Forgets the list: something was published.
    pub(crate) async fn forget(&self) {
        self.0.lock().await.ask_again = None;
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn snapshot(name: &str) -> Vec<PublishedSnapshot> {
        let name = name.parse().unwrap();
        vec![PublishedSnapshot { name, bytes: 1, published: DateTime::UNIX_EPOCH, link: None }]
    }

    fn away() -> Result<Vec<PublishedSnapshot>, SnapshotsError> {
        Err(SnapshotsError("away".into()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_is_kept_for_a_while_and_stands_in_for_one_that_does_not_come() {
        let memo = Memo::default();
        let (first, second) = (snapshot("green_urls_2026-11-20.db"), snapshot("green_urls_2026-11-21.db"));
        assert_eq!(memo.get(async || Ok(first.clone())).await.unwrap(), first);
        assert_eq!(memo.get(async || panic!("asked too early")).await.unwrap(), first);
        tokio::time::advance(FRESH).await;
        assert_eq!(memo.get(async || away()).await.unwrap(), first);
        assert_eq!(memo.get(async || panic!("asked too early")).await.unwrap(), first);
        tokio::time::advance(REST).await;
        assert_eq!(memo.get(async || Ok(second.clone())).await.unwrap(), second);
        memo.forget().await;
        assert_eq!(memo.get(async || Ok(first.clone())).await.unwrap(), first);
    }

    #[tokio::test(start_paused = true)]
    async fn storage_that_is_away_is_left_alone_for_a_while() {
        let memo = Memo::default();
        assert!(memo.get(async || away()).await.is_err());
        assert!(memo.get(async || panic!("asked too early")).await.is_err());
        tokio::time::advance(REST).await;
        assert!(memo.get(async || Ok(Vec::new())).await.unwrap().is_empty());
    }
}
