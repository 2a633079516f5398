use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix_web::web::Bytes;
use chrono::NaiveDate;
use greencheck_core::Country;
use greencheck_core::directory::{ProviderProfile, name_key};
use moka::sync::Cache;

use super::links::slug;
use super::{legacy, page};
use crate::conditional::tag;

/// Bytes of rendered pages that are kept.
const PAGES: u64 = 64 << 20;
/// The service that says that there is none; nobody looks for it.
const NO_SERVICE: &str = "other-none";

/// The directory as one generation of the catalog has it, with the pages that were asked for.
pub(crate) struct Edition {
    /// The body of the legacy directory.
    pub(crate) legacy: Body,
    /// Whether all of it is made up.
    pub(super) is_demo: bool,
    pub(super) groups: Vec<CountryGroup>,
    /// Slug and name, by name.
    pub(super) services: Vec<(String, String)>,
    pages: Cache<(Filter, NaiveDate), Arc<Body>>,
}

/// A body and the tag that changes with it.
pub(crate) struct Body {
    pub(crate) bytes: Bytes,
    /// Without its quotes.
    pub(crate) tag: String,
}

impl Body {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { tag: tag(&bytes), bytes: bytes.into() }
    }
}

/// The providers of one country, by name.
pub(super) struct CountryGroup {
    /// ISO 3166-1 alpha-2, or what was entered instead.
    pub(super) code: String,
    pub(super) name: String,
    pub(super) providers: Vec<ProviderProfile>,
}

/// Which providers are shown. What does not exist is no filter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Filter {
    pub(super) service: Option<String>,
    pub(super) country: Option<String>,
}

impl Filter {
    pub(super) fn lets_through(&self, group: &CountryGroup, provider: &ProviderProfile) -> bool {
        let has = |wanted: &String| provider.services.iter().any(|service| slug(service) == *wanted);
        self.country.as_ref().is_none_or(|code| group.code == *code) && self.service.as_ref().is_none_or(has)
    }
}

impl Edition {
    /// Sorts `providers`, archived ones among them, as the pages and bodies show them.
    pub(super) fn of(mut providers: Vec<ProviderProfile>, is_demo: bool) -> Self {
        providers.sort_by_cached_key(|provider| (name_key(&provider.name), provider.id));
        let legacy = Body::new(legacy::directory(&providers));
        providers.retain(|provider| !provider.archived);
        let services = services(&providers);
        let pages = Cache::builder().max_capacity(PAGES).weigher(|_, body: &Arc<Body>| weight(body)).build();
        Self { legacy, is_demo, groups: groups(providers), services, pages }
    }

    /// The page of the providers that have `service` and are in `country`, as of `today`.
    pub(crate) fn page(&self, service: Option<&str>, country: Option<&str>, today: NaiveDate) -> Arc<Body> {
        let filter = self.filter(service, country);
        self.pages.get_with((filter.clone(), today), || {
            Arc::new(Body::new(page::render(self, &filter, today).into_bytes()))
        })
    }

    fn filter(&self, service: Option<&str>, country: Option<&str>) -> Filter {
        let service = service.map(slug).filter(|slug| self.services.iter().any(|(known, _)| known == slug));
        let group = country.and_then(|code| {
            self.groups.iter().find(|group| !code.is_empty() && group.code.eq_ignore_ascii_case(code))
        });
        Filter { service, country: group.map(|group| group.code.clone()) }
    }
}

fn weight(body: &Body) -> u32 {
    body.bytes.len().try_into().unwrap_or(u32::MAX)
}

/// By the name of the country; where no country is known comes last.
fn groups(providers: Vec<ProviderProfile>) -> Vec<CountryGroup> {
    let mut by_code: BTreeMap<String, Vec<ProviderProfile>> = BTreeMap::new();
    for provider in providers {
        by_code.entry(provider.country.to_ascii_uppercase()).or_default().push(provider);
    }
    let known = Country::ALL.iter().filter_map(|country| {
        let providers = by_code.remove(country.code)?;
        Some(CountryGroup { code: country.code.to_owned(), name: country.name.to_owned(), providers })
    });
    let mut groups: Vec<_> = known.collect();
    groups.extend(by_code.into_iter().map(|(code, providers)| {
        let name = if code.is_empty() { "Elsewhere".to_owned() } else { code.clone() };
        CountryGroup { code, name, providers }
    }));
    groups
}

fn services(providers: &[ProviderProfile]) -> Vec<(String, String)> {
    let offered: BTreeSet<&String> = providers.iter().flat_map(|provider| &provider.services).collect();
    let by_slug: BTreeMap<String, String> =
        offered.into_iter().rev().map(|service| (slug(service), page::label(service))).collect();
    let mut services: Vec<_> =
        by_slug.into_iter().filter(|(slug, _)| !slug.is_empty() && slug != NO_SERVICE).collect();
    services.sort_by_cached_key(|(_, name)| name_key(name));
    services
}
