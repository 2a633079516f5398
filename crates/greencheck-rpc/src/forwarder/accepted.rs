use std::fmt;

use prometheus::{IntCounterVec, Opts, Registry};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{ForwarderConfig, ForwarderMode, WeakSecret, is_short};
use crate::wire;

const LONGEST_ID: usize = 32;
/// The id of those whose secret is none of ours, and of those who show none.
const UNKNOWN: &str = "unknown";

/// The secrets that a receiver accepts, as digests: equally long, whatever the secrets are.
#[derive(Clone)]
pub struct ForwarderSecrets {
    accepted: Vec<Accepted>,
    mode: ForwarderMode,
    requests: Option<IntCounterVec>,
}

#[derive(Clone)]
struct Accepted {
    id: String,
    digest: [u8; 32],
    /// What it may ask; `None` is everything.
    routes: Option<Vec<String>>,
}

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Admitted,
    Refused(Shown),
}

/// What a caller showed that is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Nothing,
    Unknown,
    /// A secret that is good for other routes.
    NotForThis,
}

impl ForwarderSecrets {
    pub fn new(config: &ForwarderConfig) -> Result<Self, WeakSecret> {
        config.validate()?;
        let shared = config.secrets.iter().map(|secret| Accepted {
            id: "shared".to_owned(),
            digest: digest(secret.expose_secret().as_bytes()),
            routes: None,
        });
        let callers = config.callers.iter().enumerate().map(|(place, entry)| Accepted::read(place, entry));
        let accepted = shared.map(Ok).chain(callers).collect::<Result<_, _>>()?;
        Ok(Self { accepted, mode: config.mode, requests: None })
    }

    /// Counts whose secrets are shown.
    pub fn counted(self, registry: &Registry) -> prometheus::Result<Self> {
        let requests = IntCounterVec::new(
            Opts::new(
                "greencheck_forwarder_requests_total",
                "Requests of other services by the id of the secret that they showed, and what became of them",
            ),
            &["caller", "outcome"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        Ok(Self { requests: Some(requests), ..self })
    }

    /// Whether nothing is accepted.
    pub fn is_empty(&self) -> bool {
        self.accepted.is_empty()
    }

    /// Judges a request for `path`. Takes as long for every secret that is shown.
    pub(crate) fn admit(&self, shown: &[u8], path: &str) -> Admission {
        let digest = digest(shown);
        let (mut of, mut allowed) = (None, false);
        for accepted in &self.accepted {
            if bool::from(accepted.digest.ct_eq(&digest)) {
                of = Some(accepted.id.as_str());
                allowed |= accepted.allows(path);
            }
        }
        let problem = match (of, shown.is_empty()) {
            (Some(_), _) if allowed => None,
            (Some(_), _) => Some(Shown::NotForThis),
            (None, true) => Some(Shown::Nothing),
            (None, false) => Some(Shown::Unknown),
        };
        let caller = of.unwrap_or(UNKNOWN);
        let Some(problem) = problem else {
            self.count(caller, "admitted");
            return Admission::Admitted;
        };
        if self.mode == ForwarderMode::LogOnly && !self.is_empty() {
            self.count(caller, "logged");
            tracing::warn!(caller, path, ?problem, "would be refused if forwarder.mode were enforce");
            return Admission::Admitted;
        }
        self.count(caller, "refused");
        Admission::Refused(problem)
    }

    fn count(&self, caller: &str, outcome: &str) {
        if let Some(requests) = &self.requests {
            requests.with_label_values(&[caller, outcome]).inc();
        }
    }
}

impl Accepted {
    /// `ID:SECRET` or `ID:SECRET:ROUTE+ROUTE`.
    fn read(place: usize, entry: &SecretString) -> Result<Self, WeakSecret> {
        let unreadable = || WeakSecret::Unreadable { place };
        let (id, rest) = entry.expose_secret().split_once(':').ok_or_else(unreadable)?;
        let (secret, routes) = match rest.split_once(':') {
            Some((secret, routes)) => (secret, Some(routes)),
            None => (rest, None),
        };
        let plain =
            |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || b"-_".contains(&letter);
        if !(1..=LONGEST_ID).contains(&id.len()) || !id.bytes().all(plain) {
            return Err(unreadable());
        }
        let routes: Option<Vec<String>> =
            routes.map(|routes| routes.split('+').map(|route| route.trim_matches('/').to_owned()).collect());
        if routes.iter().flatten().any(String::is_empty) {
            return Err(unreadable());
        }
        if is_short(secret) {
            return Err(WeakSecret::ShortOfCaller { place });
        }
        Ok(Self { id: id.to_owned(), digest: digest(secret.as_bytes()), routes })
    }

    fn allows(&self, path: &str) -> bool {
        let asked = path.strip_prefix(wire::SCOPE).unwrap_or_default().trim_start_matches('/');
        let first = asked.split('/').next().unwrap_or_default();
        self.routes.as_ref().is_none_or(|routes| routes.iter().any(|route| route == first))
    }
}

impl fmt::Debug for ForwarderSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForwarderSecrets {{ {} hidden }}", self.accepted.len())
    }
}

fn digest(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}
