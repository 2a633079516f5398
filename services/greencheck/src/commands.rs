//! From the command line to the work.

use std::process::ExitCode;

use greencheck_core::{Clock, SystemClock};
use greencheck_runtime::config::{Environment, Sources, effective, load};
use greencheck_runtime::init_tracing;
use greencheck_store::Migrate;

use crate::cli::{Cli, Command, Export, Jobs, Notices};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{
    check, database, demo, export, import, jobs, keys, notices, output, queue, serve, users, wiring,
};

pub(crate) async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let settings = settings(&cli)?;
    match cli.command {
        Command::Serve => serve::run(settings, cli.demo).await,
        Command::Check(args) => check::run(&settings, &args, cli.demo).await,
        Command::Import(what) => {
            init_tracing(&settings.tracing)?;
            import::run(&settings, what).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Export(Export::Catalog(args)) => {
            let store = database::open(&settings).await?;
            export::catalog(&*store, &args).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Export(Export::Snapshot(args)) => {
            init_tracing(&settings.tracing)?;
            export::snapshot::export(&settings, &args).await.map(|()| ExitCode::SUCCESS)
        }
        Command::User(what) => {
            let store = database::open(&settings).await?;
            users::run(&*store, what).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Key(what) => {
            let store = database::open(&settings).await?;
            keys::run(&settings, &*store, SystemClock.now(), what).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Jobs { what: Some(Jobs::Serve) } => jobs::serve(settings).await,
        Command::Jobs { what } => {
            init_tracing(&settings.tracing)?;
            jobs::run(&settings, what).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Notices(Notices::Test) => {
            init_tracing(&settings.tracing)?;
            notices::test(&settings).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Queue(what) => {
            init_tracing(&settings.tracing)?;
            queue::run(&settings, what).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Migrate => migrate(&settings).await.map(|()| ExitCode::SUCCESS),
        Command::Config => {
            let text = effective(&settings).map_err(anyhow::Error::from)?;
            output::print(&text)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The settings in effect. Those of the demo lie between the defaults and the operator's.
fn settings(cli: &Cli) -> Result<Settings, Failure> {
    let mut sources = Sources {
        file: cli.config.clone(),
        environment: Environment::of_this_process(),
        ..Sources::default()
    };
    let settings: Settings = load(&sources).map_err(Failure::input)?;
    if !cli.demo {
        return Ok(settings);
    }
    let folder = demo::folder(&settings.store.url);
    let layer = demo::unfold(&folder).map_err(|error| {
        let doing = format!("cannot write the files of the demo catalog to `{}`", folder.display());
        Failure::from(error).context(doing)
    })?;
    sources.layers.push(("the demo catalog".to_owned(), layer));
    load(&sources).map_err(Failure::input)
}

async fn migrate(settings: &Settings) -> Result<(), Failure> {
    let store = wiring::open_store(settings).await.map_err(database::refused)?;
    let done = Migrate::migrate(&*store).await?;
    if done.is_empty() {
        return Ok(output::print("the tables are up to date\n")?);
    }
    Ok(output::print(&format!("migrated {}\n", done.join("\nmigrated ")))?)
}
