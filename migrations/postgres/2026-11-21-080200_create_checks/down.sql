DROP TABLE check_batches;
DROP TABLE checks;
