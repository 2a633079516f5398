use clap::{Args, Subcommand};

const USER_CREATE: &str = "\
A user logs in to the partner API with this name and a password, and manages the networks of these providers; a member
of the group `admin` manages all. Without --password-stdin a password is made and printed once.

Examples:
  greencheck user create ada --provider 7
  greencheck user create root --group admin --password-stdin < password.txt";

const USER_PASSWORD: &str = "\
The old password and all tokens of the user stop to count. Without --password-stdin a password is made and printed once.

Examples:
  greencheck user password ada
  greencheck user password ada --password-stdin < password.txt";

const KEY_CREATE: &str = "\
Prints the key, once: only its SHA-512 is kept. A user has at most `partners.keys_per_user` keys that are neither
expired nor revoked.

Examples:
  greencheck key create ada --note 'link checker'
  greencheck key create ada --service greencheck --level research --expires 2027-06-30";

const KEY_LIST: &str = "\
Examples:
  greencheck key list
  greencheck key list ada";

const KEY_REVOKE: &str = "\
From then on the key does not count; gateways forget it within five seconds.

Examples:
  greencheck key revoke 3";

const KEY_USAGE: &str = "\
Shows what was asked with the key, by day (UTC) and route. Requests count once they are answered, within seconds; those
that were turned away do not.

Examples:
  greencheck key usage 3
  greencheck key usage 3 --days 7";

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add a user of the partner API
    #[command(after_long_help = USER_CREATE)]
    Create(UserCreateArgs),
    /// Replace the password of a user
    #[command(after_long_help = USER_PASSWORD)]
    Password(UserPasswordArgs),
}

#[derive(Debug, Args)]
pub(crate) struct UserCreateArgs {
    pub(crate) name: String,
    /// A provider that the user manages; may be given several times
    #[arg(long = "provider", value_name = "ID")]
    pub(crate) providers: Vec<i64>,
    /// A group that the user is in; may be given several times
    #[arg(long = "group", value_name = "GROUP")]
    pub(crate) groups: Vec<String>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UserPasswordArgs {
    pub(crate) name: String,
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key for a caller
    #[command(after_long_help = KEY_CREATE)]
    Create(KeyCreateArgs),
    /// Show keys: all, or those of one user
    #[command(after_long_help = KEY_LIST)]
    List {
        #[arg(value_name = "USER")]
        user: Option<String>,
    },
    /// Take a key back
    #[command(after_long_help = KEY_REVOKE)]
    Revoke {
        /// The number that `key list` shows
        id: i64,
    },
    /// Show what was asked with a key
    #[command(after_long_help = KEY_USAGE)]
    Usage {
        /// The number that `key list` shows
        id: i64,
        /// How many days, today included
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3_660))]
        days: u64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct KeyCreateArgs {
    /// Whose key it is
    #[arg(value_name = "USER")]
    pub(crate) user: String,
    /// What the key is for, as introspection tells it
    #[arg(long, default_value = "greencheck")]
    pub(crate) service: String,
    /// What the key allows more than others, as introspection tells it
    #[arg(long, value_name = "NAME")]
    pub(crate) level: Option<String>,
    /// For whoever looks at the list
    #[arg(long, default_value = "")]
    pub(crate) note: String,
    /// The last day of the key, in UTC, such as 2027-06-30; without it the key does not expire
    #[arg(long, value_name = "DAY")]
    pub(crate) expires: Option<chrono::NaiveDate>,
}
