use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use greencheck_core::directory::{Evidence, ProviderDetail};
use greencheck_core::{Answer, Explanation, ProviderId};
use serde::Serialize;

/// What is known of a name, and why.
#[derive(Serialize)]
pub(crate) struct CheckBody<'a> {
    domain: &'a str,
    /// `green`, `grey` or `unknown`.
    verdict: &'static str,
    reason: &'static str,
    /// The provider of a green verdict.
    provider: Option<HostedBy<'a>>,
    evidence: Vec<EvidenceBody<'a>>,
    /// The entry of the catalog that made it green.
    r#match: Option<MatchBody>,
    /// When the look-up behind the verdict ended.
    checked_at: String,
    /// How old the verdict is, in seconds.
    age: i64,
    /// Whether a stored or cached verdict answered.
    cached: bool,
    /// Every step of the look-up; only where one was made for this answer.
    explanation: Option<&'a Explanation>,
}

#[derive(Serialize)]
struct HostedBy<'a> {
    id: ProviderId,
    name: &'a str,
    website: &'a str,
    partner: &'a str,
    listed: bool,
}

#[derive(Serialize)]
struct EvidenceBody<'a> {
    id: i64,
    title: &'a str,
    link: &'a str,
    kind: Option<&'a str>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    expired: bool,
}

#[derive(Serialize)]
struct MatchBody {
    kind: &'static str,
    id: Option<i64>,
    /// The address that decided, if one did.
    address: Option<String>,
}

impl<'a> CheckBody<'a> {
    /// `detail` is the provider of the verdict, if it is known in full.
    pub(crate) fn new(
        shown: &'a str,
        answer: &'a Answer,
        cached: bool,
        detail: Option<&'a ProviderDetail>,
        now: DateTime<Utc>,
    ) -> Self {
        let provider = answer.hosted_by.as_ref().filter(|_| answer.verdict.is_green());
        let evidence = detail.map(|detail| detail.profile.evidence.as_slice()).unwrap_or_default();
        Self {
            domain: shown,
            verdict: answer.verdict.kind().as_str(),
            reason: answer.verdict.reason(),
            provider: provider.map(|provider| HostedBy {
                id: provider.id,
                name: &provider.name,
                website: &provider.website,
                partner: &provider.partner,
                listed: provider.listed,
            }),
            evidence: evidence.iter().map(|evidence| EvidenceBody::new(evidence, now.date_naive())).collect(),
            r#match: answer.verdict.matched().map(|by| MatchBody {
                kind: by.kind.as_str(),
                id: by.id,
                address: answer.address.map(|address| address.to_string()),
            }),
            checked_at: answer.modified.to_rfc3339_opts(SecondsFormat::Micros, true),
            age: now.signed_duration_since(answer.modified).num_seconds().max(0),
            cached,
            explanation: answer.explanation.as_deref(),
        }
    }
}

impl<'a> EvidenceBody<'a> {
    fn new(evidence: &'a Evidence, today: NaiveDate) -> Self {
        Self {
            id: evidence.id,
            title: &evidence.title,
            link: &evidence.link,
            kind: evidence.kind.as_deref(),
            valid_from: evidence.valid_from,
            valid_to: evidence.valid_to,
            expired: evidence.is_expired(today),
        }
    }
}

/// A line about something that is no name, among lines about names.
#[derive(Serialize)]
pub(crate) struct NoName<'a> {
    pub(crate) domain: &'a str,
    pub(crate) error: String,
}
