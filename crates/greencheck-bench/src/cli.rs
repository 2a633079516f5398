//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Exit codes:
  0  measured; with --guard: no row is below 0.8 of its goal, or of what has been reached of it
  1  with --guard: a row is below that after three tries

Examples:
  greencheck-bench run                       every row in full size
  greencheck-bench run fast ranges           two rows
  greencheck-bench run --quick --guard       what `make bench-quick` does
  greencheck-bench run fast --seconds 2 --pairs 9";

/// Measures greencheck beside references, in the same run.
///
/// Programs are taken from the folder of this one. PostgreSQL, RabbitMQ and Redis are started for the run.
#[derive(Debug, Parser)]
#[command(name = "greencheck-bench", version, after_long_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Measure rows of the table
    #[command(after_long_help = EXAMPLES)]
    Run(Run),
    /// Say which rows there are
    Rows,
    /// Serve one constant body: the reference for everything that answers HTTP
    Bare(Bare),
    /// Look names of the zone up that the row dns serves, and print how many a second
    Resolve(Resolve),
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Rows to measure; none: all
    pub(crate) rows: Vec<String>,
    /// Small sizes and short windows
    #[arg(long)]
    pub(crate) quick: bool,
    /// Try rows below 0.8 of their goal again, twice at most, and fail if they stay there
    #[arg(long)]
    pub(crate) guard: bool,
    /// Pairs of measurements, ours and the reference in turn
    #[arg(long)]
    pub(crate) pairs: Option<usize>,
    /// Length of one measurement
    #[arg(long)]
    pub(crate) seconds: Option<f64>,
    /// Niceness of the broker in the row fast: of a core that both want, 15 gives it a thirtieth, 0 as much as the gateway
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u8).range(0..=19))]
    pub(crate) broker_nice: u8,
    /// Folder of the programs; default: that of this program
    #[arg(long)]
    pub(crate) binaries: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Bare {
    /// Address and port
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    /// Bytes of the body
    #[arg(long)]
    pub(crate) bytes: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    /// What is done with a name
    pub(crate) way: Way,
    /// The name server
    #[arg(long)]
    pub(crate) server: SocketAddr,
    /// The first name
    #[arg(long)]
    pub(crate) first: u64,
    /// How many names
    #[arg(long)]
    pub(crate) count: u64,
    /// Names under way at once
    #[arg(long)]
    pub(crate) at_once: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    /// The product's full look-up
    Full,
    /// A and AAAA with the resolver
    Bare,
}
