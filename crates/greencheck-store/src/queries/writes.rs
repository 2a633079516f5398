//! Writes that both databases run. They are macros because diesel has no names for the types of these statements that
//! would be shorter than the statements.

/// Inserts rows; where the key is taken, the listed columns are replaced.
macro_rules! upsert {
    ($table:ident, $rows:expr, $key:tt, [$($column:ident),+]) => {
        diesel::insert_into($crate::schema::$table::table)
            .values($rows)
            .on_conflict($crate::queries::key!($table, $key))
            .do_update()
            .set(($($crate::schema::$table::$column
                .eq(diesel::upsert::excluded($crate::schema::$table::$column)),)+))
    };
}
pub(crate) use upsert;

macro_rules! key {
    ($table:ident, ($($column:ident),+)) => { ($($crate::schema::$table::$column,)+) };
    ($table:ident, $column:ident) => { $crate::schema::$table::$column };
}
pub(crate) use key;

macro_rules! upsert_providers {
    ($rows:expr) => {
        $crate::queries::upsert!(
            providers,
            $rows,
            id,
            [name, website, country, city, model, partner, is_listed, archived, description]
        )
    };
}
pub(crate) use upsert_providers;

macro_rules! upsert_documents {
    ($rows:expr) => {
        $crate::queries::upsert!(
            supporting_documents,
            $rows,
            id,
            [provider_id, title, url, kind, valid_from, valid_to, is_public, archived, description]
        )
    };
}
pub(crate) use upsert_documents;

macro_rules! upsert_datacenters {
    ($rows:expr) => {
        $crate::queries::upsert!(
            datacenters,
            $rows,
            id,
            [name, country, city, website, model, pue, mja3, is_listed]
        )
    };
}
pub(crate) use upsert_datacenters;

macro_rules! upsert_ranges {
    ($rows:expr) => {
        $crate::queries::upsert!(
            ip_ranges,
            $rows,
            id,
            [provider_id, start_address, end_address, family, active, modified]
        )
    };
}
pub(crate) use upsert_ranges;

macro_rules! upsert_asns {
    ($rows:expr) => {
        $crate::queries::upsert!(asns, $rows, id, [provider_id, asn, active, modified])
    };
}
pub(crate) use upsert_asns;

macro_rules! upsert_linked_domains {
    ($rows:expr) => {
        $crate::queries::upsert!(linked_domains, $rows, (provider_id, domain), [approved])
    };
}
pub(crate) use upsert_linked_domains;

macro_rules! upsert_co2_intensity {
    ($rows:expr) => {
        $crate::queries::upsert!(
            co2_intensity,
            $rows,
            (iso3, year),
            [country_name, iso2, carbon_intensity, carbon_intensity_type, generation_from_fossil]
        )
    };
}
pub(crate) use upsert_co2_intensity;

/// `created` and `last_checked_at` of an existing row stay.
macro_rules! upsert_verdicts {
    ($rows:expr) => {
        $crate::queries::upsert!(
            green_domains,
            $rows,
            host,
            [
                green,
                provider_id,
                hosted_by,
                hosted_by_website,
                partner,
                listed,
                match_kind,
                match_id,
                address,
                modified
            ]
        )
    };
}
pub(crate) use upsert_verdicts;

macro_rules! upsert_carbon_txt_result {
    ($row:expr) => {
        $crate::queries::upsert!(carbon_txt_results, $row, host, [location, found_at, hashes, created])
    };
}
pub(crate) use upsert_carbon_txt_result;

/// Moves the generation on. First in every transaction that writes to the catalog: the row's lock makes them queue up,
/// so that generations are committed in their order.
macro_rules! next_generation {
    () => {
        diesel::update($crate::schema::catalog_version::table)
            .set(
                $crate::schema::catalog_version::generation
                    .eq($crate::schema::catalog_version::generation + 1),
            )
            .returning($crate::schema::catalog_version::generation)
    };
}
pub(crate) use next_generation;

/// Takes the refresh of a name on, unless somebody did so after `expired`.
macro_rules! claim_refresh {
    ($host:expr, $now:expr, $expired:expr) => {
        diesel::update($crate::schema::green_domains::table.find($host))
            .filter(
                $crate::schema::green_domains::refresh_claimed_at
                    .is_null()
                    .or($crate::schema::green_domains::refresh_claimed_at.le($expired)),
            )
            .set($crate::schema::green_domains::refresh_claimed_at.eq($now))
    };
}
pub(crate) use claim_refresh;
