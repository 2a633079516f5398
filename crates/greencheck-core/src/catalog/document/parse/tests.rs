use rstest::rstest;

use super::*;

fn problem(json: &str) -> String {
    CatalogDocument::parse(json).expect_err("the document is broken").to_string()
}

#[test]
fn every_section_is_optional() {
    let parsed = CatalogDocument::parse(" {} ").unwrap();
    assert_eq!(parsed.document, CatalogDocument::default());
    assert!(parsed.ignored.is_empty());
}

#[test]
fn unknown_keys_inside_entries_are_counted_by_path() {
    let parsed = CatalogDocument::parse(
        r#"{"providers":[{"id":1,"name":"A","colour":"green"},{"id":2,"name":"B","colour":"blue"}],
            "datacenters":[{"id":1,"name":"D","certificates":[{"url":"","seal":{"deep":1}}]}]}"#,
    )
    .unwrap();
    assert_eq!(parsed.document.providers.len(), 2);
    let ignored: Vec<_> = parsed.ignored.iter().map(|(path, count)| (path.as_str(), *count)).collect();
    assert_eq!(ignored, [("datacenters.certificates.seal", 1), ("providers.colour", 2)]);
}

#[test]
fn an_unknown_section_is_an_error_that_lists_the_known_ones() {
    assert_eq!(
        problem(r#"{"provider":[]}"#),
        "provider: unknown section; the sections are providers, services, supporting_documents, datacenters, \
         ip_ranges, asns, carbon_txts, linked_domains, users, green_domains, co2_intensity"
    );
    assert!(problem(r#"{"$schema.org":1}"#).starts_with("$schema_org: unknown section"));
}

#[rstest]
#[case::empty("", "line 1 column 0: not JSON: EOF while parsing a value")]
#[case::broken("{\n  \"providers\": [,]\n}", "line 2 column 17: not JSON: expected value")]
#[case::cut(r#"{"providers":[{"id":1"#, "line 1 column 21: not JSON: EOF while parsing an object")]
#[case::two("{} {}", "line 1 column 4: not JSON: trailing characters")]
#[case::list("[]", "line 1 column 1: expected one JSON object such as `{\"providers\": […]}`")]
#[case::null("null", "the document: invalid type: null, expected an object (line 1 column 4)")]
#[case::section(r#"{"asns":{}}"#, "asns: invalid type: map, expected a list (line 1 column 8)")]
fn texts_that_are_no_document_say_where(#[case] json: &str, #[case] expected: &str) {
    assert_eq!(problem(json), expected);
}

#[rstest]
#[case::missing(
    r#"{"ip_ranges":[{"id":1,"provider":1,"start":"192.0.2.0"}]}"#,
    "ip_ranges[0]: missing field `end` (line 1 column 55)"
)]
#[case::kind(
    r#"{"providers":[{"id":"x","name":"A"}]}"#,
    "providers[0].id: invalid type: string \"x\", expected a whole number (line 1 column 23)"
)]
#[case::large(
    r#"{"asns":[{"id":1,"provider":1,"asn":4294967296}]}"#,
    "asns[0].asn: invalid value: integer `4294967296`, expected a whole number from 0 to 4294967295 (line 1 column 46)"
)]
#[case::secret(
    r#"{"users":[{"username":"a","password":12345}]}"#,
    "users[0].password: expected a text (line 1 column 42)"
)]
#[case::twice(r#"{"asns":[],"asns":[]}"#, "the document: duplicate field `asns` (line 1 column 17)")]
fn values_of_the_wrong_type_have_a_path(#[case] json: &str, #[case] expected: &str) {
    assert_eq!(problem(json), expected);
}

#[rstest]
#[case(r#"{"id":0,"name":"A"}"#, "id: `0` is no id: expected 1 or more")]
#[case(r#"{"id":1,"name":" "}"#, "name: is empty")]
#[case(r#"{"id":1,"name":"A\u0000"}"#, "name: `A\\0` has a control character")]
#[case(r#"{"id":1,"name":"A","country":"NLD"}"#, "country: `NLD` is no country code of 2 letters")]
#[case(
    r#"{"id":1,"name":"A","website":"ftp://a.example.com"}"#,
    "website: `ftp://a.example.com` is no http or https URL"
)]
#[case(r#"{"id":1,"name":"A","website":"our site"}"#, "website: `our site` is neither a URL nor a domain")]
#[case(
    r#"{"id":1,"name":"A","model":"green"}"#,
    "model: `green` is not known: expected `groeneenergie`, `compensatie`, `mixed`"
)]
fn a_broken_provider_says_what_is_wrong(#[case] provider: &str, #[case] expected: &str) {
    let json = format!(r#"{{"providers":[{{"id":9,"name":"Good"}},{provider}]}}"#);
    assert_eq!(problem(&json), format!("providers[1].{expected}"));
}

#[rstest]
#[case::twice(
    r#"{"providers":[{"id":1,"name":"A"},{"id":1,"name":"B"}]}"#,
    "providers[1].id: `1` comes twice in this section"
)]
#[case::service(r#"{"services":[{"provider":1,"services":["a",""]}]}"#, "services[0].services[1]: is empty")]
#[case::services(
    r#"{"services":[{"provider":1,"services":[]},{"provider":1,"services":[]}]}"#,
    "services[1].provider: `1` comes twice in this section"
)]
#[case::document_url(
    r#"{"supporting_documents":[{"id":1,"provider":1,"title":"T","url":"/report.pdf"}]}"#,
    "supporting_documents[0].url: `/report.pdf` is no http or https URL"
)]
#[case::document_type(
    r#"{"supporting_documents":[{"id":1,"provider":1,"title":"T","type":"PDF"}]}"#,
    "supporting_documents[0].type: `PDF` is not known: expected `Annual report`, `Web page`, `Certificate`, `Other`"
)]
#[case::date(
    r#"{"supporting_documents":[{"id":1,"provider":1,"title":"T","valid_from":"2024-02-30"}]}"#,
    "supporting_documents[0].valid_from: `2024-02-30` is no date: expected `YYYY-MM-DD`"
)]
#[case::period(r#"{"supporting_documents":[{"id":1,"provider":1,"title":"T","valid_from":"2024-02-02","valid_to":"2024-02-01"}]}"#, "supporting_documents[0].valid_to: `2024-02-01` is before the beginning `2024-02-02`")]
#[case::pue(
    r#"{"datacenters":[{"id":1,"name":"D","pue":-1.2}]}"#,
    "datacenters[0].pue: `-1.2` is not 0 or more"
)]
#[case::tenant(
    r#"{"datacenters":[{"id":1,"name":"D","providers":[4,4]}]}"#,
    "datacenters[0].providers[1]: `4` comes twice in this section"
)]
#[case::certificate(
    r#"{"datacenters":[{"id":1,"name":"D","certificates":[{},{"mainenergy_type":"coal"}]}]}"#,
    "datacenters[0].certificates[1].mainenergy_type: `coal` is not known: expected `wind`, `water`, `solar`, `mixed`"
)]
#[case::certificate_date(
    r#"{"datacenters":[{"id":1,"name":"D","certificates":[{"valid_to":"soon"}]}]}"#,
    "datacenters[0].certificates[0].valid_to: `soon` is no date: expected `YYYY-MM-DD`"
)]
#[case::address(
    r#"{"ip_ranges":[{"id":1,"provider":1,"start":"192.0.2.0","end":"192.0.2.256"}]}"#,
    "ip_ranges[0].end: `192.0.2.256` is no IP address"
)]
#[case::reversed(
    r#"{"ip_ranges":[{"id":1,"provider":1,"start":"192.0.2.9","end":"192.0.2.1"}]}"#,
    "ip_ranges[0].end: 192.0.2.9 comes after 192.0.2.1: write the lower address first"
)]
#[case::families(
    r#"{"ip_ranges":[{"id":1,"provider":1,"start":"192.0.2.9","end":"2001:db8::1"}]}"#,
    "ip_ranges[0].end: 192.0.2.9 and 2001:db8::1 are of different families: write two IPv4 or two IPv6 addresses"
)]
#[case::asn(
    r#"{"asns":[{"id":1,"provider":1,"asn":0}]}"#,
    "asns[0].asn: \"0\" is not an AS number: write a number from 1 to 4294967295, with or without \"AS\" before it"
)]
#[case::asn_twice(
    r#"{"asns":[{"id":1,"provider":1,"asn":64500},{"id":2,"provider":1,"asn":64500}]}"#,
    "asns[1].asn: the active AS number `64500` comes twice in this section"
)]
#[case::carbon_url(r#"{"carbon_txts":[{"provider":1,"domain":"a.example.com","carbon_txt_url":"a.example.com/carbon.txt"}]}"#, "carbon_txts[0].carbon_txt_url: `a.example.com/carbon.txt` is no http or https URL")]
#[case::carbon_host(r#"{"carbon_txts":[{"provider":1,"domain":"a.example.com","carbon_txt_url":"https://localhost/carbon.txt"}]}"#, "carbon_txts[0].carbon_txt_url: \"localhost\" ends in no public suffix such as \"com\" or \"co.uk\": write the full name")]
#[case::carbon_domain(
    r#"{"carbon_txts":[{"provider":1,"domain":"A.example.com"},{"provider":2,"domain":"a.example.com."}]}"#,
    "carbon_txts[1].domain: `a.example.com.` comes twice in this section"
)]
#[case::shared_secret(
    r#"{"carbon_txts":[{"provider":1,"domain":"a.example.com","shared_secret":""}]}"#,
    "carbon_txts[0].shared_secret: is empty: leave it out for none"
)]
#[case::linked(
    r#"{"linked_domains":[{"provider":1,"domain":"not a domain"}]}"#,
    "linked_domains[0].domain: \"not a domain\" has a character no host name has: use letters, digits, hyphens, underscores and dots"
)]
#[case::linked_twice(
    r#"{"linked_domains":[{"provider":1,"domain":"a.example.com"},{"provider":1,"domain":"A.example.com"}]}"#,
    "linked_domains[1].domain: `A.example.com` of provider 1 comes twice in this section"
)]
#[case::username(r#"{"users":[{"username":""}]}"#, "users[0].username: is empty")]
#[case::usernames(
    r#"{"users":[{"username":"a"},{"username":"a"}]}"#,
    "users[1].username: `a` comes twice in this section"
)]
#[case::password(
    r#"{"users":[{"username":"a","password":""}]}"#,
    "users[0].password: is empty: leave it out for a user who cannot log in"
)]
#[case::hash(
    r#"{"users":[{"username":"a","password":"$argon2id$v=19"}]}"#,
    "users[0].password: is no complete argon2 hash: expected `$argon2id$v=19$m=…,t=…,p=…$salt$hash`"
)]
#[case::green_url(
    r#"{"green_domains":[{"url":"nonsense","hosted_by_id":1}]}"#,
    "green_domains[0].url: \"nonsense\" ends in no public suffix such as \"com\" or \"co.uk\": write the full name"
)]
#[case::green_time(
    r#"{"green_domains":[{"url":"a.example.com","hosted_by_id":1,"modified":"yesterday"}]}"#,
    "green_domains[0].modified: `yesterday` is no time: expected a form such as `2026-01-31T10:00:00Z`"
)]
#[case::co2_code(r#"{"co2_intensity":[{"country_name":"X","iso3":"NL","carbon_intensity":1,"carbon_intensity_type":"avg","generation_from_fossil":1,"year":2021}]}"#, "co2_intensity[0].iso3: `NL` is no country code of 3 letters")]
#[case::co2_share(r#"{"co2_intensity":[{"country_name":"X","iso3":"NLD","carbon_intensity":1,"carbon_intensity_type":"avg","generation_from_fossil":100.5,"year":2021}]}"#, "co2_intensity[0].generation_from_fossil: `100.5` is no percentage from 0 to 100")]
#[case::co2_year(r#"{"co2_intensity":[{"country_name":"X","iso3":"NLD","carbon_intensity":1,"carbon_intensity_type":"avg","generation_from_fossil":1,"year":21}]}"#, "co2_intensity[0].year: `21` is no year from 1900 to 2200")]
fn values_that_make_no_sense_have_a_path(#[case] json: &str, #[case] expected: &str) {
    assert_eq!(problem(json), expected);
}

#[test]
fn two_networks_of_the_same_id_in_other_sections_are_fine() {
    let json = r#"{"ip_ranges":[{"id":1,"provider":1,"start":"192.0.2.0","end":"192.0.2.255"}],
                   "asns":[{"id":1,"provider":1,"asn":64500},{"id":2,"provider":2,"asn":64500,"active":false}]}"#;
    assert!(CatalogDocument::parse(json).is_ok());
}

#[test]
fn what_is_written_is_read_back() {
    let json = r#"{"providers":[{"id":1,"name":"Gröne Wiese","website":"wiese.example.com","country":"DE","model":"mixed"}],
        "services":[{"provider":1,"services":["Shared hosting"]}],
        "supporting_documents":[{"id":1,"provider":1,"title":"T","type":"Web page","valid_from":"2024-01-01"}],
        "datacenters":[{"id":1,"name":"D","pue":1.2,"providers":[1],"certificates":[{"mainenergy_type":"wind"}]}],
        "ip_ranges":[{"id":1,"provider":1,"start":"2001:db8::","end":"2001:db8::ffff"}],
        "asns":[{"id":1,"provider":1,"asn":64500}],
        "carbon_txts":[{"provider":1,"domain":"a.example.com","carbon_txt_url":"https://a.example.com/carbon.txt","shared_secret":"s"}],
        "linked_domains":[{"provider":1,"domain":"b.example.com","approved":true}],
        "users":[{"username":"a","password":"p","providers":[1],"groups":["admin"]}],
        "green_domains":[{"url":"c.example.com","hosted_by_id":1,"modified":"2019-12-09 10:00:00"}],
        "co2_intensity":[{"country_name":"World","iso2":"xx","iso3":"xxx","carbon_intensity":442.23,"carbon_intensity_type":"avg","generation_from_fossil":61.56,"year":2021}]}"#;
    let document = CatalogDocument::parse(json).unwrap().document;
    let written = document.to_json();
    assert_eq!(CatalogDocument::parse(&written).unwrap().document, document);
    assert!(written.ends_with("}\n"));
    for section in SECTIONS {
        assert!(written.contains(&format!("\n  \"{section}\": [\n")), "{section}");
    }
}
