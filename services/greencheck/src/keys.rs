//! `greencheck key`.

use std::fmt::Write as _;

use chrono::{DateTime, Days, NaiveTime, Utc};
use greencheck_core::partner::{ApiKey, NewApiKey};
use greencheck_core::ports::Accounts;

use crate::cli::{Key, KeyCreateArgs};
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

pub(crate) async fn run(
    settings: &Settings,
    accounts: &dyn Accounts,
    now: DateTime<Utc>,
    what: Key,
) -> Result<(), Failure> {
    match what {
        Key::Create(args) => create(settings, accounts, now, args).await,
        Key::List { user } => {
            let keys = accounts.keys(user.as_deref()).await?;
            Ok(output::print(&table(&keys, now))?)
        }
        Key::Revoke { id } => {
            if !accounts.revoke_key(id, now).await? {
                return Err(Failure::input(format!("there is no key {id}: see `greencheck key list`")));
            }
            Ok(output::print(&format!("revoked key {id}\n"))?)
        }
    }
}

async fn create(
    settings: &Settings,
    accounts: &dyn Accounts,
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

fn table(keys: &[ApiKey], now: DateTime<Utc>) -> String {
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
    aligned(&rows)
}

fn aligned<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            write!(line, "{cell:width$}  ").expect("a string takes everything");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}
