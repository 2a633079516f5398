use diesel::dsl;
use diesel::prelude::*;

use crate::schema::{
    asns, carbon_txts, co2_intensity, datacenter_certificates, datacenter_providers, datacenters,
    green_domains, ip_ranges, linked_domains, provider_services, providers, supporting_documents,
};

#[dsl::auto_type(no_type_alias)]
pub(crate) fn listed_providers() -> _ {
    providers::table.filter(providers::is_listed.eq(true)).order(providers::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn shown_providers_after(id: i64, limit: i64) -> _ {
    providers::table
        .filter(providers::id.gt(id))
        .filter(providers::is_listed.eq(true))
        .filter(providers::archived.eq(false))
        .order(providers::id)
        .limit(limit)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn provider(id: i64) -> _ {
    providers::table.find(id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn services_of<'a>(ids: &'a [i64]) -> _ {
    provider_services::table
        .filter(provider_services::provider_id.eq_any(ids))
        .order((provider_services::provider_id, provider_services::position))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn public_documents_of<'a>(ids: &'a [i64]) -> _ {
    supporting_documents::table
        .filter(supporting_documents::provider_id.eq_any(ids))
        .filter(supporting_documents::is_public.eq(true))
        .filter(supporting_documents::archived.eq(false))
}

/// Without their secrets.
#[dsl::auto_type(no_type_alias)]
pub(crate) fn carbon_txt_urls() -> _ {
    carbon_txts::table
        .filter(carbon_txts::url.is_not_null())
        .select((carbon_txts::provider_id, carbon_txts::url.assume_not_null()))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn carbon_txt_urls_of<'a>(ids: &'a [i64]) -> _ {
    carbon_txts::table
        .filter(carbon_txts::url.is_not_null())
        .select((carbon_txts::provider_id, carbon_txts::url.assume_not_null()))
        .filter(carbon_txts::provider_id.eq_any(ids))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn datacenter_ids_of(provider: i64) -> _ {
    datacenter_providers::table
        .filter(datacenter_providers::provider_id.eq(provider))
        .select(datacenter_providers::datacenter_id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn datacenters_among<'a>(ids: &'a [i64]) -> _ {
    datacenters::table.filter(datacenters::id.eq_any(ids)).order(datacenters::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn certificates_of<'a>(datacenters: &'a [i64]) -> _ {
    datacenter_certificates::table
        .filter(datacenter_certificates::datacenter_id.eq_any(datacenters))
        .order(datacenter_certificates::id)
}

/// How many ranges of a family (4 or 6) a provider has in use.
#[dsl::auto_type(no_type_alias)]
pub(crate) fn count_ranges_of(provider: i64, family: i32) -> _ {
    ip_ranges::table
        .filter(ip_ranges::provider_id.eq(provider))
        .filter(ip_ranges::active.eq(true))
        .filter(ip_ranges::family.eq(family))
        .select(dsl::count_star())
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn announced_by(provider: i64) -> _ {
    asns::table
        .filter(asns::provider_id.eq(provider))
        .filter(asns::active.eq(true))
        .select(asns::asn)
        .order(asns::asn)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn count_linked_domains_of(provider: i64) -> _ {
    linked_domains::table
        .filter(linked_domains::provider_id.eq(provider))
        .filter(linked_domains::approved.eq(true))
        .select(dsl::count_star())
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn domains_of_after<'a>(provider: i64, host: &'a str, limit: i64) -> _ {
    green_domains::table
        .filter(green_domains::provider_id.eq(provider))
        .filter(green_domains::host.gt(host))
        .filter(green_domains::green.eq(true))
        .select((
            green_domains::host,
            green_domains::match_kind,
            green_domains::created,
            green_domains::modified,
        ))
        .order(green_domains::host)
        .limit(limit)
}

/// Rows of countries, not of regions; the newest year last.
#[dsl::auto_type(no_type_alias)]
pub(crate) fn co2_by_year() -> _ {
    co2_intensity::table
        .filter(co2_intensity::iso2.is_not_null())
        .order((co2_intensity::year, co2_intensity::id))
}
