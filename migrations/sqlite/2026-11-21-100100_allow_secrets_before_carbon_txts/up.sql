-- A provider may ask for its shared secret before it has published a carbon.txt.
CREATE TABLE new_carbon_txts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id BIGINT NOT NULL UNIQUE REFERENCES providers (id) ON DELETE CASCADE,
    domain TEXT UNIQUE,
    url TEXT,
    shared_secret TEXT
);
INSERT INTO new_carbon_txts SELECT id, provider_id, domain, url, shared_secret FROM carbon_txts;
DROP TABLE carbon_txts;
ALTER TABLE new_carbon_txts RENAME TO carbon_txts;
