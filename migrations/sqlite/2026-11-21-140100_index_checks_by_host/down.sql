DROP INDEX checks_host;
