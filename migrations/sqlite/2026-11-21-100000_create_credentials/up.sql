CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- SHA-256 of the token.
    token_hash TEXT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX api_tokens_user ON api_tokens (user_id);

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The 8 characters that name the key.
    prefix TEXT NOT NULL UNIQUE,
    -- SHA-512 of the whole key.
    key_hash TEXT NOT NULL,
    service TEXT NOT NULL,
    privilege_level TEXT,
    note TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    expires TIMESTAMP,
    revoked TIMESTAMP
);
CREATE INDEX api_keys_user ON api_keys (user_id);
