DELETE FROM checks WHERE source = 'bulk';
CREATE TABLE checks_new (
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
INSERT INTO checks_new SELECT * FROM checks;
DROP TABLE checks;
ALTER TABLE checks_new RENAME TO checks;
CREATE INDEX checks_checked_at ON checks (checked_at);
