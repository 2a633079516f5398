use rstest::rstest;
use serde::Deserialize;

use super::*;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    http: Http,
    store: Store,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Http {
    listen: String,
    workers: u16,
    share: f64,
    quiet: bool,
    mode: Mode,
    proxies: Vec<String>,
    numbers: Vec<u32>,
    keep_alive: HumanDuration,
    certificate: Option<String>,
    limit: Option<u32>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Strict,
    VeryLax,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Store {
    url: String,
    hosts: Vec<Host>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Host {
    name: String,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            workers: 2,
            share: 0.5,
            quiet: false,
            mode: Mode::Strict,
            proxies: vec!["192.0.2.0/24".to_owned()],
            numbers: Vec::new(),
            keep_alive: HumanDuration::from_secs(5),
            certificate: None,
            limit: None,
        }
    }
}

fn sources(variables: &[(&str, &str)]) -> Sources {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Sources { environment: Environment::of(variables), known_sections: vec!["queue"], ..Sources::default() }
}

fn with_file(text: &str, variables: &[(&str, &str)]) -> (tempfile::TempDir, Sources) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("greencheck.toml");
    std::fs::write(&file, text).unwrap();
    (folder, Sources { file: Some(file), ..sources(variables) })
}

fn error(sources: &Sources) -> String {
    load::<Config>(sources).unwrap_err().to_string()
}

/// The error about a file with this text, from the name of the file on.
fn file_error(text: &str) -> String {
    let (folder, sources) = with_file(text, &[]);
    let folder = format!("{}/", folder.path().display());
    error(&sources).replace(&folder, "")
}

#[test]
fn nothing_given_is_the_default() {
    let unrelated = [("HOME", "/root"), ("GREENCHECK_PORT", "tcp://10.0.0.1:80")];
    assert_eq!(load::<Config>(&sources(&unrelated)).unwrap(), Config::default());
}

#[test]
fn variables_become_what_their_setting_is() {
    let config: Config = load(&sources(&[
        ("GREENCHECK__HTTP__WORKERS", " 7 "),
        ("GREENCHECK__HTTP__SHARE", "1"),
        ("GREENCHECK__HTTP__QUIET", "true"),
        ("GREENCHECK__HTTP__MODE", "very_lax"),
        ("GREENCHECK__HTTP__PROXIES", "10.0.0.0/8, fd00::/8,"),
        ("GREENCHECK__HTTP__NUMBERS", "3,4"),
        ("GREENCHECK__HTTP__KEEP_ALIVE", "250ms"),
        ("GREENCHECK__HTTP__CERTIFICATE", "7"),
        ("GREENCHECK__HTTP__LIMIT", "9"),
        ("GREENCHECK__STORE__URL", "123"),
    ]))
    .unwrap();
    let http = Http {
        listen: Http::default().listen,
        workers: 7,
        share: 1.0,
        quiet: true,
        mode: Mode::VeryLax,
        proxies: vec!["10.0.0.0/8".to_owned(), "fd00::/8".to_owned()],
        numbers: vec![3, 4],
        keep_alive: HumanDuration::from_millis(250),
        certificate: Some("7".to_owned()),
        limit: Some(9),
    };
    assert_eq!(config, Config { http, store: Store { url: "123".to_owned(), hosts: Vec::new() } });
}

#[test]
fn an_empty_variable_unsets_an_option_and_empties_a_list() {
    let file = "[http]\nlimit = 3\ncertificate = 'a'\n";
    let (_folder, sources) = with_file(
        file,
        &[("GREENCHECK__HTTP__LIMIT", ""), ("GREENCHECK__HTTP__PROXIES", ""), ("GREENCHECK__STORE__URL", "")],
    );
    let config: Config = load(&sources).unwrap();
    assert_eq!((config.http.limit, config.http.certificate.as_deref()), (None, Some("a")));
    assert_eq!((config.http.proxies, config.store.url), (Vec::new(), String::new()));
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_layers() {
    let (_folder, mut sources) =
        with_file("[http]\nworkers = 3\nlisten = 'file'\n", &[("GREENCHECK__HTTP__LISTEN", "environment")]);
    sources.layers = vec![("demo".to_owned(), "[http]\nworkers = 9\nquiet = true\n".to_owned())];
    let http = load::<Config>(&sources).unwrap().http;
    assert_eq!((http.workers, http.listen.as_str(), http.quiet), (3, "environment", true));
}

#[test]
fn a_file_may_spell_durations_as_seconds_and_hold_lists_of_tables() {
    let (_folder, sources) = with_file("[http]\nkeep_alive = 3\n[[store.hosts]]\nname = 'a'\n", &[]);
    let config: Config = load(&sources).unwrap();
    assert_eq!(config.http.keep_alive, HumanDuration::from_secs(3));
    assert_eq!(config.store.hosts, [Host { name: "a".to_owned() }]);
}

#[rstest]
#[case("LISTN", "x", "http.listn: unknown key; did you mean `listen`?")]
#[case("WORKERS", "many", "http.workers: `many` is not a whole number that is not negative")]
#[case("WORKERS", "70000", "http.workers: invalid value: integer `70000`, expected u16")]
#[case("QUIET", "yes", "http.quiet: `yes` is not `true` or `false`")]
#[case("MODE", "lax", "http.mode: `lax` is none of strict, very_lax")]
#[case("NUMBERS", "1,a", "http.numbers: `a` is not a whole number that is not negative")]
#[case("WORKERS__X", "1", "http.workers: expected u16, found a table")]
fn an_error_names_the_variable_and_the_key(#[case] key: &str, #[case] text: &str, #[case] problem: &str) {
    let variable = format!("GREENCHECK__HTTP__{key}");
    assert_eq!(error(&sources(&[(&variable, text)])), format!("{variable}: {problem}"));
}

#[rstest]
#[case(
    "[http]\nlisten = 'a'\ncolour = 'red'\n",
    "http.colour: unknown key; known here are listen, workers, "
)]
#[case("[http]\nlisten = 'a'\nkeep_alive = 'soon'\n", "http.keep_alive: \"soon\" is not a duration such as ")]
#[case("[[store.hosts]]\nnam = 'a'\n", "store.hosts.nam: unknown key; did you mean `name`?")]
#[case("[htp]\n", "htp: unknown key; did you mean `http`?")]
#[case("[quue]\n", "quue: unknown key; did you mean `queue`?")]
#[case("[http]\nlisten = 'a'\nworkers = = 3\n", "line 3: ")]
fn an_error_names_the_file_and_the_key(#[case] text: &str, #[case] problem: &str) {
    let error = file_error(text);
    assert!(error.starts_with(&format!("greencheck.toml: {problem}")), "{error}");
}

#[rstest]
#[case("[http]\nproxies = 'hunter2'\n")]
#[case("[http]\nproxies = 'hunter2\n")]
#[case("[store]\nhosts = 'hunter2'\n")]
fn an_error_in_a_file_does_not_show_a_text_in_the_wrong_place(#[case] text: &str) {
    let error = file_error(text);
    assert!(error.starts_with("greencheck.toml: ") && !error.contains("hunter2"), "{error}");
}

#[test]
fn a_wrong_setting_is_blamed_on_the_source_that_made_it_so() {
    let (_folder, sources) = with_file("[http]\nworkers = 'x'\n", &[("GREENCHECK__HTTP__LISTEN", "a")]);
    let text = error(&sources);
    assert!(text.contains("greencheck.toml: http.workers: expected u16, found a text"), "{text}");
}

#[test]
fn sections_of_other_processes_are_passed_over_and_unknown_ones_are_not() {
    let variables = [("GREENCHECK__QUEUE__URL", "amqp:")];
    let (_folder, known) = with_file("[queue]\nurl = 'amqp:'\n", &variables);
    assert_eq!(load::<Config>(&known).unwrap(), Config::default());
    let unknown = sources(&[("GREENCHECK__QUEU__URL", "amqp:")]);
    assert_eq!(error(&unknown), "GREENCHECK__QUEU__URL: queu: unknown key; did you mean `queue`?");
    assert_eq!(load_some::<Config>(&unknown).unwrap(), Config::default());
}

#[test]
fn a_file_that_is_not_there_is_an_error_that_names_it() {
    let missing = Sources { file: Some(PathBuf::from("nowhere.toml")), ..Sources::default() };
    assert!(error(&missing).starts_with("cannot read the configuration nowhere.toml: "));
}

#[test]
fn the_effective_configuration_reads_back_as_itself() {
    let config = Config::default();
    let (_folder, sources) = with_file(&effective(&config).unwrap(), &[]);
    assert_eq!(load::<Config>(&sources).unwrap(), config);
}

#[test]
fn secrets_are_read_and_not_shown() {
    #[derive(Debug, Default, Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Hidden {
        forwarder: Forwarder,
    }
    #[derive(Debug, Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Forwarder {
        secrets: Vec<Secret>,
        url: RedactedUrl,
    }
    impl Default for Forwarder {
        fn default() -> Self {
            Self { secrets: vec![Secret::new("default")], url: RedactedUrl::new("amqp://a:default@b") }
        }
    }
    let unchanged: Hidden = load(&Sources::default()).unwrap();
    assert_eq!(unchanged.forwarder.secrets[0].expose(), "default");
    assert_eq!(unchanged.forwarder.url.expose(), "amqp://a:default@b");
    let sources = sources(&[
        ("GREENCHECK__FORWARDER__SECRETS", "old,new"),
        ("GREENCHECK__FORWARDER__URL", "amqp://green:hunter2@mq"),
    ]);
    assert!(!format!("{sources:?}").contains("hunter2"));
    let config: Hidden = load(&sources).unwrap();
    let exposed: Vec<_> = config.forwarder.secrets.iter().map(Secret::expose).collect();
    assert_eq!(exposed, ["old", "new"]);
    let text = effective(&config).unwrap();
    assert!(text.contains(r#"url = "amqp://green:***@mq""#) && text.contains("***"), "{text}");
    assert!(!text.contains("hunter2") && !text.contains("old"), "{text}");
}
