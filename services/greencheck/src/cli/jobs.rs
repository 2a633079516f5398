use clap::Subcommand;

const LIST: &str = "\
Examples:
  greencheck jobs list";

const RUN: &str = "\
At once, whether it is due or not, unless somebody else runs it. Exit code 3 when it failed; notices are sent.

Examples:
  greencheck jobs run snapshot
  greencheck jobs run networks-amazon-696";

const SERVE: &str = "\
For deployments of several processes without a scheduler of their own, such as compose. Any number may run: a lease in the
store elects the one that starts the jobs. `greencheck serve` has a scheduler, too.

Examples:
  greencheck jobs serve";

#[derive(Debug, Subcommand)]
pub(crate) enum Jobs {
    /// Show each job: last run, outcome, duration, next run
    #[command(after_long_help = LIST)]
    List,
    /// Run one job now
    #[command(after_long_help = RUN)]
    Run {
        /// As `greencheck jobs` shows it
        name: String,
    },
    /// Start jobs when they are due, until stopped
    #[command(after_long_help = SERVE)]
    Serve,
}

const TEST: &str = "\
Sends a message to every recipient of section `notices`, once each, and tells what became of it.

Examples:
  greencheck notices test";

#[derive(Debug, Subcommand)]
pub(crate) enum Notices {
    /// Try out whether notices arrive
    #[command(after_long_help = TEST)]
    Test,
}
