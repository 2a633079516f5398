//! From what people paste to a canonical host. Text that is canonical already costs one allocation, that of the result.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use idna::AsciiDenyList;

use super::invalid::{self, Flaw};
use super::{Host, InvalidHost, Kind};

const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;
/// No name of 253 bytes is written with more in UTF-8, but for ignored characters; the conversion should not see longer ones.
const MAX_WRITTEN: usize = 4 * MAX_NAME;

pub(super) struct Parsed {
    pub(super) host: Host,
    /// Whether the name was written with characters outside ASCII.
    pub(super) unicode: bool,
}

pub(super) fn parse(input: &str) -> Result<Parsed, InvalidHost> {
    let parsed = authority(input).and_then(host_and_port);
    parsed.map_err(|flaw| invalid::of(input, flaw))
}

/// What stands between the scheme and the path.
fn authority(input: &str) -> Result<&str, Flaw> {
    let rest = without_scheme(input.trim_ascii())?;
    let authority = rest.find(['/', '?', '#']).map_or(rest, |end| &rest[..end]);
    // User info is dropped, but what a browser would read as the end of the host must not hide in it.
    if authority.bytes().any(|byte| byte.is_ascii_control() || byte == b' ' || byte == b'\\') {
        return Err(InvalidHost::Character);
    }
    Ok(authority)
}

fn without_scheme(text: &str) -> Result<&str, Flaw> {
    if let Some(rest) = text.strip_prefix("//") {
        return Ok(rest);
    }
    match text.split_once("://") {
        Some((scheme, rest)) if ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) => {
            Ok(rest)
        }
        Some((scheme, _)) if is_scheme(scheme) => Err(InvalidHost::Scheme),
        // The characters are part of a path or query.
        Some(_) | None => Ok(text),
    }
}

/// RFC 3986, section 3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn host_and_port(authority: &str) -> Result<Parsed, Flaw> {
    let text = authority.rfind('@').map_or(authority, |at| &authority[at + 1..]);
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']').ok_or(InvalidHost::Address as Flaw)?;
        match port.strip_prefix(':') {
            Some(port) => check_port(port)?,
            None if port.is_empty() => {}
            None => return Err(InvalidHost::Port),
        }
        return ipv6(address);
    }
    match text.split_once(':') {
        None => written_name(text),
        Some((_, rest)) if rest.contains(':') => ipv6(text),
        Some((name, port)) => {
            check_port(port)?;
            written_name(name)
        }
    }
}

fn check_port(port: &str) -> Result<(), Flaw> {
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    if port.is_empty() || is_number { Ok(()) } else { Err(InvalidHost::Port) }
}

fn ipv6(text: &str) -> Result<Parsed, Flaw> {
    let address: Ipv6Addr = text.parse().map_err(|_| InvalidHost::Address as Flaw)?;
    Ok(Parsed { host: IpAddr::V6(address).into(), unicode: false })
}

fn written_name(written: &str) -> Result<Parsed, Flaw> {
    if written.len() > MAX_WRITTEN {
        return Err(InvalidHost::TooLong);
    }
    let ascii = to_ascii(written)?;
    let text = ascii.strip_suffix('.').unwrap_or(&ascii);
    if text.is_empty() {
        return Err(InvalidHost::Empty);
    }
    let host = if ends_in_number(text) { ipv4(text)? } else { name(text)? };
    Ok(Parsed { host, unicode: !written.is_ascii() })
}

/// Lower case and A-labels. UTS 46 is asked only about what is not plain ASCII: capitals are all there is to map there.
fn to_ascii(written: &str) -> Result<Cow<'_, str>, Flaw> {
    if !written.is_ascii() {
        return uts46(written).map(|ascii| Cow::Owned(ascii.into_owned()));
    }
    let lower = if written.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(written.to_ascii_lowercase())
    } else {
        Cow::Borrowed(written)
    };
    if lower.starts_with("xn--") || lower.contains(".xn--") {
        return uts46(&lower).map(|ascii| Cow::Owned(ascii.into_owned()));
    }
    Ok(lower)
}

/// UTS 46, non-transitional. Which ASCII characters a name may have is checked on the result: mapping can bring some in.
fn uts46(text: &str) -> Result<Cow<'_, str>, Flaw> {
    idna::domain_to_ascii_cow(text.as_bytes(), AsciiDenyList::EMPTY).map_err(|_| InvalidHost::Idn as Flaw)
}

/// Whether the last label is a number: such a text is an IPv4 address or nothing, never a name (RFC 3696, section 2).
fn ends_in_number(text: &str) -> bool {
    let last = text.rfind('.').map_or(text, |dot| &text[dot + 1..]);
    !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
}

fn ipv4(text: &str) -> Result<Host, Flaw> {
    let address: Ipv4Addr = text.parse().map_err(|_| InvalidHost::Address as Flaw)?;
    Ok(IpAddr::V4(address).into())
}

/// Checks a name in lower case and A-labels and finds its parts.
pub(super) fn name(text: &str) -> Result<Host, Flaw> {
    if text.len() > MAX_NAME {
        return Err(InvalidHost::TooLong);
    }
    text.as_bytes().split(|&byte| byte == b'.').try_for_each(check_label)?;
    let suffix =
        psl::suffix(text.as_bytes()).filter(psl::Suffix::is_known).ok_or(InvalidHost::Suffix as Flaw)?;
    let suffix = text.len() - suffix.as_bytes().len();
    let before = text.get(..suffix.saturating_sub(1)).unwrap_or_default();
    let registrable = if before.is_empty() { None } else { Some(before.rfind('.').map_or(0, |dot| dot + 1)) };
    let position = |at: usize| u8::try_from(at).map_err(|_| InvalidHost::TooLong as Flaw);
    let kind = Kind::Name { suffix: position(suffix)?, registrable: registrable.map(position).transpose()? };
    Ok(Host { text: text.into(), kind })
}

fn check_label(label: &[u8]) -> Result<(), Flaw> {
    if !label.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')) {
        return Err(InvalidHost::Character);
    }
    match label {
        [] => Err(InvalidHost::EmptyLabel),
        [b'-', ..] | [.., b'-'] => Err(InvalidHost::Hyphen),
        _ if label.len() > MAX_LABEL => Err(InvalidHost::LongLabel),
        _ => Ok(()),
    }
}
