use diesel::dsl;
use diesel::prelude::*;

use crate::schema::{
    api_keys, api_tokens, asns, carbon_txts, ip_ranges, providers, user_groups, user_providers, users,
};

type KeyColumns = (
    api_keys::id,
    api_keys::user_id,
    users::username,
    api_keys::prefix,
    api_keys::key_hash,
    api_keys::service,
    api_keys::privilege_level,
    api_keys::note,
    api_keys::created,
    api_keys::expires,
    api_keys::revoked,
);

const KEY: KeyColumns = (
    api_keys::id,
    api_keys::user_id,
    users::username,
    api_keys::prefix,
    api_keys::key_hash,
    api_keys::service,
    api_keys::privilege_level,
    api_keys::note,
    api_keys::created,
    api_keys::expires,
    api_keys::revoked,
);

type RangeColumns = (ip_ranges::id, ip_ranges::provider_id, ip_ranges::start_address, ip_ranges::end_address);

const RANGE: RangeColumns =
    (ip_ranges::id, ip_ranges::provider_id, ip_ranges::start_address, ip_ranges::end_address);

#[dsl::auto_type(no_type_alias)]
pub(crate) fn user_named<'a>(name: &'a str) -> _ {
    users::table.filter(users::username.eq(name))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn token_owner<'a>(hash: &'a str) -> _ {
    let owned = api_tokens::table.inner_join(users::table).filter(api_tokens::token_hash.eq(hash));
    owned.select((users::id, users::username))
}

/// The tokens of a user, newest first.
#[dsl::auto_type(no_type_alias)]
pub(crate) fn tokens_of(user: i64) -> _ {
    api_tokens::table.filter(api_tokens::user_id.eq(user)).select(api_tokens::id).order(api_tokens::id.desc())
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn groups_of(user: i64) -> _ {
    user_groups::table.filter(user_groups::user_id.eq(user)).select(user_groups::group_name)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn providers_of(user: i64) -> _ {
    user_providers::table.filter(user_providers::user_id.eq(user)).select(user_providers::provider_id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn first_provider() -> _ {
    providers::table.select(providers::id).order(providers::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn active_ranges_of<'a>(providers: &'a [i64]) -> _ {
    let columns: RangeColumns = RANGE;
    let active = ip_ranges::table.filter(ip_ranges::active.eq(true));
    active.filter(ip_ranges::provider_id.eq_any(providers)).select(columns).order(ip_ranges::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn active_range(id: i64) -> _ {
    let columns: RangeColumns = RANGE;
    ip_ranges::table.filter(ip_ranges::active.eq(true)).filter(ip_ranges::id.eq(id)).select(columns)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn active_asns_of<'a>(providers: &'a [i64]) -> _ {
    let active = asns::table.filter(asns::active.eq(true));
    active.filter(asns::provider_id.eq_any(providers)).order(asns::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn active_asn(id: i64) -> _ {
    asns::table.filter(asns::active.eq(true)).filter(asns::id.eq(id))
}

/// The entries of an AS number in any state, of any provider.
#[dsl::auto_type(no_type_alias)]
pub(crate) fn entries_of_asn(asn: i64) -> _ {
    asns::table.filter(asns::asn.eq(asn)).select(asns::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn secret_of(provider: i64) -> _ {
    carbon_txts::table.filter(carbon_txts::provider_id.eq(provider)).select(carbon_txts::shared_secret)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn keys() -> _ {
    let columns: KeyColumns = KEY;
    api_keys::table.inner_join(users::table).select(columns).order(api_keys::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn keys_of<'a>(username: &'a str) -> _ {
    let columns: KeyColumns = KEY;
    let owned = api_keys::table.inner_join(users::table).filter(users::username.eq(username));
    owned.select(columns).order(api_keys::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn key_by_prefix<'a>(prefix: &'a str) -> _ {
    let columns: KeyColumns = KEY;
    api_keys::table.inner_join(users::table).filter(api_keys::prefix.eq(prefix)).select(columns)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn key_by_id(id: i64) -> _ {
    let columns: KeyColumns = KEY;
    api_keys::table.inner_join(users::table).filter(api_keys::id.eq(id)).select(columns)
}

/// Inserts a range or an AS number; answers with its id.
macro_rules! insert_network {
    ($table:ident, $row:expr) => {
        diesel::insert_into($crate::schema::$table::table).values($row).returning($crate::schema::$table::id)
    };
}
pub(crate) use insert_network;

/// Makes an active network inactive.
macro_rules! deactivate {
    ($table:ident, $id:expr, $now:expr) => {
        diesel::update($crate::schema::$table::table.find($id))
            .filter($crate::schema::$table::active.eq(true))
            .set(($crate::schema::$table::active.eq(false), $crate::schema::$table::modified.eq($now)))
    };
}
pub(crate) use deactivate;

/// Replaces the shared secret of a provider, which may have no carbon.txt yet.
macro_rules! put_secret {
    ($provider:expr, $secret:expr) => {
        diesel::insert_into($crate::schema::carbon_txts::table)
            .values((
                $crate::schema::carbon_txts::provider_id.eq($provider),
                $crate::schema::carbon_txts::shared_secret.eq($secret),
            ))
            .on_conflict($crate::schema::carbon_txts::provider_id)
            .do_update()
            .set($crate::schema::carbon_txts::shared_secret.eq($secret))
    };
}
pub(crate) use put_secret;

macro_rules! insert_token {
    ($user:expr, $hash:expr) => {
        diesel::insert_into($crate::schema::api_tokens::table).values((
            $crate::schema::api_tokens::user_id.eq($user),
            $crate::schema::api_tokens::token_hash.eq($hash),
        ))
    };
}
pub(crate) use insert_token;

/// Takes a key back, unless it is taken back already.
macro_rules! revoke_key {
    ($id:expr, $at:expr) => {
        diesel::update($crate::schema::api_keys::table.find($id))
            .filter($crate::schema::api_keys::revoked.is_null())
            .set($crate::schema::api_keys::revoked.eq($at))
    };
}
pub(crate) use revoke_key;
