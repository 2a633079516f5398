use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use greencheck_core::catalog::Catalog;
use greencheck_core::ports::{
    Asker, CarbonTxtResults, Change, ChangeSink, Dns, Follower, Lookup, LookupError, Mode, OriginAsns,
    StoreError, Verdicts, Web,
};
use greencheck_core::{
    Answer, Clock, Explanation, FullLookup, Generation, Host, LookupConfig, Outcome, Rules, Step,
    UnknownReason, Verdict,
};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use crate::Metrics;
use crate::flights::{Flights, Landing, Pilot, Seat};
use crate::metrics::Persisted;
use crate::stored::{answer_of, stored_of};
use crate::turns::{Ticket, Turns};

/// Everything that a look-up asks and tells.
#[derive(Clone)]
pub struct World {
    pub verdicts: Arc<dyn Verdicts>,
    pub carbon_txt_results: Arc<dyn CarbonTxtResults>,
    pub dns: Arc<dyn Dns>,
    pub web: Arc<dyn Web>,
    pub origins: Arc<dyn OriginAsns>,
    pub changes: Arc<dyn ChangeSink>,
    pub clock: Arc<dyn Clock>,
}

/// Decides on names. Cheap to clone; all clones are one service.
#[derive(Clone)]
pub struct LookupService {
    shared: Arc<Shared>,
    /// Those of the catalogs, as long as somebody follows them.
    generations: Option<watch::Receiver<Generation>>,
}

struct Shared {
    world: World,
    catalog: Arc<ArcSwap<Catalog>>,
    rules: Rules,
    config: LookupConfig,
    flights: Arc<Flights>,
    turns: Arc<Turns>,
    metrics: Metrics,
    /// Look-ups outlive the request that started them, and the HTTP worker that served it.
    runtime: Handle,
    tasks: TaskTracker,
}

impl LookupService {
    /// A service that decides by whatever `catalog` holds at the moment. Must be called within a tokio runtime, which
    /// then runs the look-ups.
    pub fn new(
        world: World,
        catalog: Arc<ArcSwap<Catalog>>,
        rules: Rules,
        config: LookupConfig,
        metrics: Metrics,
    ) -> Self {
        metrics.limits(config.max_in_flight, config.max_waiting);
        let turns = Turns::new(config.max_in_flight, config.max_waiting, metrics.waiting.clone());
        let shared = Shared {
            turns: Arc::new(turns),
            flights: Arc::default(),
            runtime: Handle::current(),
            tasks: TaskTracker::new(),
            world,
            catalog,
            rules,
            config,
            metrics,
        };
        Self { shared: Arc::new(shared), generations: None }
    }

    /// Lets callers wait for what `generations` says. When its other end is dropped, nobody waits any more.
    #[must_use]
    pub fn with_generations(self, generations: watch::Receiver<Generation>) -> Self {
        Self { generations: Some(generations), ..self }
    }

    /// Waits for the look-ups that are still under way. Call it when no request can come any more.
    pub async fn drain(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    /// Whether interactive look-ups leave room for background ones.
    pub(crate) fn is_calm(&self) -> bool {
        self.shared.turns.free() * 2 >= self.shared.config.max_in_flight
    }

    pub(crate) fn config(&self) -> &LookupConfig {
        &self.shared.config
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    pub(crate) fn world(&self) -> &World {
        &self.shared.world
    }

    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        self.shared.catalog.load_full()
    }

    /// Looks `host` up again and stores the result; waits for it to end.
    pub(crate) async fn refresh(&self, host: &Host) {
        let flight = self.fly(host, Mode::Full, Turn::Background, Asker::default());
        if let Some(seat) = flight {
            seat.landed().await;
        }
    }

    /// The stored verdict, unless the catalog no longer supports it. A database that is away is as good as an empty one:
    /// the network and the catalog in memory still decide.
    async fn stored_answer(&self, host: &Host) -> Option<Answer> {
        let catalog = self.catalog();
        match self.shared.world.verdicts.by_hosts(std::slice::from_ref(host)).await {
            Ok(rows) => {
                rows.into_iter().find(|row| catalog.supports(row)).map(|row| answer_of(&catalog, row))
            }
            Err(error) => {
                self.shared.metrics.store_failed("by_hosts", &error);
                None
            }
        }
    }

    /// Joins or starts the look-up of `host`. `None` when too many wait already.
    fn fly(&self, host: &Host, mode: Mode, turn: Turn, asker: Asker) -> Option<Seat> {
        let catalog = self.catalog();
        let (seat, pilot) = self.shared.flights.board(host, mode, catalog.generation());
        let Some(pilot) = pilot else {
            self.shared.metrics.joined.inc();
            return Some(seat);
        };
        let Some(ticket) = self.shared.turns.ask(asker) else {
            pilot.turn_away();
            return None;
        };
        let this = self.clone();
        let host = host.clone();
        let task = async move { this.look_up(&host, mode, turn, &catalog, ticket, pilot).await };
        self.shared.tasks.spawn_on(task, &self.shared.runtime);
        Some(seat)
    }

    async fn look_up(
        &self,
        host: &Host,
        mode: Mode,
        turn: Turn,
        catalog: &Catalog,
        ticket: Ticket,
        pilot: Pilot,
    ) {
        let shared = &self.shared;
        let Some(_place) = ticket.turn().await else {
            pilot.turn_away();
            return;
        };
        let running = shared.metrics.start(mode, turn);
        // Nobody follows a fast check.
        let tell = |step: &Step| pilot.tell(step);
        let lookup = FullLookup {
            catalog,
            rules: shared.rules,
            dns: &*shared.world.dns,
            web: &*shared.world.web,
            origins: &*shared.world.origins,
            carbon_txt_results: &*shared.world.carbon_txt_results,
            clock: &*shared.world.clock,
            use_kept: mode == Mode::Fast || turn == Turn::Background,
            follower: (mode == Mode::Full).then_some(&tell),
        };
        let outcome = match timeout(shared.config.timeout, lookup.run(host)).await {
            Ok(outcome) => outcome,
            Err(_) => out_of_time(host, shared.config.timeout),
        };
        running.end(&outcome.verdict);
        let answer = Arc::new(self.answer(host, catalog, outcome));
        self.persist(&answer, mode, catalog).await;
        pilot.land(answer);
    }

    fn answer(&self, host: &Host, catalog: &Catalog, outcome: Outcome) -> Answer {
        Answer {
            host: host.clone(),
            verdict: outcome.verdict,
            hosted_by: outcome.verdict.provider().and_then(|provider| catalog.hosted_by(provider)),
            modified: self.shared.world.clock.now(),
            address: outcome.address,
            generation: catalog.generation(),
            explanation: Some(Arc::new(outcome.explanation)),
        }
    }

    /// Stores what a full look-up found and tells everybody. An unknown outcome says nothing of the name: what is stored
    /// stays.
    async fn persist(&self, answer: &Answer, mode: Mode, catalog: &Catalog) {
        let verdicts = &self.shared.world.verdicts;
        let written = match answer.verdict {
            Verdict::Green { .. } => match stored_of(answer, catalog) {
                Some(row) => verdicts.put(&row).await.map(|()| true),
                None => return,
            },
            Verdict::Grey { .. } => {
                verdicts.remove(&answer.host).await.map(|removed| removed || mode == Mode::Full)
            }
            Verdict::Unknown { .. } => return,
        };
        match written {
            Ok(true) => self.announce(&answer.host).await,
            Ok(false) => {}
            Err(error) => self.store_failed(&error),
        }
        self.shared.metrics.persisted(Persisted::of(&answer.verdict));
    }

    async fn announce(&self, host: &Host) {
        if let Err(error) = self.shared.world.changes.announce(&Change::Host { host: host.clone() }).await {
            self.shared.metrics.announce_failed(&error);
        }
    }

    fn store_failed(&self, error: &StoreError) {
        self.shared.metrics.store_failed("persist", error);
    }

    fn momentary(&self, host: &Host, reason: UnknownReason) -> Answer {
        self.shared.metrics.turned_away(reason);
        Answer {
            host: host.clone(),
            verdict: Verdict::Unknown { reason },
            hosted_by: None,
            modified: self.shared.world.clock.now(),
            address: None,
            generation: self.catalog().generation(),
            explanation: None,
        }
    }

    async fn check_fast(&self, host: &Host, asker: Asker) -> Answer {
        if let Some(answer) = self.stored_answer(host).await {
            return answer;
        }
        let Some(seat) = self.fly(host, Mode::Fast, Turn::Interactive, asker) else {
            return self.momentary(host, UnknownReason::Overload);
        };
        match timeout(self.shared.config.fast_deadline, seat.landed()).await {
            Ok(Some(Landing::Answer(answer))) => Arc::unwrap_or_clone(answer),
            Ok(Some(Landing::TurnedAway)) => self.momentary(host, UnknownReason::Overload),
            Ok(None) => self.momentary(host, UnknownReason::Unavailable),
            Err(_) => self.momentary(host, UnknownReason::Deadline),
        }
    }

    /// Past its patience the look-up goes on, like that of a fast check.
    async fn check_full(
        &self,
        host: &Host,
        asker: Asker,
        follower: Option<Follower>,
    ) -> Result<Answer, LookupError> {
        let config = &self.shared.config;
        let patience = config.max_wait.saturating_add(config.timeout);
        let landed = match self.fly(host, Mode::Full, Turn::Interactive, asker) {
            Some(seat) => {
                if let Some(follower) = follower {
                    seat.follow(follower);
                }
                timeout(patience, seat.landed()).await.unwrap_or(Some(Landing::TurnedAway))
            }
            None => Some(Landing::TurnedAway),
        };
        match landed {
            Some(Landing::Answer(answer)) => Ok(Arc::unwrap_or_clone(answer)),
            Some(Landing::TurnedAway) => {
                self.shared.metrics.turned_away(UnknownReason::Overload);
                Err(LookupError::Overloaded)
            }
            None => Err(LookupError::Unavailable("the look-up was called off".into())),
        }
    }
}

#[async_trait]
impl Lookup for LookupService {
    async fn check(&self, host: &Host, mode: Mode) -> Result<Answer, LookupError> {
        self.check_for(host, mode, Asker::default()).await
    }

    async fn check_for(&self, host: &Host, mode: Mode, asker: Asker) -> Result<Answer, LookupError> {
        match mode {
            Mode::Fast => Ok(self.check_fast(host, asker).await),
            Mode::Full => self.check_full(host, asker, None).await,
        }
    }

    async fn follow(&self, host: &Host, asker: Asker, follower: Follower) -> Result<Answer, LookupError> {
        self.check_full(host, asker, Some(follower)).await
    }

    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError> {
        let catalog = self.catalog();
        let rows = self.shared.world.verdicts.by_hosts(hosts).await;
        let rows = rows.map_err(|error| LookupError::Unavailable(Box::new(error)))?;
        let mut answers: std::collections::HashMap<Host, Answer> = rows
            .into_iter()
            .filter(|row| catalog.supports(row))
            .map(|row| (row.host.clone(), answer_of(&catalog, row)))
            .collect();
        let mut seen = std::collections::HashMap::new();
        let in_order = hosts.iter().map(|host| {
            let answer = answers.remove(host).or_else(|| seen.get(host).cloned());
            if let Some(answer) = &answer {
                seen.insert(host, answer.clone());
            }
            answer
        });
        Ok(in_order.collect())
    }

    async fn generation(&self) -> Result<Generation, LookupError> {
        Ok(self.catalog().generation())
    }

    async fn generation_after(
        &self,
        known: Generation,
        patience: Duration,
    ) -> Result<Generation, LookupError> {
        if let Some(mut generations) = self.generations.clone() {
            // However the wait ends, what holds then is the answer.
            let _ = timeout(patience, generations.wait_for(|generation| *generation > known)).await;
        }
        self.generation().await
    }
}

/// Whether somebody waits for a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Interactive,
    Background,
}

fn out_of_time(host: &Host, limit: Duration) -> Outcome {
    let because = format!("{host} is unknown: the look-up did not end within {limit:?}");
    let took_us = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
    Outcome {
        verdict: Verdict::Unknown { reason: UnknownReason::Timeout },
        address: None,
        explanation: Explanation { because, steps: Vec::new(), took_us },
    }
}
