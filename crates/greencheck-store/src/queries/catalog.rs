use diesel::dsl;
use diesel::prelude::*;

use crate::schema::{
    asns, carbon_txts, catalog_version, co2_intensity, datacenter_certificates, datacenter_providers,
    datacenters, ip_ranges, linked_domains, provider_services, providers, supporting_documents, user_groups,
    user_providers, users,
};

#[dsl::auto_type(no_type_alias)]
pub(crate) fn generation() -> _ {
    catalog_version::table.select(catalog_version::generation)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn providers() -> _ {
    providers::table.order(providers::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn providers_among<'a>(ids: &'a [i64]) -> _ {
    providers::table.filter(providers::id.eq_any(ids)).select(providers::id)
}

/// What may be shown of the providers' evidence.
#[dsl::auto_type(no_type_alias)]
pub(crate) fn public_documents() -> _ {
    supporting_documents::table
        .filter(supporting_documents::is_public.eq(true))
        .filter(supporting_documents::archived.eq(false))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn active_ranges() -> _ {
    ip_ranges::table
        .filter(ip_ranges::active.eq(true))
        .select((ip_ranges::id, ip_ranges::provider_id, ip_ranges::start_address, ip_ranges::end_address))
        .order(ip_ranges::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn active_asns() -> _ {
    asns::table.filter(asns::active.eq(true)).order(asns::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn carbon_txts() -> _ {
    carbon_txts::table.order(carbon_txts::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn approved_domains() -> _ {
    linked_domains::table.filter(linked_domains::approved.eq(true)).order(linked_domains::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn services() -> _ {
    provider_services::table.order((provider_services::provider_id, provider_services::position))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn documents() -> _ {
    supporting_documents::table.order(supporting_documents::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn datacenters() -> _ {
    datacenters::table.order(datacenters::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn datacenter_providers() -> _ {
    datacenter_providers::table
        .order((datacenter_providers::datacenter_id, datacenter_providers::provider_id))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn certificates() -> _ {
    datacenter_certificates::table.order(datacenter_certificates::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn ranges() -> _ {
    ip_ranges::table.order(ip_ranges::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn asns() -> _ {
    asns::table.order(asns::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn linked_domains() -> _ {
    linked_domains::table.order(linked_domains::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn users() -> _ {
    users::table.order(users::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn users_among<'a>(names: &'a [&'a str]) -> _ {
    users::table.filter(users::username.eq_any(names))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn user_providers() -> _ {
    user_providers::table.order((user_providers::user_id, user_providers::provider_id))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn user_groups() -> _ {
    user_groups::table.order((user_groups::user_id, user_groups::group_name))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn co2_intensity() -> _ {
    co2_intensity::table.order(co2_intensity::id)
}
