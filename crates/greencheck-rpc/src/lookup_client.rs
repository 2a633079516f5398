use std::time::Duration;

use async_trait::async_trait;
use greencheck_core::ports::{Asker, Follower, Lookup, LookupError, Mode};
use greencheck_core::{Answer, Generation, Host, LookupConfig};
use reqwest::StatusCode;

use crate::caller::Patience;
use crate::error::Failed;
use crate::wire::{
    self, CheckQuestion, FollowQuestion, GenerationQuestion, GenerationReply, News, StoredQuestion,
    StoredReply,
};
use crate::{Caller, ClientError};

/// The lookup-service, asked over HTTP.
#[derive(Debug)]
pub struct RemoteLookup {
    caller: Caller,
    fast: Patience,
    full: Patience,
}

impl RemoteLookup {
    /// How much longer than a look-up its answer may take.
    const FAST_MARGIN: Duration = Duration::from_millis(500);
    const FULL_MARGIN: Duration = Duration::from_secs(3);
    const GENERATION: Patience = Patience { limit: Duration::from_secs(1), again: true };

    pub fn new(caller: Caller, config: &LookupConfig) -> Self {
        Self {
            caller,
            fast: Patience { limit: config.fast_deadline + Self::FAST_MARGIN, again: true },
            full: Patience { limit: config.max_wait + config.timeout + Self::FULL_MARGIN, again: false },
        }
    }

    async fn stored_chunk(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, Failed> {
        let question = StoredQuestion { hosts: hosts.to_vec() };
        let reply: StoredReply = self.caller.ask(wire::STORED, &question, self.fast).await?;
        let fits = |(answer, host): (&Option<Answer>, &Host)| {
            answer.as_ref().is_none_or(|answer| answer.host == *host)
        };
        if reply.answers.len() != hosts.len() || !reply.answers.iter().zip(hosts).all(fits) {
            return Err(Failed::unreadable(&"the answers are not those to the names asked for"));
        }
        Ok(reply.answers)
    }
}

fn about(host: &Host, answer: Answer) -> Result<Answer, Failed> {
    if answer.host == *host { Ok(answer) } else { Err(Failed::unreadable(&"it is about another name")) }
}

#[async_trait]
impl Lookup for RemoteLookup {
    async fn check(&self, host: &Host, mode: Mode) -> Result<Answer, LookupError> {
        self.check_for(host, mode, Asker::default()).await
    }

    async fn check_for(&self, host: &Host, mode: Mode, asker: Asker) -> Result<Answer, LookupError> {
        let question = CheckQuestion { host: host.clone(), mode, asker };
        let patience = match mode {
            Mode::Fast => self.fast,
            Mode::Full => self.full,
        };
        let answer: Answer = self.caller.ask(wire::CHECK, &question, patience).await?;
        Ok(about(host, answer)?)
    }

    async fn follow(&self, host: &Host, asker: Asker, follower: Follower) -> Result<Answer, LookupError> {
        let question = FollowQuestion { host: host.clone(), asker };
        let read = move |line: &[u8]| match serde_json::from_slice(line) {
            Ok(News::Step(step)) => {
                follower(&step);
                None
            }
            Ok(News::Answer(answer)) => Some(Ok(*answer)),
            Ok(News::Failure(failure)) => {
                Some(Err(Failed::told(StatusCode::SERVICE_UNAVAILABLE.as_u16(), failure)))
            }
            Err(error) => Some(Err(Failed::unreadable(&error))),
        };
        match self.caller.ask_for_lines(wire::FOLLOW, &question, self.full, read).await {
            // An older lookup-service only answers, and so does one that lets this caller only check.
            Err(Failed::Other(ClientError::Refused { status: 403 | 404, .. })) => {
                self.check_for(host, Mode::Full, asker).await
            }
            answer => Ok(about(host, answer?)?),
        }
    }

    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError> {
        let mut answers = Vec::with_capacity(hosts.len());
        for chunk in hosts.chunks(wire::HOSTS_MAX) {
            answers.extend(self.stored_chunk(chunk).await?);
        }
        Ok(answers)
    }

    async fn generation(&self) -> Result<Generation, LookupError> {
        self.generation_after(Generation::default(), Duration::ZERO).await
    }

    async fn generation_after(
        &self,
        known: Generation,
        patience: Duration,
    ) -> Result<Generation, LookupError> {
        let wait = patience.min(wire::GENERATION_WAIT_MAX);
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let question = GenerationQuestion { after: known, wait_ms };
        let patience = Patience { limit: Self::GENERATION.limit + wait, ..Self::GENERATION };
        let reply: GenerationReply = self.caller.query(wire::GENERATION, &question, patience).await?;
        Ok(reply.generation)
    }
}
