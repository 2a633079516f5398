//! greencheck: everything in one process, and the command line for operators.

mod badges;
mod check;
mod cli;
mod commands;
mod database;
mod demo;
mod export;
mod failure;
mod import;
mod jobs;
mod keys;
mod notices;
mod output;
mod progress;
mod queue;
mod render;
mod serve;
mod settings;
mod snapshot_file;
mod table;
mod users;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match commands::run(cli::Cli::parse()).await {
        Ok(code) => code,
        Err(failure) => {
            output::complain(&format!("error: {failure}"));
            failure.exit_code()
        }
    }
}
