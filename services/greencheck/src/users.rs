//! `greencheck user`.

use std::io::{self, BufRead};

use greencheck_core::catalog::UserRecord;
use greencheck_core::partner::Sensitive;
use greencheck_core::ports::Accounts;
use rand::distr::{Alphanumeric, SampleString};

use crate::cli::User;
use crate::failure::Failure;
use crate::output;

/// Characters of a password that is made here: more than 140 bits.
const MADE: usize = 24;
/// Characters that a password has at least.
const SHORTEST: usize = 8;

pub(crate) async fn run(accounts: &dyn Accounts, what: User) -> Result<(), Failure> {
    match what {
        User::Create(args) => {
            let password = Password::choose(args.password_stdin)?;
            let user = UserRecord {
                username: args.name.clone(),
                password: Some(password.text.expose().to_owned()),
                providers: args.providers,
                groups: args.groups,
            };
            accounts.create_user(&user).await?;
            password.tell(&format!("created the user {}", args.name))
        }
        User::Password(args) => {
            let password = Password::choose(args.password_stdin)?;
            if !accounts.set_password(&args.name, &password.text).await? {
                return Err(Failure::input(format!("there is no user `{}`", args.name)));
            }
            password.tell(&format!("changed the password of {}", args.name))
        }
    }
}

struct Password {
    text: Sensitive,
    made: bool,
}

impl Password {
    fn choose(from_input: bool) -> Result<Self, Failure> {
        if !from_input {
            let text = Alphanumeric.sample_string(&mut rand::rng(), MADE);
            return Ok(Self { text: Sensitive::new(text), made: true });
        }
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        let text = line.trim_end_matches(['\r', '\n']);
        // It would be taken for a hash.
        if text.starts_with("$argon2") || text.chars().count() < SHORTEST {
            return Err(Failure::input(format!(
                "the password on standard input must have at least {SHORTEST} characters and not begin with `$argon2`"
            )));
        }
        Ok(Self { text: Sensitive::new(text), made: false })
    }

    /// Says what was done, and the password if nobody knows it yet.
    fn tell(&self, done: &str) -> Result<(), Failure> {
        let password = if self.made { format!("\npassword: {}", self.text.expose()) } else { String::new() };
        Ok(output::print(&format!("{done}{password}\n"))?)
    }
}
