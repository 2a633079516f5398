use std::sync::LazyLock;

use askama::Template;
use greencheck_core::{Finding, Told, took};
use url::form_urlencoded::byte_serialize;

use super::rows::{Changed, Compared, Logged, time};
use super::{Findings, report};
use crate::assets;
use crate::frame::Frame;
use crate::site::Proof;

static STYLE: LazyLock<String> = LazyLock::new(|| assets::EXTENDED_STYLE.url());

/// The form, with what was typed and what is wrong with it.
#[derive(Template)]
#[template(path = "extended_form.html")]
struct FormPage<'a> {
    frame: Frame,
    stylesheet: &'static str,
    typed: &'a str,
    error: Option<String>,
}

/// What was found. Everything in it is escaped; nothing in it runs.
#[derive(Template)]
#[template(path = "extended.html")]
struct Page<'a> {
    frame: Frame,
    stylesheet: &'static str,
    typed: &'a str,
    name: String,
    verdict: Result<&'static str, String>,
    because: &'a str,
    steps: Vec<Step>,
    took: String,
    provider: Option<Provider<'a>>,
    kept_in: Option<&'static str>,
    compared: Vec<Compared>,
    since: String,
    changed: Vec<Changed>,
    logged: Vec<Logged>,
    links: Vec<Link>,
    registered: Option<String>,
    request_id: &'a str,
    at: String,
    report: String,
    report_url: String,
}

struct Step {
    told: Told,
    took: String,
}

struct Provider<'a> {
    name: &'a str,
    url: String,
    evidence: Vec<Proof>,
}

struct Link {
    text: String,
    url: String,
}

pub(crate) fn form(frame: Frame, typed: &str, error: Option<String>) -> String {
    let page = FormPage { frame, stylesheet: &STYLE, typed, error };
    page.render().expect("a text takes whatever is written to it")
}

pub(crate) fn page(frame: Frame, findings: &Findings) -> String {
    let fresh = findings.fresh.as_ref();
    let explanation = fresh.ok().and_then(|answer| answer.explanation.as_deref());
    let steps = explanation.iter().flat_map(|explanation| &explanation.steps);
    let page = Page {
        frame,
        stylesheet: &STYLE,
        typed: &findings.submitted,
        name: findings.named.host.to_unicode(),
        verdict: fresh.map(|answer| answer.verdict.kind().as_str()).map_err(ToString::to_string),
        because: explanation.map_or("", |explanation| explanation.because.as_str()),
        steps: steps.map(|step| Step { told: step.finding.told(), took: took(step.took_us) }).collect(),
        took: explanation.map(|explanation| took(explanation.took_us)).unwrap_or_default(),
        provider: provider(findings),
        kept_in: findings.kept.as_ref().map(|kept| kept.place),
        compared: findings.compared(),
        since: findings.since(),
        changed: findings.changed(),
        logged: findings.logged(),
        links: links(findings),
        registered: findings.registered(),
        request_id: &findings.request_id,
        at: time(findings.now),
        report: report(findings),
        report_url: format!(
            "/admin/extended-greencheck/?format=text&url={}",
            byte_serialize(findings.submitted.as_bytes()).collect::<String>()
        ),
    };
    page.render().expect("a text takes whatever is written to it")
}

fn provider(findings: &Findings) -> Option<Provider<'_>> {
    let profile = &findings.provider.as_ref()?.profile;
    let today = findings.now.date_naive();
    let evidence = profile.evidence.iter().map(|evidence| Proof::of(evidence, today));
    Some(Provider {
        name: &profile.name,
        url: format!("/providers/{}", profile.id),
        evidence: evidence.collect(),
    })
}

/// Where others tell more about the name and its networks.
fn links(findings: &Findings) -> Vec<Link> {
    let host = &findings.named.host;
    let registry = host.registrable().unwrap_or(host.as_str());
    let mut links = vec![Link {
        text: format!("Registration of {registry} (ICANN Lookup)"),
        url: format!("https://lookup.icann.org/en/lookup?name={registry}"),
    }];
    let explanation = findings.fresh.as_ref().ok().and_then(|answer| answer.explanation.as_deref());
    for step in explanation.iter().flat_map(|explanation| &explanation.steps) {
        match &step.finding {
            Finding::Addresses { addresses, .. } => links.extend(addresses.iter().map(|address| Link {
                text: format!("{address} (RIPEstat)"),
                url: format!("https://stat.ripe.net/app/launchpad/{address}"),
            })),
            Finding::Origin { asns, .. } => links.extend(asns.iter().map(|asn| Link {
                text: format!("{asn} (RIPEstat)"),
                url: format!("https://stat.ripe.net/app/launchpad/AS{}", asn.get()),
            })),
            _ => {}
        }
    }
    links
}
