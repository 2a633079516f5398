CREATE TABLE new_carbon_txts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id BIGINT NOT NULL UNIQUE REFERENCES providers (id) ON DELETE CASCADE,
    domain TEXT NOT NULL UNIQUE,
    url TEXT,
    shared_secret TEXT
);
INSERT INTO new_carbon_txts SELECT id, provider_id, domain, url, shared_secret FROM carbon_txts WHERE domain IS NOT NULL;
DROP TABLE carbon_txts;
ALTER TABLE new_carbon_txts RENAME TO carbon_txts;
