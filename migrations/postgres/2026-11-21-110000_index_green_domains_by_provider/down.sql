DROP INDEX green_domains_provider;
