use std::fmt::Write;
use std::time::Duration;

use actix_web::http::header::HeaderValue;
use greencheck_core::badge::BadgeConfig;

use super::Life;

/// How long a badge may be kept while its check goes on.
const MOMENT: Duration = Duration::from_secs(5);
/// How long the card may be kept that stands in while the renderer is away.
const STAND_IN: Duration = Duration::from_secs(30);

/// `Cache-Control` of badges: there are four, made once.
pub(crate) struct Keep([HeaderValue; 4]);

impl Keep {
    pub(crate) fn of(config: &BadgeConfig) -> Self {
        Self([Life::Green, Life::Other, Life::Moment, Life::StandIn].map(|life| cache_control(config, life)))
    }

    /// How long others may keep a badge. A forced one they ask for again every time, but need not load again.
    pub(crate) fn header(&self, life: Life, force: bool) -> HeaderValue {
        if force { HeaderValue::from_static("no-cache") } else { self.0[life as usize].clone() }
    }
}

fn cache_control(config: &BadgeConfig, life: Life) -> HeaderValue {
    let mut text = format!("public, max-age={}", seconds(config, life));
    if life == Life::Green && !config.http_stale_green.is_zero() {
        write!(text, ", stale-while-revalidate={}", config.http_stale_green.as_secs())
            .expect("a String takes everything");
    }
    HeaderValue::try_from(text).expect("words and numbers are a header")
}

/// For how many seconds others may keep a badge.
pub(crate) fn seconds(config: &BadgeConfig, life: Life) -> u64 {
    let life = match life {
        Life::Green => config.http_max_age_green,
        Life::Other => config.http_max_age_other,
        Life::Moment => MOMENT,
        Life::StandIn => STAND_IN,
    };
    life.as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_may_keep_is_set_by_verdict() {
        let config = BadgeConfig::default();
        let keep = Keep::of(&config);
        let text = |life, force| keep.header(life, force).to_str().unwrap().to_owned();
        assert_eq!(text(Life::Green, false), "public, max-age=3600, stale-while-revalidate=300");
        assert_eq!(text(Life::Other, false), "public, max-age=60");
        assert_eq!(text(Life::Moment, false), "public, max-age=5");
        assert_eq!(text(Life::StandIn, false), "public, max-age=30");
        assert_eq!(text(Life::Green, true), "no-cache");
        let unstale = BadgeConfig { http_stale_green: Duration::ZERO, ..config };
        assert_eq!(Keep::of(&unstale).header(Life::Green, false), "public, max-age=3600");
    }
}
