use chrono::{DateTime, Utc};
use greencheck_core::ports::JobRecord;
use prometheus::{GaugeVec, IntGauge, Opts, Registry};

/// What the records say of each job, whoever ran it. The label is not `job`: scrapes have that name for the process.
#[derive(Clone)]
pub(crate) struct Metrics {
    pub(super) leader: IntGauge,
    last_run: GaugeVec,
    last_success: GaugeVec,
    next_run: GaugeVec,
    seconds: GaugeVec,
    failed: GaugeVec,
}

impl Metrics {
    pub(crate) fn register(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            leader: IntGauge::new(
                "greencheck_jobs_leader",
                "1 in the process that starts the jobs, 0 in the others",
            )?,
            last_run: GaugeVec::new(
                Opts::new("greencheck_job_last_run_timestamp_seconds", "When the job ended last"),
                &["task"],
            )?,
            last_success: GaugeVec::new(
                Opts::new("greencheck_job_last_success_timestamp_seconds", "When the job ended well last"),
                &["task"],
            )?,
            next_run: GaugeVec::new(
                Opts::new(
                    "greencheck_job_next_run_timestamp_seconds",
                    "When the job is due, in the past if it is late",
                ),
                &["task"],
            )?,
            seconds: GaugeVec::new(
                Opts::new("greencheck_job_last_duration_seconds", "How long the last run of the job took"),
                &["task"],
            )?,
            failed: GaugeVec::new(
                Opts::new("greencheck_job_failed", "1 if the last run of the job failed, else 0"),
                &["task"],
            )?,
        };
        registry.register(Box::new(metrics.leader.clone()))?;
        for gauge in
            [&metrics.last_run, &metrics.last_success, &metrics.next_run, &metrics.seconds, &metrics.failed]
        {
            registry.register(Box::new(gauge.clone()))?;
        }
        Ok(metrics)
    }

    pub(super) fn show(&self, job: &str, record: Option<&JobRecord>, next: Option<DateTime<Utc>>) {
        let set = |gauge: &GaugeVec, value: f64| gauge.with_label_values(&[job]).set(value);
        if let Some(last) = record.and_then(|record| record.last.as_ref()) {
            set(&self.last_run, seconds(last.at));
            set(&self.seconds, last.seconds);
            set(&self.failed, if last.outcome.is_ok() { 0.0 } else { 1.0 });
        }
        if let Some(at) = record.and_then(|record| record.succeeded_at) {
            set(&self.last_success, seconds(at));
        }
        if let Some(next) = next {
            set(&self.next_run, seconds(next));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 have 41 bits")]
fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1_000.0
}
