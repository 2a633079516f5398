/// Why a text names no host. Each holds the text: quoted, escaped, and cut when it is long.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHost {
    #[error("{0} has no host name in it: write a name such as \"example.com\"")]
    Empty(String),
    #[error("{0} has a scheme other than http and https: write the host name alone")]
    Scheme(String),
    #[error("{0} has a port that is not a number up to 65535: write the host name alone")]
    Port(String),
    #[error("{0} has a character no host name has: use letters, digits, hyphens, underscores and dots")]
    Character(String),
    #[error("{0} has an empty label: write exactly one dot between labels and none before the first")]
    EmptyLabel(String),
    #[error("{0} has a label of more than 63 bytes: check the spelling")]
    LongLabel(String),
    #[error("{0} has a label that begins or ends with a hyphen: check the spelling")]
    Hyphen(String),
    #[error("{0} is longer than 253 bytes: check the spelling")]
    TooLong(String),
    #[error(
        "{0} is not an address: write IPv4 as four decimal numbers up to 255, IPv6 without zone or prefix"
    )]
    Address(String),
    #[error("{0} is not a valid internationalized name: check the spelling")]
    Idn(String),
    #[error("{0} ends in no public suffix such as \"com\" or \"co.uk\": write the full name")]
    Suffix(String),
    #[error(
        "{0} is not in canonical form: write lower case A-labels without a dot at the end, or a bare address"
    )]
    NotCanonical(String),
}

/// What is wrong, before it is said with which text.
pub(super) type Flaw = fn(String) -> InvalidHost;

/// How much of a text an error quotes, in characters.
const QUOTED: usize = 80;

pub(super) fn of(input: &str, flaw: Flaw) -> InvalidHost {
    let quoted = match input.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{:?}…", &input[..end]),
        None => format!("{input:?}"),
    };
    flaw(quoted)
}
