//! Everything that goes out to the internet: DNS, HTTPS to hosts that anybody may name, origin AS numbers; and tables
//! of AS numbers and countries, which spare asking; and messages to operators.
//!
//! The only crate that opens a connection to the internet. It does not know the catalog or what a verdict is.

mod asn;
mod config;
mod dns;
mod geo;
mod guard;
mod mail;
mod metrics;
mod rdap;
mod web;
mod webhook;

pub use asn::{
    AsnFileError, AsnTable, ConvertReport, CymruOrigins, LocalOrigins, NoOrigins, convert, origins,
};
pub use config::{AsnConfig, CarbonTxtConfig, DnsConfig, NetConfig, RdapConfig};
pub use dns::{DnsSetupError, HickoryDns};
pub use geo::{CountryTable, GeoConfig, GeoFileError};
pub use guard::Guard;
pub use mail::{MailError, Mailer, is_mail_address};
pub use metrics::Metrics;
pub use rdap::{InvalidRdapUrl, Rdap};
pub use web::{GetError, GetLimits, GuardedWeb, WebSetupError};
pub use webhook::{Webhook, WebhookError};
