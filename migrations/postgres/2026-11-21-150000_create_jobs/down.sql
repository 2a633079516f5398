DROP TABLE notices;
DROP TABLE leases;
DROP TABLE jobs;
