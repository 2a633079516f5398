use askama::Template;
use chrono::NaiveDate;
use greencheck_core::badge::{Claim, Style};
use greencheck_core::directory::ProviderDetail;
use greencheck_core::{Answer, Host, ProviderId, VerdictKind};

use super::Found;
use super::evidence::Proof;
use super::steps::ShownStep;
use super::words::{Moment, advice, duration, headline, word};
use crate::badges::page::Snippets;
use crate::pages::links::href;

/// Everything that the page says of one name.
pub(crate) struct CheckResult {
    pub(crate) host: String,
    pub(crate) kind: &'static str,
    pub(crate) word: &'static str,
    pub(crate) headline: String,
    /// For those who see a link to the page.
    pub(crate) summary: String,
    pub(crate) because: String,
    pub(crate) notice: Option<String>,
    pub(crate) provider: Option<HostedBy>,
    pub(crate) evidence: Vec<Proof>,
    /// Whether the provider has evidence of which nothing is at hand.
    pub(crate) has_evidence: bool,
    pub(crate) steps: Vec<ShownStep>,
    pub(crate) checked: Moment,
    pub(crate) took: Option<String>,
    pub(crate) advice: &'static [&'static str],
    pub(crate) demo_command: Option<&'static str>,
    /// Path of the badge that the page shows.
    pub(crate) badge: String,
    pub(crate) alternative: String,
    /// Address of the badge that others show with a link to the page.
    pub(crate) picture: String,
    pub(crate) snippets: Snippets,
    /// The permanent address of the page.
    pub(crate) link: String,
}

pub(crate) struct HostedBy {
    pub(crate) id: ProviderId,
    pub(crate) name: String,
    pub(crate) website: String,
    pub(crate) site: Option<String>,
}

#[derive(Template)]
#[template(path = "result.html")]
struct Fragment<'a> {
    result: &'a CheckResult,
}

/// The part of the page that says what was found.
pub(crate) fn fragment(result: &CheckResult) -> String {
    Fragment { result }.render().expect("texts and numbers can be written to a String")
}

impl CheckResult {
    pub(super) fn is_green(&self) -> bool {
        self.kind == VerdictKind::Green.as_str()
    }

    pub(super) fn is_grey(&self) -> bool {
        self.kind == VerdictKind::Grey.as_str()
    }

    /// `detail` is the provider in full, if it is at hand; `origin` is where this server is.
    pub(super) fn new(
        host: &Host,
        found: &Found,
        detail: Option<&ProviderDetail>,
        today: NaiveDate,
        origin: &str,
        demo_command: Option<&'static str>,
    ) -> Self {
        let answer = &*found.checked.answer;
        let kind = answer.verdict.kind();
        let explanation = answer.explanation.as_deref();
        let provider = hosted_by(answer);
        let (evidence, has_evidence) = evidence(answer, detail, today);
        let headline = headline(kind, &host.readable());
        let because = explanation.map_or_else(|| format!("{headline}."), |why| format!("{}.", why.because));
        let badge = format!("/api/v4/badge/{host}.svg");
        Self {
            kind: kind.as_str(),
            word: word(kind),
            summary: provider
                .as_ref()
                .map_or_else(|| because.clone(), |by| format!("Hosted by {}. {because}", by.name)),
            headline,
            because,
            notice: found.notice.clone(),
            provider,
            evidence,
            has_evidence,
            steps: explanation.map(|why| why.steps.iter().map(ShownStep::of).collect()).unwrap_or_default(),
            checked: Moment::of(answer.modified),
            took: explanation.map(|why| duration(why.took_us)),
            advice: advice(kind),
            demo_command: demo_command.filter(|_| kind != VerdictKind::Green),
            alternative: Claim::of(answer).alternative(),
            picture: format!("{origin}/api/v4/badge/{host}.png?style=large&scale=2"),
            snippets: Snippets::new(host, &badge, Style::Standard, origin),
            badge,
            link: format!("{origin}/check/{host}"),
            host: host.to_string(),
        }
    }
}

fn hosted_by(answer: &Answer) -> Option<HostedBy> {
    let provider = answer.hosted_by.as_ref().filter(|_| answer.verdict.is_green())?;
    Some(HostedBy {
        id: provider.id,
        name: provider.name.clone(),
        website: provider.website.clone(),
        site: href(&provider.website),
    })
}

/// Evidence with its dates if the provider is at hand in full, else without; and whether there is more than is shown.
fn evidence(answer: &Answer, detail: Option<&ProviderDetail>, today: NaiveDate) -> (Vec<Proof>, bool) {
    if let Some(detail) = detail {
        return (detail.profile.evidence.iter().map(|document| Proof::of(document, today)).collect(), false);
    }
    let documents = answer.hosted_by.as_ref().and_then(|provider| provider.documents.as_ref());
    let evidence = documents.map(|documents| documents.iter().map(Proof::of_document).collect());
    (evidence.unwrap_or_default(), documents.is_none())
}
