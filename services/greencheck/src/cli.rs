//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

mod accounts;
mod jobs;
mod networks;
mod queue;
mod snapshots;

pub(crate) use accounts::{Key, KeyCreateArgs, User};
pub(crate) use jobs::{Jobs, Notices};
use networks::{IMPORT_CO2, IMPORT_NETWORKS};
pub(crate) use networks::{ImportCo2Args, ImportNetworksArgs, Publisher};
pub(crate) use queue::{Dead, DeadListArgs, DeadReplayArgs, Queue};
use snapshots::EXPORT_SNAPSHOT;
pub(crate) use snapshots::ExportSnapshotArgs;

const ABOUT: &str =
    "Is this website hosted on green energy? Answers for any domain, from a catalog that you keep.";

const EXIT_CODES: &str = "\
Exit codes:
  0  done; `check`: every name got a verdict, green or grey
  1  `check`: at least one name is unknown, because it could not be looked up
  2  the input is wrong: an unknown option, a name that is none, a file or a setting with an error; nothing was changed
  3  the work could not be done: database or disk did not do their part

Examples:
  greencheck serve --demo
  greencheck check --demo www.example.com
  greencheck import catalog providers.json";

const SERVE: &str = "\
Examples:
  greencheck serve                          answers on http://127.0.0.1:8080
  greencheck serve --demo                   with the demo catalog, without a name server or the internet
  greencheck --config /etc/greencheck.toml serve
  GREENCHECK__HTTP__LISTEN=0.0.0.0:80 greencheck serve";

const CHECK: &str = "\
Every name is looked up anew; the verdict replaces what is stored. Exit code 1 when a name could not be looked up.

Examples:
  greencheck check --demo www.example.com copycat.example.net
  greencheck check --json www.example.com | jq .explanation.because";

const IMPORT_CATALOG: &str = "\
One JSON object; every section is optional: providers, services, supporting_documents, datacenters, ip_ranges, asns,
carbon_txts, linked_domains, users, green_domains, co2_intensity. Entries replace those with the same id, in one
transaction: after an error nothing has changed. A running `greencheck serve` on the same store sees the change within
two seconds.

Examples:
  greencheck import catalog providers.json
  greencheck export catalog | greencheck --config other.toml import catalog -";

const IMPORT_SNAPSHOT: &str = "\
A snapshot of green domains as the Green Web Foundation publishes it: SQLite, plain or packed with gzip or bzip2, with
the table `greendomain` or the older `green_presenting`. Rows that are no use are counted and shown; providers that are
missing are created. Safe to repeat: newer rows win, and verdicts that a look-up confirmed stay.

Examples:
  greencheck import snapshot green_urls_2026-11-20.db.gz
  greencheck import snapshot data/public/url2green.db";

const IMPORT_ASN: &str = "\
Which AS announces which addresses: CSV files with `start,end,asn,\"organisation\"`, IPv4 and IPv6, or MMDB files. They
replace the address families that they hold in the table that `asn.table` names.

Examples:
  greencheck import asn asn-ipv4.csv asn-ipv6.csv
  greencheck import asn GeoLite2-ASN.mmdb";

const EXPORT_CATALOG: &str = "\
The document that `import catalog` reads. Shared secrets and password hashes are left out unless asked for.

Examples:
  greencheck export catalog > catalog.json
  greencheck export catalog backup.json --with-secrets";

const MIGRATE: &str = "\
Run it once before a new version of the services starts on PostgreSQL; on SQLite every command does it by itself.

Examples:
  greencheck migrate
  GREENCHECK__STORE__URL=postgres://greencheck@db/greencheck greencheck migrate";

const CONFIG: &str = "\
Examples:
  greencheck config
  greencheck config --config /etc/greencheck.toml > effective.toml";

#[derive(Debug, Parser)]
#[command(name = "greencheck", version, about = ABOUT, after_long_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// Settings in TOML; environment variables win over them
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Use the demo catalog: twelve fictional providers, no name server, no internet
    #[arg(long, global = true)]
    pub(crate) demo: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything in one process: API, look-ups and log
    #[command(after_long_help = SERVE)]
    Serve,
    /// Look names up and draw how each verdict comes about
    #[command(after_long_help = CHECK)]
    Check(CheckArgs),
    /// Bring data into the store
    #[command(subcommand)]
    Import(Import),
    /// Write data out of the store
    #[command(subcommand)]
    Export(Export),
    /// Users of the partner API
    #[command(subcommand)]
    User(User),
    /// Keys by which callers are known
    #[command(subcommand)]
    Key(Key),
    /// Recurring work; alone, it shows each job: last run, outcome, duration, next run
    Jobs {
        #[command(subcommand)]
        what: Option<Jobs>,
    },
    /// Messages to operators
    #[command(subcommand)]
    Notices(Notices),
    /// What is in the queue
    #[command(subcommand)]
    Queue(Queue),
    /// Bring the tables of the store up to date
    #[command(after_long_help = MIGRATE)]
    Migrate,
    /// Print the settings in effect, secrets hidden
    #[command(after_long_help = CONFIG)]
    Config,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Names, addresses or URLs
    #[arg(required = true, value_name = "DOMAIN")]
    pub(crate) names: Vec<String>,
    /// Print one JSON object a line, in the order of the names
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Providers and what belongs to them, from a JSON document
    #[command(after_long_help = IMPORT_CATALOG)]
    Catalog {
        /// The document; `-` reads standard input
        file: PathBuf,
    },
    /// Green domains, from a published snapshot
    #[command(after_long_help = IMPORT_SNAPSHOT)]
    Snapshot {
        /// A `.db`, `.db.gz` or `.db.bz2` file
        file: PathBuf,
    },
    /// The table of addresses and the AS numbers that announce them
    #[command(after_long_help = IMPORT_ASN)]
    Asn {
        /// CSV or MMDB files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// The networks of a provider, from the list that it publishes
    #[command(after_long_help = IMPORT_NETWORKS)]
    Networks(ImportNetworksArgs),
    /// The carbon intensity of electricity by country
    #[command(after_long_help = IMPORT_CO2)]
    Co2(ImportCo2Args),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// The catalog, as one JSON document
    #[command(after_long_help = EXPORT_CATALOG)]
    Catalog(ExportCatalogArgs),
    /// The green domains, as a snapshot that others read
    #[command(after_long_help = EXPORT_SNAPSHOT)]
    Snapshot(ExportSnapshotArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ExportCatalogArgs {
    /// Where to write; standard output if left out
    pub(crate) file: Option<PathBuf>,
    /// Include shared secrets and password hashes
    #[arg(long)]
    pub(crate) with_secrets: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        fn leaves(command: &clap::Command) -> Vec<clap::Command> {
            let below: Vec<_> = command.get_subcommands().flat_map(leaves).collect();
            if below.is_empty() { vec![command.clone()] } else { below }
        }
        let leaves = leaves(&Cli::command());
        assert!(leaves.len() > 20, "the commands are not found any more");
        for mut command in leaves {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Examples:\n  g") || help.contains("Examples:\n  G"), "{help}");
        }
    }

    #[test]
    fn global_options_may_stand_after_the_command() {
        let cli =
            Cli::try_parse_from(["greencheck", "check", "--demo", "www.example.com", "--config", "x.toml"])
                .unwrap();
        assert!(cli.demo);
        assert_eq!(cli.config, Some("x.toml".into()));
    }
}
