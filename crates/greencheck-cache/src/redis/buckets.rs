use std::time::Duration;

use ::redis::Value as Reply;
use async_trait::async_trait;
use greencheck_core::ports::SharedBuckets;

use super::key::Key;
use super::{Operation, RedisCache, scripts};

#[async_trait]
impl SharedBuckets for RedisCache {
    async fn spend(&self, spent: &[(String, Duration)]) -> Option<Vec<Duration>> {
        let prefix = &self.shared.config.prefix;
        let debts = spent.iter().map(|(caller, debt)| (Key::Bucket(caller).render(prefix), *debt));
        let replies = self.ask(Operation::Spend, scripts::spend(debts), self.shared.config.timeout).await?;
        let Some(Reply::Array(debts)) = replies.into_iter().next() else { return None };
        let debts: Option<Vec<Duration>> = debts.iter().map(micros).collect();
        debts.filter(|debts| debts.len() == spent.len())
    }
}

fn micros(reply: &Reply) -> Option<Duration> {
    match reply {
        Reply::BulkString(text) => std::str::from_utf8(text).ok()?.parse().ok().map(Duration::from_micros),
        _ => None,
    }
}
