-- For lists of a provider's domains.
CREATE INDEX green_domains_provider ON green_domains (provider_id, host);
