use std::net::IpAddr;

use greencheck_core::is_global;
use ipnet::IpNet;

/// Says which addresses may be connected to, or spoken of to others: global ones, and the networks of
/// `net.allow_networks`.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Vec<IpNet>,
}

impl Guard {
    pub fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_global(address) || self.allowed.iter().any(|net| net.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowed_networks_do_not_open_their_neighbours() {
        let guard = Guard::new(vec!["192.0.2.0/24".parse().unwrap()]);
        let allows = |address: &str| guard.allows(address.parse().unwrap());
        assert!(allows("192.0.2.7") && allows("::ffff:192.0.2.7") && allows("1.1.1.1"));
        assert!(!allows("198.51.100.7") && !allows("203.0.113.7"));
        assert!(
            !allows("127.0.0.1")
                && !allows("::1")
                && !allows("::ffff:127.0.0.1")
                && !allows("169.254.169.254")
        );
    }
}
