//! Measures the product beside references, in one run: see docs/performance.md.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

mod bare;
mod cli;
mod cores;
mod database;
mod load;
mod node;
mod numbers;
mod pairs;
mod report;
mod resolve;
mod rows;
mod scale;
mod servers;
mod stand;
mod stats;

// The references have the allocator that is best for them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> anyhow::Result<ExitCode> {
    match cli::Cli::parse().command {
        cli::Command::Run(arguments) => run(&arguments),
        cli::Command::Rows => {
            report::say(&rows::list())?;
            Ok(ExitCode::SUCCESS)
        }
        cli::Command::Resolve(arguments) => resolve::run(&arguments).map(|()| ExitCode::SUCCESS),
        cli::Command::Bare(arguments) => bare::serve(&arguments).map(|()| ExitCode::SUCCESS),
    }
}

fn run(arguments: &cli::Run) -> anyhow::Result<ExitCode> {
    // Before any thread starts: all have the core of the thread that starts them.
    cores::pin_self(cores::CLIENT)?;
    // The load generator polls its connections between any few steps of its tasks.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().event_interval(16).build()?;
    runtime.block_on(rows::run(arguments))
}
