//! `greencheck import networks`.

use greencheck_core::ProviderId;
use greencheck_core::networks::{NetworkFormat, NetworkList, Regions};
use greencheck_core::ports::{NetworkImport, Replace};

use crate::cli::{ImportNetworksArgs, Publisher};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{database, output};

mod published;
mod report;
mod source;

pub(super) async fn import(settings: &Settings, args: &ImportNetworksArgs) -> Result<(), Failure> {
    let list = list(settings, args).await?;
    // Opened only now: a list that cannot be had makes no database file.
    let store = database::open(settings).await?;
    Ok(output::print(&replace(&*store, args, &list).await?)?)
}

/// Fetches the list and takes it; the report.
pub(crate) async fn take(
    settings: &Settings,
    store: &dyn NetworkImport,
    args: &ImportNetworksArgs,
) -> Result<String, Failure> {
    replace(store, args, &list(settings, args).await?).await
}

async fn replace(
    store: &dyn NetworkImport,
    args: &ImportNetworksArgs,
    list: &NetworkList,
) -> Result<String, Failure> {
    let replace = Replace { dry_run: args.dry_run, force: args.force };
    let report = store.replace_networks(ProviderId(args.provider), list, replace).await;
    let report = report.map_err(|error| Failure::from(error).context("nothing was changed"))?;
    let text = if args.json {
        report::json(&report, &list.passed_over, args.dry_run).map_err(anyhow::Error::from)?
    } else {
        report::text(&report, &list.passed_over, args.dry_run)
    };
    Ok(text)
}

/// All parts of the list. Nothing is used unless every part can be had and read.
async fn list(settings: &Settings, args: &ImportNetworksArgs) -> Result<NetworkList, Failure> {
    let format = format(args)?;
    let mut list = NetworkList::default();
    for source in source::sources(args)? {
        let (shown, bytes) = source.read(settings).await?;
        let part = format.parse(&bytes).map_err(|error| {
            Failure::input(error).context(format!("nothing was changed: `{shown}` is not such a list"))
        })?;
        list.merge(part);
    }
    Ok(list)
}

fn format(args: &ImportNetworksArgs) -> Result<NetworkFormat, Failure> {
    if !args.regions.is_empty() && args.publisher != Publisher::Amazon {
        return Err(Failure::input("--regions is for the list of `amazon`: the others are taken whole"));
    }
    Ok(match args.publisher {
        Publisher::Amazon => NetworkFormat::Amazon(regions(&args.regions)),
        Publisher::Google => NetworkFormat::Google,
        Publisher::Microsoft => NetworkFormat::Microsoft,
        Publisher::Cloudflare => NetworkFormat::Cloudflare,
        Publisher::Equinix => NetworkFormat::Equinix,
        Publisher::Csv => NetworkFormat::Csv,
    })
}

fn regions(names: &[String]) -> Regions {
    match names {
        [] => Regions::default(),
        names if names.iter().any(|name| name == "all") => Regions::All,
        names => Regions::Only(names.iter().cloned().collect()),
    }
}
