-- For lists of a provider's domains. Its columns stay as they are when a check touches a row, so such updates remain heap-only.
CREATE INDEX green_domains_provider ON green_domains (provider_id, host);
