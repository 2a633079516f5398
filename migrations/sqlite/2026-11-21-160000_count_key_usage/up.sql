-- What callers asked with their keys. No reference to api_keys: a count that comes late must not fail with its batch.
CREATE TABLE key_usage (
    key_id BIGINT NOT NULL,
    day DATE NOT NULL,
    -- The path as the API's description has it.
    route TEXT NOT NULL,
    requests BIGINT NOT NULL,
    names BIGINT NOT NULL,
    PRIMARY KEY (key_id, day, route)
);
