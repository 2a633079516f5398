use actix_web::http::header::CONTENT_TYPE;
use actix_web::test::TestRequest;
use proptest::prelude::*;
use serde_json::json;

use super::read::Unreadable;
use super::*;

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => Fields(fields),
        other => panic!("{other} is no object"),
    }
}

fn parse(body: &str, media: &str) -> Result<Fields, Unreadable> {
    let request = TestRequest::default().insert_header((CONTENT_TYPE, media)).to_http_request();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(Fields::parse(request.headers(), body.to_owned().into()))
}

#[test]
fn json_forms_and_multipart_say_the_same() {
    let multipart = "--xy\r\nContent-Disposition: form-data; name=\"asn\"\r\n\r\n12 345\r\n--xy\r\n\
        content-type: text/plain\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\na=b\r\n\r\n--xy--\r\n";
    let expected = fields(json!({"asn": "12 345", "note": "a=b\r\n"}));
    assert_eq!(parse(multipart, "multipart/form-data; boundary=\"xy\"").unwrap(), expected);
    let form = parse("asn=12+345&note=a%3Db%0D%0A", "application/x-www-form-urlencoded");
    assert_eq!(form.unwrap(), expected);
    let json = parse(r#"{"asn":"12 345","note":"a=b\r\n"}"#, "Application/JSON; charset=utf-8");
    assert_eq!(json.unwrap(), expected);
}

#[test]
fn a_file_is_no_field() {
    let upload =
        "--xy\r\nContent-Disposition: form-data; name=\"asn\"; filename=\"a\"\r\n\r\n7\r\n--xy--\r\n";
    assert_eq!(parse(upload, "multipart/form-data; boundary=xy").unwrap(), Fields::default());
}

#[test]
fn what_cannot_be_read_is_told_without_its_content() {
    let refused = |body: &str, media: &str| parse(body, media).unwrap_err();
    assert_eq!(refused("hunter2", "text/plain"), Unreadable::Media("text/plain".to_owned()));
    assert_eq!(refused("[1]", "application/json"), Unreadable::NoObject("list"));
    let broken = Unreadable::Broken("JSON parse error - line 1 column 13".to_owned());
    assert_eq!(refused(r#"{"password":hunter2}"#, "application/json"), broken);
    for (body, media) in [
        ("--x", "multipart/form-data"),
        ("--x", "multipart/form-data; boundary="),
        ("--x", "multipart/form-data; boundary=x"),
        (
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhunter2",
            "multipart/form-data; boundary=x",
        ),
    ] {
        let Unreadable::Broken(detail) = refused(body, media) else { panic!("{body} is read") };
        assert!(
            detail.starts_with("Multipart form parse error - ") && !detail.contains("hunter2"),
            "{detail}"
        );
    }
}

#[test]
fn a_body_of_nothing_has_no_fields() {
    assert_eq!(parse("", "text/plain").unwrap(), Fields::default());
}

#[test]
fn numbers_are_taken_as_text_and_with_a_fraction_of_zeros() {
    for value in [json!(64500), json!("64500"), json!(" +64500 "), json!(64500.0), json!("64500.00")] {
        assert_eq!(fields(json!({"asn": value})).asn("asn"), Ok(Asn::new(64_500).unwrap()));
    }
    for (value, problem) in [
        (json!(0), "Ensure this value is greater than or equal to 1."),
        (json!("-1"), "Ensure this value is greater than or equal to 1."),
        (json!(4_294_967_296_u64), "Ensure this value is less than or equal to 4294967295."),
        (json!("9".repeat(100)), "Ensure this value is less than or equal to 4294967295."),
        (json!(1.5), "A valid integer is required."),
        (json!(true), "A valid integer is required."),
        (json!("AS64500"), "A valid integer is required."),
        (json!(""), "A valid integer is required."),
        (json!([1]), "A valid integer is required."),
        (json!("9".repeat(1_001)), "A valid integer is required."),
        (Value::Null, "This field may not be null."),
    ] {
        assert_eq!(fields(json!({"asn": value})).asn("asn"), Err(problem.to_owned()));
    }
}

#[test]
fn a_provider_is_a_number() {
    assert_eq!(fields(json!({"hostingprovider": "7"})).provider("hostingprovider"), Ok(ProviderId(7)));
    for (value, kind) in
        [(json!("x"), "str"), (json!(true), "bool"), (json!(1.5), "float"), (json!([]), "list")]
    {
        let problem = format!("Incorrect type. Expected pk value, received {kind}.");
        assert_eq!(fields(json!({"hostingprovider": value})).provider("hostingprovider"), Err(problem));
    }
}

proptest! {
    #[test]
    fn no_body_is_a_panic(body in ".*", boundary in "[a-z]{0,3}") {
        for media in ["application/json", "application/x-www-form-urlencoded"] {
            let _ = parse(&body, media);
        }
        let framed = format!("--{boundary}\r\n{body}\r\n--{boundary}--");
        let _ = parse(&framed, &format!("multipart/form-data; boundary={boundary}"));
    }
}
