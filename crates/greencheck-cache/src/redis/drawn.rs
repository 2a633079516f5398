use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use ::redis::Value as Reply;
use greencheck_core::badge::{Badge, Image};
use sha2::{Digest, Sha256};

use super::key::Key;
use super::{Operation, RedisCache, scripts};
use crate::metrics::Refusal;

/// How long a drawn badge is kept. What it says never changes, but few are asked for again after a day.
const LIFE: Duration = Duration::from_secs(24 * 3600);
/// Larger pictures are drawn again: no badge is so large.
const LARGEST: usize = 64 << 10;

/// Drawn badges in Redis, for all processes. Cheap to clone.
#[derive(Clone)]
pub struct SharedBadges {
    redis: RedisCache,
}

impl SharedBadges {
    pub(crate) fn new(redis: RedisCache) -> Self {
        Self { redis }
    }

    /// The picture that another process has drawn; `None` also when Redis cannot say.
    pub(crate) async fn fetch(&self, badge: &Badge) -> Option<Image> {
        let patience = self.redis.shared.config.timeout;
        let replies = self.redis.ask(Operation::Fetch, scripts::get(&self.key(badge)), patience).await?;
        match replies.into_iter().next()? {
            Reply::BulkString(bytes) if (1..=LARGEST).contains(&bytes.len()) => {
                Some(Image::new(badge.format, bytes.into()))
            }
            _ => None,
        }
    }

    /// Keeps a picture, behind the caller's back.
    pub(crate) fn keep(&self, badge: &Badge, image: &Image) {
        let shared = &self.redis.shared;
        if image.bytes.len() > LARGEST {
            return;
        }
        let Ok(permit) = Arc::clone(&shared.writes).try_acquire_owned() else {
            return shared.metrics.refuse(Refusal::Busy);
        };
        let command = scripts::set(&self.key(badge), &image.bytes, shared.config.jittered(LIFE));
        let redis = self.redis.clone();
        shared.runtime.spawn(async move {
            redis.attempt(Operation::Keep, &command, redis.shared.config.timeout).await;
            drop(permit);
        });
    }

    fn key(&self, badge: &Badge) -> String {
        Key::Badge(&digest(badge)).render(&self.redis.shared.config.prefix)
    }
}

/// Of what the badge says and of the release that draws it: the next one may draw it differently.
fn digest(badge: &Badge) -> String {
    let said = serde_json::to_vec(&(env!("CARGO_PKG_VERSION"), badge)).expect("texts and numbers are JSON");
    Sha256::digest(said)[..16].iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}
