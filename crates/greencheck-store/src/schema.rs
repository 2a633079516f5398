//! The tables as both databases have them after `migrations/`; a test compares.

diesel::table! {
    providers (id) {
        id -> BigInt,
        name -> Text,
        website -> Text,
        country -> Text,
        city -> Text,
        model -> Text,
        partner -> Nullable<Text>,
        is_listed -> Bool,
        archived -> Bool,
        description -> Nullable<Text>,
    }
}

diesel::table! {
    provider_services (provider_id, position) {
        provider_id -> BigInt,
        position -> Integer,
        service -> Text,
    }
}

diesel::table! {
    supporting_documents (id) {
        id -> BigInt,
        provider_id -> BigInt,
        title -> Text,
        url -> Text,
        kind -> Nullable<Text>,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        is_public -> Bool,
        archived -> Bool,
        description -> Nullable<Text>,
    }
}

diesel::table! {
    datacenters (id) {
        id -> BigInt,
        name -> Text,
        country -> Text,
        city -> Text,
        website -> Text,
        model -> Text,
        pue -> Double,
        mja3 -> Nullable<Bool>,
        is_listed -> Bool,
    }
}

diesel::table! {
    datacenter_providers (datacenter_id, provider_id) {
        datacenter_id -> BigInt,
        provider_id -> BigInt,
    }
}

diesel::table! {
    datacenter_certificates (id) {
        id -> BigInt,
        datacenter_id -> BigInt,
        energy_provider -> Text,
        main_energy_type -> Text,
        url -> Text,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    ip_ranges (id) {
        id -> BigInt,
        provider_id -> BigInt,
        start_address -> Text,
        end_address -> Text,
        family -> Integer,
        active -> Bool,
        created -> Timestamp,
        modified -> Timestamp,
    }
}

diesel::table! {
    asns (id) {
        id -> BigInt,
        provider_id -> BigInt,
        asn -> BigInt,
        active -> Bool,
        created -> Timestamp,
        modified -> Timestamp,
    }
}

diesel::table! {
    carbon_txts (id) {
        id -> BigInt,
        provider_id -> BigInt,
        domain -> Nullable<Text>,
        url -> Nullable<Text>,
        shared_secret -> Nullable<Text>,
    }
}

diesel::table! {
    linked_domains (id) {
        id -> BigInt,
        provider_id -> BigInt,
        domain -> Text,
        approved -> Bool,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        username -> Text,
        password_hash -> Nullable<Text>,
    }
}

diesel::table! {
    user_providers (user_id, provider_id) {
        user_id -> BigInt,
        provider_id -> BigInt,
    }
}

diesel::table! {
    user_groups (user_id, group_name) {
        user_id -> BigInt,
        group_name -> Text,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> BigInt,
        token_hash -> Text,
        user_id -> BigInt,
        created -> Timestamp,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        user_id -> BigInt,
        prefix -> Text,
        key_hash -> Text,
        service -> Text,
        privilege_level -> Nullable<Text>,
        note -> Text,
        created -> Timestamp,
        expires -> Nullable<Timestamp>,
        revoked -> Nullable<Timestamp>,
    }
}

diesel::table! {
    co2_intensity (id) {
        id -> BigInt,
        country_name -> Text,
        iso2 -> Nullable<Text>,
        iso3 -> Text,
        carbon_intensity -> Double,
        carbon_intensity_type -> Text,
        generation_from_fossil -> Double,
        year -> Integer,
    }
}

diesel::table! {
    green_domains (host) {
        host -> Text,
        green -> Bool,
        provider_id -> BigInt,
        hosted_by -> Text,
        hosted_by_website -> Text,
        partner -> Text,
        listed -> Bool,
        match_kind -> Text,
        match_id -> Nullable<BigInt>,
        address -> Nullable<Text>,
        created -> Timestamp,
        modified -> Timestamp,
        stored_at -> Timestamp,
        last_checked_at -> Nullable<Timestamp>,
        refresh_claimed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    carbon_txt_results (host) {
        host -> Text,
        location -> Nullable<Text>,
        found_at -> Nullable<Text>,
        hashes -> Text,
        created -> Timestamp,
    }
}

diesel::table! {
    checks (id) {
        id -> BigInt,
        checked_at -> Timestamp,
        host -> Text,
        tld -> Text,
        verdict -> Text,
        provider_id -> Nullable<BigInt>,
        match_kind -> Nullable<Text>,
        match_id -> Nullable<BigInt>,
        address -> Nullable<Text>,
        address_family -> Nullable<Integer>,
        cached -> Bool,
        source -> Text,
    }
}

diesel::table! {
    check_batches (id) {
        id -> Text,
        stored_at -> Timestamp,
    }
}

diesel::table! {
    key_usage (key_id, day, route) {
        key_id -> BigInt,
        day -> Date,
        route -> Text,
        requests -> BigInt,
        names -> BigInt,
    }
}

diesel::table! {
    catalog_version (id) {
        id -> BigInt,
        generation -> BigInt,
    }
}

diesel::table! {
    catalog_changes (id) {
        id -> BigInt,
        changed_at -> Timestamp,
        provider_id -> BigInt,
        kind -> Text,
        subject -> Text,
        added -> Bool,
    }
}

diesel::table! {
    jobs (name) {
        name -> Text,
        holder -> Nullable<Text>,
        busy_until -> Nullable<Timestamp>,
        started_at -> Nullable<Timestamp>,
        finished_at -> Nullable<Timestamp>,
        succeeded_at -> Nullable<Timestamp>,
        seconds -> Nullable<Double>,
        message -> Nullable<Text>,
        failed -> Bool,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        held_until -> Timestamp,
    }
}

diesel::table! {
    notices (id) {
        id -> Text,
        kind -> Text,
        recipient -> Text,
        subject -> Text,
        body -> Text,
        created -> Timestamp,
        due -> Nullable<Timestamp>,
        attempts -> Integer,
        sent -> Nullable<Timestamp>,
        error -> Nullable<Text>,
    }
}

diesel::joinable!(catalog_changes -> providers (provider_id));
diesel::allow_tables_to_appear_in_same_query!(providers, supporting_documents, catalog_changes);
diesel::joinable!(api_tokens -> users (user_id));
diesel::joinable!(api_keys -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(users, user_providers, user_groups, api_tokens, api_keys);
