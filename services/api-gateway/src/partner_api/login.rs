use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::web::Data;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use greencheck_core::partner::{Sensitive, TokenHash, User};
use greencheck_core::ports::PartnersError;

use super::{PartnerApi, api};
use crate::Gateway;
use crate::limits::{Exceeded, Limits};

const WRONG: &str = "Invalid username/password.";

/// Why nobody is logged in.
#[derive(Debug)]
pub(crate) enum LoginError {
    /// What the header shows proves nothing; says why in the platform's words.
    Refused(&'static str),
    TooMany(Exceeded),
    Unavailable(PartnersError),
}

/// What a header `Authorization` shows.
#[derive(Debug, PartialEq)]
enum Shown {
    Basic { username: String, password: Sensitive },
    Token(TokenHash),
}

impl PartnerApi {
    /// Who calls. `None` for whoever shows nothing, or shows what is none of ours.
    pub(crate) async fn login(&self, request: &HttpRequest) -> Result<Option<User>, LoginError> {
        let (found, otherwise) = match shown(request.headers()).map_err(LoginError::Refused)? {
            None => return Ok(None),
            Some(Shown::Basic { username, password }) => {
                admit_password(request).map_err(LoginError::TooMany)?;
                (self.partners.authenticate(&username, &password).await, WRONG)
            }
            Some(Shown::Token(token)) => {
                admit(request, Limits::spend_one).map_err(LoginError::TooMany)?;
                (self.partners.token_owner(&token).await, "Invalid token.")
            }
        };
        let user = found.map_err(LoginError::Unavailable)?;
        user.map(Some).ok_or(LoginError::Refused(otherwise))
    }
}

/// A password costs its caller as much as a slow check: so many may be tried, and no more.
pub(crate) fn admit_password(request: &HttpRequest) -> Result<(), Exceeded> {
    admit(request, Limits::admit_full)
}

fn admit(
    request: &HttpRequest,
    at_cost: impl Fn(&Limits, &HttpRequest) -> Result<(), Exceeded>,
) -> Result<(), Exceeded> {
    request.app_data::<Data<Gateway>>().map_or(Ok(()), |gateway| at_cost(&gateway.limits, request))
}

/// What speaks against the name and password of a caller of a public route: the platform turns wrong ones away also where
/// it asks for none. Costs nothing without the header. Nobody is turned away because accounts are away, or because they have
/// shown so many passwords that this one is not looked at.
pub(crate) async fn bad_basic(request: &HttpRequest) -> Option<&'static str> {
    if !request.headers().contains_key(AUTHORIZATION) {
        return None;
    }
    match shown(request.headers()) {
        Ok(Some(Shown::Basic { username, password })) => {
            admit_password(request).ok()?;
            let found = api(request)?.partners.authenticate(&username, &password).await;
            matches!(found, Ok(None)).then_some(WRONG)
        }
        Err(why) => why.contains("basic").then_some(why),
        Ok(_) => None,
    }
}

/// `Err` says in the platform's words what is wrong with the header.
fn shown(headers: &HeaderMap) -> Result<Option<Shown>, &'static str> {
    let Some(header) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let header = String::from_utf8_lossy(header.as_bytes());
    let mut words = header.split_ascii_whitespace();
    let scheme = words.next().unwrap_or_default();
    let (credentials, too_many) = (words.next(), words.next().is_some());
    if scheme.eq_ignore_ascii_case("basic") {
        return match credentials {
            None => Err("Invalid basic header. No credentials provided."),
            Some(_) if too_many => Err("Invalid basic header. Credentials string should not contain spaces."),
            Some(credentials) => basic(credentials).map(Some),
        };
    }
    if scheme.eq_ignore_ascii_case("token") {
        return match credentials {
            None => Err("Invalid token header. No credentials provided."),
            Some(_) if too_many => Err("Invalid token header. Token string should not contain spaces."),
            Some(token) => Ok(Some(Shown::Token(TokenHash::of(token)))),
        };
    }
    Ok(None)
}

fn basic(credentials: &str) -> Result<Shown, &'static str> {
    let wrong = "Invalid basic header. Credentials not correctly base64 encoded.";
    let bytes = BASE64_STANDARD.decode(credentials).map_err(|_| wrong)?;
    // Older clients send Latin-1.
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect());
    let (username, password) = text.split_once(':').ok_or(wrong)?;
    Ok(Shown::Basic { username: username.to_owned(), password: Sensitive::new(password) })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(header: &str) -> Result<Option<Shown>, &'static str> {
        shown(TestRequest::default().insert_header(("Authorization", header)).to_http_request().headers())
    }

    fn user(username: &str, password: &str) -> Shown {
        let (username, password) = (username.to_owned(), Sensitive::new(password));
        Shown::Basic { username, password }
    }

    #[test]
    fn names_and_passwords_are_read_as_they_were_written() {
        assert_eq!(read("Basic YWRhOmE6Yg=="), Ok(Some(user("ada", "a:b"))));
        assert_eq!(read("bAsIc YWRhOg=="), Ok(Some(user("ada", ""))));
        assert_eq!(read("Basic YWRhOsOk"), Ok(Some(user("ada", "ä"))));
        assert_eq!(read("Basic YWRhOuQ="), Ok(Some(user("ada", "ä"))), "Latin-1");
    }

    #[test]
    fn a_token_is_read_and_other_schemes_are_none_of_ours() {
        assert_eq!(read("Token abc"), Ok(Some(Shown::Token(TokenHash::of("abc")))));
        for other in ["", "Bearer abc", "Api-Key abc", "basicYWRhOg=="] {
            assert_eq!(read(other), Ok(None), "{other}");
        }
    }
}
