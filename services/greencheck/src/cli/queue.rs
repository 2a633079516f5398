use clap::{Args, Subcommand};

const LIST: &str = "\
Oldest first; nothing is taken away. `checks` is `-` for a message that cannot be read.

Examples:
  greencheck queue dead list
  greencheck queue dead list --limit 1000 --json | jq -r .reason | sort | uniq -c";

const REPLAY: &str = "\
Batches go back to the queue of checks, each confirmed there before it leaves here; what was stored before is recognised by
its id and not stored again. With the queue in process they go straight to the log. Messages that cannot be read stay.

Examples:
  greencheck queue dead replay --dry-run
  greencheck queue dead replay --limit 1
  greencheck queue dead replay";

#[derive(Debug, Subcommand)]
pub(crate) enum Queue {
    /// Batches that were given up
    #[command(subcommand)]
    Dead(Dead),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Dead {
    /// Show them: since when, why, and how they begin
    #[command(after_long_help = LIST)]
    List(DeadListArgs),
    /// Try to store them again, after the reason is gone
    #[command(after_long_help = REPLAY)]
    Replay(DeadReplayArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DeadListArgs {
    /// How many to show
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(crate) limit: usize,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DeadReplayArgs {
    /// How many to take; all if left out
    #[arg(long, value_name = "NUMBER")]
    pub(crate) limit: Option<usize>,
    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
}
