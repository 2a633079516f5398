use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::Host;

/// The response header that may carry a domain hash, in lower case.
pub const DOMAIN_HASH_HEADER: &str = "gwf-domainhash";
/// What a TXT record that carries a domain hash begins with.
pub const DOMAIN_HASH_TXT: &str = "gwf-domain-hash=";

/// The hash with which `host` shows that the owner of `shared_secret` agrees to host it: lower-case hexadecimal SHA-256
/// of the A-label host followed by the secret.
pub fn domain_hash(host: &Host, shared_secret: &str) -> String {
    let digest = Sha256::new().chain_update(host.as_str()).chain_update(shared_secret).finalize();
    format!("{digest:x}")
}

/// Whether one of `claims` is the domain hash of `host`.
pub fn is_valid_hash<'a>(
    host: &Host,
    shared_secret: &str,
    claims: impl IntoIterator<Item = &'a str>,
) -> bool {
    let expected = domain_hash(host, shared_secret);
    // Every claim is compared, so that the time taken tells nothing of which one is close.
    claims
        .into_iter()
        .fold(false, |valid, claim| valid | bool::from(claim.as_bytes().ct_eq(expected.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_host_and_secret() {
        let host = Host::parse("example.com").unwrap();
        let hash = domain_hash(&host, "GWF-secret");
        // printf 'example.comGWF-secret' | sha256sum
        assert_eq!(hash, "cff02169ecd668e2d12c84bb3eb4dcc02536fff9df3e7069de78c1a8a887d237");
        assert!(is_valid_hash(&host, "GWF-secret", ["nonsense", hash.as_str()]));
        assert!(!is_valid_hash(&host, "GWF-other", [hash.as_str()]));
        assert!(!is_valid_hash(&Host::parse("example.org").unwrap(), "GWF-secret", [hash.as_str()]));
        assert!(!is_valid_hash(&host, "GWF-secret", [hash.to_uppercase().as_str()]));
    }
}
