//! `greencheck key`.

use chrono::{DateTime, Days, NaiveTime, Utc};
use greencheck_core::Usage;
use greencheck_core::partner::{ApiKey, NewApiKey};
use greencheck_store::Store;

use crate::cli::{Key, KeyCreateArgs};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{output, table};

pub(crate) async fn run(
    settings: &Settings,
    accounts: &dyn Store,
    now: DateTime<Utc>,
    what: Key,
) -> Result<(), Failure> {
    match what {
        Key::Create(args) => create(settings, accounts, now, args).await,
        Key::List { user } => {
            let keys = accounts.keys(user.as_deref()).await?;
            Ok(output::print(&listed(&keys, now))?)
        }
        Key::Revoke { id } => {
            if !accounts.revoke_key(id, now).await? {
                return Err(Failure::input(format!("there is no key {id}: see `greencheck key list`")));
            }
            Ok(output::print(&format!("revoked key {id}\n"))?)
        }
        Key::Usage { id, days } => usage(accounts, now, id, days).await,
    }
}

async fn create(
    settings: &Settings,
    accounts: &dyn Store,
    now: DateTime<Utc>,
    args: KeyCreateArgs,
) -> Result<(), Failure> {
    let word = settings.partners.key_word().map_err(Failure::input)?.to_owned();
    // The day counts to its end.
    let expires = args.expires.map(|day| (day + Days::new(1)).and_time(NaiveTime::MIN).and_utc());
    if let Some(day) = args.expires.filter(|_| expires.is_some_and(|end| end <= now)) {
        return Err(Failure::input(format!("--expires {day} is over: choose a day to come")));
    }
    let key = NewApiKey {
        username: args.user,
        word,
        service: args.service,
        privilege_level: args.level,
        note: args.note,
        created: now,
        expires,
    };
    let (_, text) = accounts.create_key(&key, settings.partners.keys_per_user).await?;
    output::complain("this is the only time that the key is shown:");
    Ok(output::print(&format!("{}\n", text.expose()))?)
}

async fn usage(store: &dyn Store, now: DateTime<Utc>, id: i64, days: u64) -> Result<(), Failure> {
    if !store.keys(None).await?.iter().any(|key| key.id == id) {
        return Err(Failure::input(format!("there is no key {id}: see `greencheck key list`")));
    }
    let first = now.date_naive() - Days::new(days - 1);
    let usage = store.key_usage(id, first).await.map_err(anyhow::Error::from)?;
    let mut rows = vec![["DAY", "REQUESTS", "NAMES", "ROUTE"].map(str::to_owned)];
    rows.extend(usage.iter().map(|usage| {
        [usage.day.to_string(), usage.requests.to_string(), usage.names.to_string(), usage.route.clone()]
    }));
    let sum = |of: fn(&Usage) -> u64| usage.iter().map(of).sum::<u64>().to_string();
    let (requests, names) = (sum(|usage| usage.requests), sum(|usage| usage.names));
    rows.push(["total".to_owned(), requests, names, format!("since {first}")]);
    Ok(output::print(&table::aligned(&rows))?)
}

fn listed(keys: &[ApiKey], now: DateTime<Utc>) -> String {
    let day = |time: DateTime<Utc>| time.format("%Y-%m-%d").to_string();
    let mut rows = vec![
        ["ID", "PREFIX", "USER", "SERVICE", "LEVEL", "CREATED", "EXPIRES", "STATE", "NOTE"]
            .map(str::to_owned),
    ];
    rows.extend(keys.iter().map(|key| {
        let state = match key.revoked {
            Some(_) => "revoked",
            None if key.is_usable(now) => "usable",
            None => "expired",
        };
        [
            key.id.to_string(),
            key.prefix.clone(),
            key.username.clone(),
            key.service.clone(),
            key.privilege_level.clone().unwrap_or_else(|| "-".to_owned()),
            day(key.created),
            // The moment after its last one.
            key.expires.map_or_else(|| "-".to_owned(), |end| day(end - chrono::TimeDelta::microseconds(1))),
            state.to_owned(),
            key.note.clone(),
        ]
    }));
    table::aligned(&rows)
}
