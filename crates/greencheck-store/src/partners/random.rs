//! Secrets from the operating system's randomness, by way of a cryptographic generator.

use greencheck_core::partner::Sensitive;
use rand::Rng;
use rand::distr::{Alphanumeric, Distribution};

const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// 160 bits in hexadecimal.
pub(crate) fn token() -> Sensitive {
    use std::fmt::Write as _;
    let bytes: [u8; 20] = rand::rng().random();
    Sensitive::new(bytes.iter().fold(String::with_capacity(40), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    }))
}

/// `GWF-` and 82 characters of 6 bits each.
pub(crate) fn shared_secret() -> Sensitive {
    let mut random = rand::rng();
    let characters = (0..82).map(|_| char::from(URL_SAFE[random.random_range(0..URL_SAFE.len())]));
    Sensitive::new("GWF-".chars().chain(characters).collect::<String>())
}

pub(crate) fn key_character() -> char {
    Alphanumeric.sample(&mut rand::rng()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_the_form_that_partners_know_and_differ() {
        let (token, other) = (token(), token());
        assert_eq!(token.expose().len(), 40);
        assert!(token.expose().bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        assert_ne!(token, other);
        let secret = shared_secret();
        let random = secret.expose().strip_prefix("GWF-").unwrap();
        assert_eq!(random.len(), 82);
        assert!(random.bytes().all(|byte| URL_SAFE.contains(&byte)));
        assert_ne!(secret, shared_secret());
    }
}
