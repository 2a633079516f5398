use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use greencheck_core::SystemClock;
use greencheck_store::Store;
use log_writer::{Retention, Upkeep};
use prometheus::Registry;

use crate::cli::{ExportSnapshotArgs, ImportNetworksArgs, Publisher};
use crate::failure::Failure;
use crate::notices::Notifier;
use crate::settings::Settings;
use crate::{export, import};

/// Something that is done again and again.
pub(crate) struct Job {
    pub(crate) name: String,
    /// Zero: only when somebody asks for it.
    pub(crate) every: Duration,
    work: Work,
}

enum Work {
    Evidence,
    Expiry,
    Networks(ImportNetworksArgs),
    Partitions,
    Snapshot,
}

/// All jobs, by name.
pub(crate) fn all(settings: &Settings) -> Result<Vec<Job>, Failure> {
    let config = &settings.jobs;
    let job = |name: &str, every, work| Job { name: name.to_owned(), every, work };
    let mut jobs = vec![
        job("evidence", config.evidence_every, Work::Evidence),
        job("expiry", config.expiry_every, Work::Expiry),
        job("partitions", config.partitions_every, Work::Partitions),
        job("snapshot", config.snapshot_every, Work::Snapshot),
    ];
    for source in &config.networks {
        let args =
            networks(source).map_err(|why| Failure::input(format!("jobs.networks {source:?}: {why}")))?;
        let publisher = args.publisher.to_possible_value().expect("no publisher is hidden");
        let name = format!("networks-{}-{}", publisher.get_name(), args.provider);
        jobs.push(job(&name, config.networks_every, Work::Networks(args)));
    }
    jobs.sort_by(|one, other| one.name.cmp(&other.name));
    if let Some(twice) = jobs.windows(2).find(|pair| pair[0].name == pair[1].name) {
        return Err(Failure::input(format!("jobs.networks has `{}` twice", twice[0].name)));
    }
    Ok(jobs)
}

/// `PUBLISHER=PROVIDER` or `PUBLISHER=PROVIDER=SOURCE`.
fn networks(source: &str) -> Result<ImportNetworksArgs, String> {
    let mut parts = source.splitn(3, '=').map(str::trim);
    let (publisher, provider) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let publisher = Publisher::from_str(publisher, false).map_err(|_| {
        format!("`{publisher}` is none of amazon, google, microsoft, cloudflare, equinix, csv")
    })?;
    let provider = provider.parse().map_err(|_| format!("`{provider}` is no id of a provider"))?;
    let sources: Vec<String> = parts.map(str::to_owned).collect();
    if sources.is_empty() && matches!(publisher, Publisher::Equinix | Publisher::Csv) {
        return Err("this list has no address of its own: add `=https://…` or a file".to_owned());
    }
    Ok(ImportNetworksArgs {
        publisher,
        sources,
        provider,
        regions: Vec::new(),
        dry_run: false,
        force: false,
        json: false,
    })
}

impl Job {
    /// Does it; what was done.
    pub(super) async fn work(
        &self,
        settings: &Settings,
        store: &Arc<dyn Store>,
        notifier: &Notifier,
    ) -> Result<String, Failure> {
        match &self.work {
            Work::Evidence => notifier.look_for_expiring_evidence().await,
            Work::Expiry => {
                let (verdicts, locations) = upkeep(settings, store)?.expire().await?;
                Ok(format!("dropped {verdicts} verdicts and {locations} carbon.txt locations"))
            }
            Work::Partitions => {
                let dropped = upkeep(settings, store)?.partitions().await?;
                Ok(format!("room for a week is made; dropped {dropped} days or rows"))
            }
            Work::Networks(args) => import::networks::take(settings, &**store, args).await,
            Work::Snapshot => {
                let args =
                    ExportSnapshotArgs { file: None, gzip: false, bzip2: false, upload: true, force: false };
                export::snapshot::make(settings, &**store, &args).await
            }
        }
    }
}

fn upkeep(settings: &Settings, store: &Arc<dyn Store>) -> Result<Upkeep, Failure> {
    let retention = Retention {
        check_days: settings.log.retention_days,
        verdicts: settings.log.verdict_retention,
        carbon_txt_results: settings.carbon_txt.ttl,
    };
    let metrics = log_writer::Metrics::register(&Registry::new()).map_err(anyhow::Error::from)?;
    Ok(Upkeep::new(store.clone(), store.clone(), Arc::new(SystemClock), retention, metrics))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(networks: &[&str]) -> Result<Vec<String>, String> {
        let mut settings = Settings::default();
        settings.jobs.networks = networks.iter().map(|source| (*source).to_owned()).collect();
        let jobs = all(&settings).map_err(|failure| failure.to_string())?;
        Ok(jobs.into_iter().map(|job| job.name).collect())
    }

    #[test]
    fn each_source_of_networks_is_a_job() {
        let jobs = names(&["amazon=696", "csv = 12 = https://example.com/a?b=c"]).unwrap();
        assert_eq!(
            jobs,
            ["evidence", "expiry", "networks-amazon-696", "networks-csv-12", "partitions", "snapshot"]
        );
        assert_eq!(
            networks("csv=12=https://example.com/a?b=c").unwrap().sources,
            ["https://example.com/a?b=c"]
        );
    }

    #[test]
    fn a_source_that_is_none_is_told() {
        let told = |source| names(&[source]).unwrap_err();
        assert!(
            told("amazon").contains("jobs.networks \"amazon\": `` is no id of a provider"),
            "{}",
            told("amazon")
        );
        assert!(told("azure=7").contains("`azure` is none of amazon, google"));
        assert!(told("csv=7").contains("no address of its own"));
        assert!(names(&["google=7", "google=7"]).unwrap_err().contains("`networks-google-7` twice"));
    }
}
