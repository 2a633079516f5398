use super::super::{
    CarbonTxtRecord, CatalogDocument, Co2IntensityRecord, DatacenterRecord, GreenDomainRecord,
    ProviderRecord, SupportingDocumentRecord, UserRecord,
};
use super::entry::{Entry, Unique, entries};
use super::{InvalidDocument, values};

type Checked = Result<(), InvalidDocument>;

const MODELS: [&str; 4] = ["", "groeneenergie", "compensatie", "mixed"];
const DOCUMENT_TYPES: [&str; 4] = ["Annual report", "Web page", "Certificate", "Other"];
const ENERGY_TYPES: [&str; 5] = ["", "wind", "water", "solar", "mixed"];
const MATCH_TYPES: [&str; 6] = ["url", "whois", "ip", "none", "as", "carbontxt"];

/// Checks what the types leave open; stops at the first problem, in the order of the sections.
pub(super) fn document(document: &CatalogDocument) -> Checked {
    providers(&document.providers)?;
    services(document)?;
    supporting_documents(&document.supporting_documents)?;
    datacenters(&document.datacenters)?;
    ip_ranges(document)?;
    asns(document)?;
    carbon_txts(&document.carbon_txts)?;
    linked_domains(document)?;
    users(&document.users)?;
    green_domains(&document.green_domains)?;
    co2_intensity(&document.co2_intensity)
}

fn own_id(entry: Entry, id: i64, ids: &mut Unique<i64>) -> Checked {
    entry.check("id", values::id(id))?;
    entry.check("id", ids.check(id, &format!("`{id}`")))
}

fn providers(records: &[ProviderRecord]) -> Checked {
    let mut ids = Unique::new();
    for (entry, record) in entries("providers", records) {
        own_id(entry, record.id, &mut ids)?;
        entry.check("name", values::filled(&record.name))?;
        entry.check("website", values::website(&record.website))?;
        entry.check("country", values::country(&record.country))?;
        entry.check("city", values::text(&record.city))?;
        entry.check("model", values::one_of(&record.model, &MODELS))?;
        entry.check("partner", values::text(record.partner.as_deref().unwrap_or_default()))?;
        entry.check("description", values::text(record.description.as_deref().unwrap_or_default()))?;
    }
    Ok(())
}

fn services(document: &CatalogDocument) -> Checked {
    let mut providers = Unique::new();
    for (entry, record) in entries("services", &document.services) {
        entry.check("provider", values::id(record.provider))?;
        entry.check("provider", providers.check(record.provider, &format!("`{}`", record.provider)))?;
        let mut names = Unique::new();
        for (index, service) in record.services.iter().enumerate() {
            let checked =
                values::filled(service).and_then(|()| names.check(service.as_str(), &format!("`{service}`")));
            entry.check(&format!("services[{index}]"), checked)?;
        }
    }
    Ok(())
}

fn supporting_documents(records: &[SupportingDocumentRecord]) -> Checked {
    let mut ids = Unique::new();
    for (entry, record) in entries("supporting_documents", records) {
        own_id(entry, record.id, &mut ids)?;
        entry.check("provider", values::id(record.provider))?;
        entry.check("title", values::filled(&record.title))?;
        entry.check("url", values::url_or_empty(&record.url))?;
        if let Some(kind) = &record.r#type {
            entry.check("type", values::one_of(kind, &DOCUMENT_TYPES))?;
        }
        entry.check("description", values::text(record.description.as_deref().unwrap_or_default()))?;
        period(entry, "", record.valid_from.as_deref(), record.valid_to.as_deref())?;
    }
    Ok(())
}

fn period(entry: Entry, prefix: &str, from: Option<&str>, to: Option<&str>) -> Checked {
    entry.check(&format!("{prefix}valid_from"), values::date(from))?;
    entry.check(&format!("{prefix}valid_to"), values::date(to).and_then(|()| values::period(from, to)))
}

fn datacenters(records: &[DatacenterRecord]) -> Checked {
    let mut ids = Unique::new();
    for (entry, record) in entries("datacenters", records) {
        own_id(entry, record.id, &mut ids)?;
        entry.check("name", values::filled(&record.name))?;
        entry.check("country", values::country(&record.country))?;
        entry.check("website", values::website(&record.website))?;
        entry.check("model", values::one_of(&record.model, &MODELS))?;
        entry.check("pue", values::not_negative(record.pue))?;
        provider_list(entry, &record.providers)?;
        entry.check("city", values::text(&record.city))?;
        for (index, certificate) in record.certificates.iter().enumerate() {
            let at = |field: &str| format!("certificates[{index}].{field}");
            entry.check(&at("energyprovider"), values::text(&certificate.energyprovider))?;
            entry
                .check(&at("mainenergy_type"), values::one_of(&certificate.mainenergy_type, &ENERGY_TYPES))?;
            entry.check(&at("url"), values::url_or_empty(&certificate.url))?;
            period(entry, &at(""), certificate.valid_from.as_deref(), certificate.valid_to.as_deref())?;
        }
    }
    Ok(())
}

fn provider_list(entry: Entry, providers: &[i64]) -> Checked {
    let mut ids = Unique::new();
    for (index, &provider) in providers.iter().enumerate() {
        let checked = values::id(provider).and_then(|()| ids.check(provider, &format!("`{provider}`")));
        entry.check(&format!("providers[{index}]"), checked)?;
    }
    Ok(())
}

fn ip_ranges(document: &CatalogDocument) -> Checked {
    let mut ids = Unique::new();
    for (entry, record) in entries("ip_ranges", &document.ip_ranges) {
        own_id(entry, record.id, &mut ids)?;
        entry.check("provider", values::id(record.provider))?;
        let start = entry.check("start", values::address(&record.start))?;
        let end = entry.check("end", values::address(&record.end))?;
        entry.check("end", values::range(start, end))?;
    }
    Ok(())
}

fn asns(document: &CatalogDocument) -> Checked {
    let mut ids = Unique::new();
    let mut active = Unique::new();
    for (entry, record) in entries("asns", &document.asns) {
        own_id(entry, record.id, &mut ids)?;
        entry.check("provider", values::id(record.provider))?;
        entry.check("asn", values::asn(record.asn))?;
        if record.active {
            entry
                .check("asn", active.check(record.asn, &format!("the active AS number `{}`", record.asn)))?;
        }
    }
    Ok(())
}

fn carbon_txts(records: &[CarbonTxtRecord]) -> Checked {
    let mut providers = Unique::new();
    let mut domains = Unique::new();
    let mut urls = Unique::new();
    for (entry, record) in entries("carbon_txts", records) {
        entry.check("provider", values::id(record.provider))?;
        entry.check("provider", providers.check(record.provider, &format!("`{}`", record.provider)))?;
        if let Some(domain) = &record.domain {
            let parsed = entry.check("domain", values::host(domain))?;
            entry.check("domain", domains.check(parsed, &format!("`{domain}`")))?;
        } else if record.carbon_txt_url.is_some() {
            let missing = Err("is missing: say whose carbon.txt the URL is".to_owned());
            entry.check("domain", missing)?;
        }
        if let Some(url) = &record.carbon_txt_url {
            let checked =
                values::carbon_txt_url(url).and_then(|()| urls.check(url.as_str(), &format!("`{url}`")));
            entry.check("carbon_txt_url", checked)?;
        }
        if let Some(secret) = &record.shared_secret {
            entry.check("shared_secret", values::secret(secret))?;
        }
    }
    Ok(())
}

fn linked_domains(document: &CatalogDocument) -> Checked {
    let mut links = Unique::new();
    for (entry, record) in entries("linked_domains", &document.linked_domains) {
        entry.check("provider", values::id(record.provider))?;
        let domain = entry.check("domain", values::host(&record.domain))?;
        let shown = format!("`{}` of provider {}", record.domain, record.provider);
        entry.check("domain", links.check((record.provider, domain), &shown))?;
    }
    Ok(())
}

fn users(records: &[UserRecord]) -> Checked {
    let mut names = Unique::new();
    for (entry, record) in entries("users", records) {
        entry.check("username", values::filled(&record.username))?;
        entry.check("username", names.check(record.username.as_str(), &format!("`{}`", record.username)))?;
        if let Some(password) = &record.password {
            entry.check("password", values::password(password))?;
        }
        provider_list(entry, &record.providers)?;
        let mut groups = Unique::new();
        for (index, group) in record.groups.iter().enumerate() {
            let checked =
                values::filled(group).and_then(|()| groups.check(group.as_str(), &format!("`{group}`")));
            entry.check(&format!("groups[{index}]"), checked)?;
        }
    }
    Ok(())
}

fn green_domains(records: &[GreenDomainRecord]) -> Checked {
    let mut hosts = Unique::new();
    for (entry, record) in entries("green_domains", records) {
        let host = entry.check("url", values::host(&record.url))?;
        entry.check("url", hosts.check(host, &format!("`{}`", record.url)))?;
        entry.check("hosted_by_id", values::id(record.hosted_by_id))?;
        for (field, text) in [
            ("hosted_by", &record.hosted_by),
            ("hosted_by_website", &record.hosted_by_website),
            ("partner", &record.partner),
        ] {
            entry.check(field, values::text(text.as_deref().unwrap_or_default()))?;
        }
        entry.check("modified", values::time(record.modified.as_deref()))?;
        entry.check("created", values::time(record.created.as_deref()))?;
        if let Some(kind) = &record.r#type {
            entry.check("type", values::one_of(kind, &MATCH_TYPES))?;
        }
    }
    Ok(())
}

fn co2_intensity(records: &[Co2IntensityRecord]) -> Checked {
    let mut rows = Unique::new();
    for (entry, record) in entries("co2_intensity", records) {
        entry.check("country_name", values::filled(&record.country_name))?;
        if let Some(code) = &record.iso2 {
            entry.check("iso2", values::country(code))?;
        }
        entry.check("iso3", values::letters(&record.iso3, 3))?;
        entry.check("carbon_intensity", values::not_negative(record.carbon_intensity))?;
        entry.check("carbon_intensity_type", values::filled(&record.carbon_intensity_type))?;
        entry.check("generation_from_fossil", values::percentage(record.generation_from_fossil))?;
        entry.check("year", values::year(record.year))?;
        let shown = format!("`{}` of {}", record.iso3, record.year);
        entry.check("iso3", rows.check((record.iso3.to_ascii_uppercase(), record.year), &shown))?;
    }
    Ok(())
}
