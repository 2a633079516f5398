use askama::Template;
use chrono::NaiveDate;
use greencheck_core::directory::{Evidence, ProviderProfile};

use super::edition::{CountryGroup, Edition, Filter};
use super::links::href;
use crate::assets;
use crate::frame::Frame;

/// The directory for readers. Everything in it is escaped; nothing in it runs.
#[derive(Template)]
#[template(path = "directory.html")]
struct DirectoryPage<'a> {
    frame: Frame,
    stylesheet: String,
    services: Vec<Choice<'a>>,
    countries: Vec<Choice<'a>>,
    is_filtered: bool,
    total: usize,
    sections: Vec<Section<'a>>,
}

/// An option of a filter.
struct Choice<'a> {
    value: &'a str,
    name: &'a str,
    is_chosen: bool,
}

struct Section<'a> {
    code: &'a str,
    name: &'a str,
    providers: Vec<Entry<'a>>,
}

struct Entry<'a> {
    profile: &'a ProviderProfile,
    website: Option<String>,
    services: Vec<String>,
    evidence: Vec<Proof<'a>>,
    carbon_txt: Option<String>,
}

struct Proof<'a> {
    document: &'a Evidence,
    href: Option<String>,
    is_expired: bool,
}

pub(super) fn render(edition: &Edition, filter: &Filter, today: NaiveDate) -> String {
    let sections: Vec<_> = edition.groups.iter().filter_map(|group| section(group, filter, today)).collect();
    let services = edition.services.iter().map(|(slug, name)| Choice {
        value: slug,
        name,
        is_chosen: filter.service.as_ref() == Some(slug),
    });
    let countries = edition.groups.iter().filter(|group| !group.code.is_empty()).map(|group| Choice {
        value: &group.code,
        name: &group.name,
        is_chosen: filter.country.as_ref() == Some(&group.code),
    });
    let page = DirectoryPage {
        frame: Frame::new("/directory/", edition.is_demo),
        stylesheet: assets::DIRECTORY.url(),
        services: services.collect(),
        countries: countries.collect(),
        is_filtered: *filter != Filter::default(),
        total: sections.iter().map(|section| section.providers.len()).sum(),
        sections,
    };
    page.render().expect("a text takes whatever is written to it")
}

fn section<'a>(group: &'a CountryGroup, filter: &Filter, today: NaiveDate) -> Option<Section<'a>> {
    let shown = group.providers.iter().filter(|provider| filter.lets_through(group, provider));
    let providers: Vec<_> = shown.map(|provider| entry(provider, today)).collect();
    (!providers.is_empty()).then_some(Section { code: &group.code, name: &group.name, providers })
}

fn entry(profile: &ProviderProfile, today: NaiveDate) -> Entry<'_> {
    let evidence = profile.evidence.iter().map(|document| Proof {
        document,
        href: href(&document.link),
        is_expired: document.is_expired(today),
    });
    Entry {
        profile,
        website: href(&profile.website),
        services: profile.services.iter().map(|service| label(service)).collect(),
        evidence: evidence.collect(),
        carbon_txt: profile.carbon_txt.as_deref().and_then(href),
    }
}

/// A service as readers see it: some catalogs name services as they stand in URLs.
pub(crate) fn label(service: &str) -> String {
    let is_slug =
        service.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let mut letters = service.chars();
    match letters.next() {
        Some(first) if is_slug => first.to_uppercase().chain(letters).collect::<String>().replace('-', " "),
        _ => service.to_owned(),
    }
}
