-- provider_id has no foreign key: the provider may be gone, the verdict then still says who it was.
-- Nothing is indexed but the key: last_checked_at changes with every check, and an index on it would make each of these
-- updates write the key's index as well (no heap-only tuples). The daily expiry reads the table once instead.
CREATE TABLE green_domains (
    host TEXT COLLATE "C" PRIMARY KEY,
    green BOOLEAN NOT NULL,
    provider_id BIGINT NOT NULL,
    hosted_by TEXT NOT NULL,
    hosted_by_website TEXT NOT NULL,
    partner TEXT NOT NULL,
    listed BOOLEAN NOT NULL,
    match_kind TEXT NOT NULL CHECK (match_kind IN ('linked_domain', 'carbon_txt', 'range', 'asn', 'snapshot')),
    match_id BIGINT,
    address TEXT,
    created TIMESTAMP NOT NULL,
    modified TIMESTAMP NOT NULL,
    -- When the row came into this table; created and modified may be those of an import.
    stored_at TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    last_checked_at TIMESTAMP,
    refresh_claimed_at TIMESTAMP
) WITH (fillfactor = 80);

CREATE TABLE carbon_txt_results (
    host TEXT COLLATE "C" PRIMARY KEY,
    location TEXT,
    found_at TEXT,
    -- A JSON array of texts.
    hashes TEXT NOT NULL,
    created TIMESTAMP NOT NULL
);
CREATE INDEX carbon_txt_results_created ON carbon_txt_results (created);
