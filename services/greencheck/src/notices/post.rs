use greencheck_core::ports::Notice;
use greencheck_core::{Clock, SystemClock};
use greencheck_net::{Mailer, Webhook, is_mail_address};
use serde_json::json;
use url::Url;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::wiring;

/// Shorter secrets can be guessed.
const LEAST: usize = 16;

/// By which ways messages go out.
pub(super) struct Post {
    mailer: Option<Mailer>,
    webhook: Option<Webhook>,
}

impl Post {
    pub(super) fn open(settings: &Settings) -> Result<Self, Failure> {
        let config = &settings.notices;
        let (urls, mails): (Vec<&String>, Vec<&String>) =
            config.everybody().into_iter().partition(|recipient| recipient.contains("://"));
        for url in &urls {
            if !url.starts_with("https://") || Url::parse(url).is_err() {
                return Err(Failure::input(format!("notices: {url:?} is no https URL")));
            }
        }
        if let Some(wrong) = mails.iter().find(|mail| !is_mail_address(mail)) {
            return Err(Failure::input(format!(
                "notices: {wrong:?} is neither an address of mail nor an https URL"
            )));
        }
        let mailer = (!mails.is_empty()).then(|| mailer(settings)).transpose()?;
        let webhook = (!urls.is_empty()).then(|| webhook(settings)).transpose()?;
        Ok(Self { mailer, webhook })
    }

    /// Sends one message; says why it did not arrive.
    pub(super) async fn send(&self, notice: &Notice) -> Result<(), String> {
        match (Url::parse(&notice.recipient), &self.webhook, &self.mailer) {
            (Ok(url), Some(webhook), _) if url.scheme() == "https" => {
                let now = SystemClock.now();
                let body = json!({
                    "id": notice.id,
                    "kind": notice.kind.as_str(),
                    "subject": notice.subject,
                    "text": notice.body,
                    "sent_at": now,
                });
                let sent = webhook.send(&url, &notice.id, body.to_string().into_bytes(), now).await;
                sent.map_err(|error| in_full(&error))
            }
            (Err(_), _, Some(mailer)) => {
                let sent = mailer.send(&notice.recipient, &notice.id, &notice.subject, &notice.body).await;
                sent.map_err(|error| in_full(&error))
            }
            _ => Err("section `notices` does not name this recipient any more".to_owned()),
        }
    }
}

fn mailer(settings: &Settings) -> Result<Mailer, Failure> {
    let config = &settings.notices;
    if config.smtp_url.expose().is_empty() {
        return Err(Failure::input("notices.smtp_url is empty, and some recipients are addresses of mail"));
    }
    Mailer::new(config.smtp_url.expose(), &config.from)
        .map_err(|error| Failure::Input(anyhow::Error::from(error).context("section `notices`")))
}

fn webhook(settings: &Settings) -> Result<Webhook, Failure> {
    let secret = settings.notices.webhook_secret.expose();
    if secret.chars().count() < LEAST {
        return Err(Failure::input(format!(
            "notices.webhook_secret has less than {LEAST} characters, and some recipients are URLs: make one with \
             `openssl rand -hex 16`"
        )));
    }
    Ok(Webhook::new(wiring::open_web(settings)?, secret))
}

fn in_full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
