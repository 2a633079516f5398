use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Json, Query, ServiceConfig};
use futures_util::future::LocalBoxFuture;
use futures_util::{FutureExt, stream};
use greencheck_core::Step;
use greencheck_core::ports::{Lookup, LookupError};
use tokio::sync::mpsc;

use crate::receiver::{failure, json};
use crate::wire::{
    self, CheckQuestion, Code, Failure, FollowQuestion, GenerationQuestion, GenerationReply, News,
    StoredQuestion, StoredReply,
};

/// The routes by which other services ask `lookup`: `POST /check`, `POST /follow`, `POST /stored` and `GET /generation`.
pub fn lookup_routes(lookup: Arc<dyn Lookup>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    let lookup = Data::from(lookup);
    move |app| {
        app.app_data(lookup)
            .service(web::resource(wire::CHECK).app_data(json(wire::CHECK_BYTES_MAX)).post(check))
            .service(web::resource(wire::FOLLOW).app_data(json(wire::CHECK_BYTES_MAX)).post(follow))
            .service(web::resource(wire::STORED).app_data(json(wire::STORED_BYTES_MAX)).post(stored))
            .route(wire::GENERATION, web::get().to(generation));
    }
}

async fn check(lookup: Data<dyn Lookup>, question: Json<CheckQuestion>) -> HttpResponse {
    let CheckQuestion { host, mode, asker } = question.into_inner();
    match lookup.check_for(&host, mode, asker).await {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(error) => failed(&error),
    }
}

/// Lines of JSON, each when there is something to say.
async fn follow(lookup: Data<dyn Lookup>, question: Json<FollowQuestion>) -> HttpResponse {
    let FollowQuestion { host, asker } = question.into_inner();
    let (tell, steps) = mpsc::unbounded_channel();
    let work = async move {
        // Whoever went away hears of no more steps.
        let follower = move |step: &Step| drop(tell.send(step.clone()));
        match lookup.follow(&host, asker, Arc::new(follower)).await {
            Ok(answer) => News::Answer(Box::new(answer)),
            Err(error) => News::Failure(told(&error)),
        }
    };
    let under_way = Some(Followed { work: work.boxed_local(), steps });
    HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .streaming(stream::unfold(under_way, async |followed| followed?.next().await))
}

/// A look-up that somebody follows.
struct Followed {
    work: LocalBoxFuture<'static, News>,
    steps: mpsc::UnboundedReceiver<Step>,
}

impl Followed {
    /// The next line, and whether there will be more.
    async fn next(mut self) -> Option<(Result<Bytes, serde_json::Error>, Option<Self>)> {
        tokio::select! {
            biased;
            Some(step) = self.steps.recv() => Some((line(&News::Step(step)), Some(self))),
            end = &mut self.work => Some((line(&end), None)),
        }
    }
}

fn line(news: &News) -> Result<Bytes, serde_json::Error> {
    let mut line = serde_json::to_vec(news)?;
    line.push(b'\n');
    Ok(line.into())
}

async fn stored(lookup: Data<dyn Lookup>, question: Json<StoredQuestion>) -> HttpResponse {
    let hosts = question.into_inner().hosts;
    if hosts.len() > wire::HOSTS_MAX {
        let message = format!("{} names are more than {} in one question", hosts.len(), wire::HOSTS_MAX);
        return failure(StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, message);
    }
    match lookup.stored(&hosts).await {
        Ok(answers) => HttpResponse::Ok().json(StoredReply { answers }),
        Err(error) => failed(&error),
    }
}

async fn generation(lookup: Data<dyn Lookup>, question: Query<GenerationQuestion>) -> HttpResponse {
    let patience = Duration::from_millis(question.wait_ms).min(wire::GENERATION_WAIT_MAX);
    match lookup.generation_after(question.after, patience).await {
        Ok(generation) => HttpResponse::Ok().json(GenerationReply { generation }),
        Err(error) => failed(&error),
    }
}

fn failed(error: &LookupError) -> HttpResponse {
    let Failure { code, message } = told(error);
    failure(StatusCode::SERVICE_UNAVAILABLE, code, message)
}

fn told(error: &LookupError) -> Failure {
    let code = match error {
        LookupError::Overloaded => Code::Overloaded,
        LookupError::Unavailable(source) => {
            // The caller decides what becomes of it and logs that; here it helps to find the cause.
            tracing::debug!(error = %source, "a question of another service has no answer");
            Code::Unavailable
        }
    };
    Failure { code, message: error.to_string() }
}
