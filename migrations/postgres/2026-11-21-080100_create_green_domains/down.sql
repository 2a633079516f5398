DROP TABLE carbon_txt_results;
DROP TABLE green_domains;
