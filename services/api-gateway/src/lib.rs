//! The public face: parses the name, asks the caches and the lookup-service, shapes the answer, records the check.
//!
//! It knows the ports of core and no adapter: `main` chooses those.

mod assets;
mod badges;
mod bulk;
mod changes;
mod conditional;
mod config;
mod extended;
mod fields;
mod frame;
mod gateway;
mod jsonp;
mod limits;
mod metrics;
mod pages;
mod partner_api;
mod refresh;
mod renewal;
mod respond;
mod routes;
mod single_flight;
mod site;
mod v4;
mod wire;

pub use badges::{BadgeMetrics, Badges, LateChecks};
pub use changes::ChangeListener;
pub use config::ApiConfig;
pub use extended::ExtendedCheck;
pub use gateway::{CacheTimes, Gateway, Ports};
pub use limits::{Limits, LimitsConfig};
pub use metrics::Metrics;
pub use pages::{PagePorts, Pages};
pub use partner_api::{InvalidPartnersConfig, PartnerApi, PartnersConfig, caller_identity};
pub use refresh::RefreshForwarder;
pub use renewal::Renewal;
pub use routes::{
    GatewayShortcut, badge_routes, extended_routes, mount, page_routes, partner_routes, site_routes,
    snapshot_routes,
};
pub use site::{Example, InvalidSiteConfig, Site, SiteConfig};
