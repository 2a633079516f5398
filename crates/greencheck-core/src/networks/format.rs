use std::collections::BTreeSet;

use super::{InvalidEntry, NetworkList, csv, json, lines};

/// The regions of Amazon that count unless others are asked for.
pub const AMAZON_REGIONS: [&str; 15] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "ap-south-1",
    "ap-south-2",
];

/// How a list is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkFormat {
    /// `ip-ranges.json`: `prefixes` and `ipv6_prefixes`, of some regions.
    Amazon(Regions),
    /// `cloud.json`: `prefixes` with `ipv4Prefix` or `ipv6Prefix`.
    Google,
    /// `ServiceTags_Public_….json`: `values[].properties.addressPrefixes`, of all tags.
    Microsoft,
    /// A network or an AS number a line.
    Cloudflare,
    /// The same with remarks: of a line the first word counts, lines that begin otherwise do not. Names all AS numbers.
    Equinix,
    /// A network, an AS number, an address, or a first and a last address a row.
    Csv,
}

/// Regions of Amazon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regions {
    All,
    Only(BTreeSet<String>),
}

impl Default for Regions {
    fn default() -> Self {
        Self::Only(AMAZON_REGIONS.map(str::to_owned).into())
    }
}

impl Regions {
    pub(super) fn has(&self, region: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(regions) => regions.contains(region),
        }
    }

    /// Those that are asked for but not among the `found` ones: mistyped, or given up.
    pub(super) fn missing(&self, found: &BTreeSet<&str>) -> Vec<String> {
        match self {
            Self::All => Vec::new(),
            Self::Only(regions) => {
                regions.iter().filter(|region| !found.contains(region.as_str())).cloned().collect()
            }
        }
    }
}

/// Why a text is no list of networks. Nothing of it is used then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNetworks {
    #[error("line {line}: {problem}")]
    Line { line: u64, problem: InvalidEntry },
    #[error("line {line}: {input:?} is neither a network nor an AS number")]
    Stranger { line: u64, input: String },
    #[error("line {line} is not UTF-8")]
    NotUtf8 { line: u64 },
    #[error("it begins with {start:?}: that is a web page and no list")]
    WebPage { start: String },
    /// Says where in the document, and in which line.
    #[error("{0}")]
    Json(String),
}

impl NetworkFormat {
    /// Reads a whole list. What is read counts each network once, whatever its order.
    pub fn parse(&self, input: &[u8]) -> Result<NetworkList, InvalidNetworks> {
        let text = text(input)?;
        if !matches!(self, Self::Csv) {
            refuse_web_page(text)?;
        }
        match self {
            Self::Amazon(regions) => json::amazon(text, regions),
            Self::Google => json::google(text),
            Self::Microsoft => json::microsoft(text),
            Self::Cloudflare => lines::cloudflare(text),
            Self::Equinix => lines::equinix(text),
            Self::Csv => Ok(csv::rows(text)),
        }
    }
}

/// The input without a byte order mark.
fn text(input: &[u8]) -> Result<&str, InvalidNetworks> {
    let text = std::str::from_utf8(input).map_err(|error| {
        let lines = input[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        InvalidNetworks::NotUtf8 { line: lines as u64 }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// What a server says while the list is away often comes with a page, sometimes even with status 200.
fn refuse_web_page(text: &str) -> Result<(), InvalidNetworks> {
    let text = text.trim_start();
    let start = || InvalidNetworks::WebPage { start: shortened(text) };
    if text.starts_with('<') { Err(start()) } else { Ok(()) }
}

/// As much of an input as a message has room for.
pub(super) fn shortened(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(60).collect()
}
