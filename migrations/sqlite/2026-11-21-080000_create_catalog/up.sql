CREATE TABLE providers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    website TEXT NOT NULL,
    country TEXT NOT NULL,
    city TEXT NOT NULL,
    model TEXT NOT NULL CHECK (model IN ('', 'groeneenergie', 'compensatie', 'mixed')),
    partner TEXT,
    is_listed BOOLEAN NOT NULL,
    archived BOOLEAN NOT NULL,
    description TEXT
);

CREATE TABLE provider_services (
    provider_id BIGINT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    service TEXT NOT NULL,
    PRIMARY KEY (provider_id, position)
);

CREATE TABLE supporting_documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id BIGINT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    kind TEXT CHECK (kind IN ('Annual report', 'Web page', 'Certificate', 'Other')),
    valid_from DATE,
    valid_to DATE,
    is_public BOOLEAN NOT NULL,
    archived BOOLEAN NOT NULL
);
CREATE INDEX supporting_documents_provider ON supporting_documents (provider_id);

CREATE TABLE datacenters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    city TEXT NOT NULL,
    website TEXT NOT NULL,
    model TEXT NOT NULL CHECK (model IN ('', 'groeneenergie', 'compensatie', 'mixed')),
    pue DOUBLE NOT NULL,
    mja3 BOOLEAN,
    is_listed BOOLEAN NOT NULL
);

CREATE TABLE datacenter_providers (
    datacenter_id BIGINT NOT NULL REFERENCES datacenters (id) ON DELETE CASCADE,
    provider_id BIGINT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    PRIMARY KEY (datacenter_id, provider_id)
);
CREATE INDEX datacenter_providers_provider ON datacenter_providers (provider_id);

CREATE TABLE datacenter_certificates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    datacenter_id BIGINT NOT NULL REFERENCES datacenters (id) ON DELETE CASCADE,
    energy_provider TEXT NOT NULL,
    main_energy_type TEXT NOT NULL CHECK (main_energy_type IN ('', 'wind', 'water', 'solar', 'mixed')),
    url TEXT NOT NULL,
    valid_from DATE,
    valid_to DATE
);
CREATE INDEX datacenter_certificates_datacenter ON datacenter_certificates (datacenter_id);

CREATE TABLE ip_ranges (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id BIGINT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    start_address TEXT NOT NULL,
    end_address TEXT NOT NULL,
    family INTEGER NOT NULL CHECK (family IN (4, 6)),
    active BOOLEAN NOT NULL,
    created TIMESTAMP NOT NULL,
    modified TIMESTAMP NOT NULL
);
CREATE INDEX ip_ranges_provider ON ip_ranges (provider_id);

CREATE TABLE asns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id BIGINT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    asn BIGINT NOT NULL CHECK (asn BETWEEN 1 AND 4294967295),
    active BOOLEAN NOT NULL,
    created TIMESTAMP NOT NULL,
    modified TIMESTAMP NOT NULL
);
CREATE INDEX asns_provider ON asns (provider_id);
CREATE UNIQUE INDEX asns_active ON asns (asn) WHERE active;

CREATE TABLE carbon_txts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id BIGINT NOT NULL UNIQUE REFERENCES providers (id) ON DELETE CASCADE,
    domain TEXT NOT NULL UNIQUE,
    url TEXT,
    shared_secret TEXT
);

CREATE TABLE linked_domains (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id BIGINT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    approved BOOLEAN NOT NULL,
    UNIQUE (provider_id, domain)
);

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE,
    -- argon2id as a PHC string; without one the user cannot log in.
    password_hash TEXT
);

CREATE TABLE user_providers (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider_id BIGINT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, provider_id)
);
CREATE INDEX user_providers_provider ON user_providers (provider_id);

CREATE TABLE user_groups (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    group_name TEXT NOT NULL,
    PRIMARY KEY (user_id, group_name)
);

CREATE TABLE co2_intensity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    country_name TEXT NOT NULL,
    iso2 TEXT,
    iso3 TEXT NOT NULL,
    carbon_intensity DOUBLE NOT NULL,
    carbon_intensity_type TEXT NOT NULL,
    generation_from_fossil DOUBLE NOT NULL,
    year INTEGER NOT NULL,
    UNIQUE (iso3, year)
);

CREATE TABLE catalog_version (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation BIGINT NOT NULL
);
INSERT INTO catalog_version (id, generation) VALUES (1, 1);
