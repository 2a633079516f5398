-- Finds the rows of one name by reading a hundredth of the log's bytes, and costs its writers next to nothing: a page is
-- summed up once, when it is full. A B-tree would cost as much to write as the log itself.
CREATE INDEX checks_host ON checks
    USING brin (checked_at, host text_bloom_ops (n_distinct_per_range = 2500))
    WITH (pages_per_range = 32, autosummarize = on);
