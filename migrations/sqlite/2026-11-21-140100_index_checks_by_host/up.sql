CREATE INDEX checks_host ON checks (host, checked_at);
