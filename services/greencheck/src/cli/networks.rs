use std::path::PathBuf;

use clap::{Args, ValueEnum};

pub(super) const IMPORT_NETWORKS: &str = "\
Makes the networks of a published list the active ones of a provider; what is not listed any more stops to count. The
list is fetched and read whole before anything changes, and everything changes in one transaction. A list that is empty,
or has less than half of the active IPv4 or IPv6 networks, is refused without --force. A running `greencheck serve` on
the same store sees the change within two seconds.

Lists that have an address of their own (amazon, google, microsoft, cloudflare) need no FILE. Only https on port 443 of
public addresses is asked, and redirects are not followed. AS numbers of a list are added; only `equinix` also gives
those up that it does not name.

Rows of a CSV file: `192.0.2.0/24`, `192.0.2.7`, `192.0.2.1,192.0.2.9` or `AS64496`; rows that cannot be read are told
and passed over.

Examples:
  greencheck import networks cloudflare --provider 779 --dry-run
  greencheck import networks amazon --provider 696 --regions eu-west-1,eu-north-1
  greencheck import networks google --provider 595 cloud.json --json
  greencheck import networks csv --provider 12 ranges.csv more-ranges.csv";

pub(super) const IMPORT_CO2: &str = "\
The carbon intensity of electricity by country and year, joined from two CSV files as Ember publishes them: one with
`country_or_region`, `country_code`, `year` and `emissions_intensity_gco2_per_kwh`, the other with `country_or_region`,
`year`, `variable` (of which `Fossil` counts) and `share_of_generation_pct`. Rows of the same country and year are
replaced.

Examples:
  greencheck import co2 emissions-intensity.csv share-of-generation.csv";

#[derive(Debug, Args)]
pub(crate) struct ImportNetworksArgs {
    /// Who writes lists like this
    #[arg(value_enum)]
    pub(crate) publisher: Publisher,
    /// The parts of the list: files, https URLs, or `-` for standard input
    #[arg(value_name = "FILE|URL")]
    pub(crate) sources: Vec<String>,
    /// Whose networks they are
    #[arg(long, value_name = "ID")]
    pub(crate) provider: i64,
    /// Regions of Amazon that count, or `all`
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(crate) regions: Vec<String>,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take a list that is empty or suspiciously short
    #[arg(long)]
    pub(crate) force: bool,
    /// Print the report as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Publisher {
    /// ip-ranges.json of AWS
    Amazon,
    /// cloud.json of Google Cloud
    Google,
    /// Service tags of Azure, JSON
    Microsoft,
    /// Networks and AS numbers, one a line
    Cloudflare,
    /// The same with remarks behind and between
    Equinix,
    /// Your own table
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct ImportCo2Args {
    /// Grams of CO2 equivalent per kilowatt-hour
    #[arg(value_name = "INTENSITIES")]
    pub(crate) intensities: PathBuf,
    /// Shares of generation in percent
    #[arg(value_name = "SHARES")]
    pub(crate) shares: PathBuf,
}
