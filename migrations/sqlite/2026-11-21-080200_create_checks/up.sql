CREATE TABLE checks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    checked_at TIMESTAMP NOT NULL,
    host TEXT NOT NULL,
    -- The public suffix of the name; empty for an address.
    tld TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('green', 'grey', 'unknown')),
    provider_id BIGINT,
    match_kind TEXT CHECK (match_kind IN ('linked_domain', 'carbon_txt', 'range', 'asn', 'snapshot')),
    match_id BIGINT,
    address TEXT,
    address_family INTEGER CHECK (address_family IN (4, 6)),
    cached BOOLEAN NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('api', 'badge', 'page', 'scan'))
);
CREATE INDEX checks_checked_at ON checks (checked_at);

-- The batches that are stored: one that arrives again is left out.
CREATE TABLE check_batches (
    id TEXT NOT NULL PRIMARY KEY,
    stored_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX check_batches_stored_at ON check_batches (stored_at);
