use std::time::Duration;

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
    quiet: bool,
    proxies: Vec<String>,
    #[serde(with = "humantime_serde")]
    keep_alive: Duration,
    certificate: Option<String>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Store {
    url: String,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            workers: 2,
            quiet: false,
            proxies: Vec::new(),
            keep_alive: Duration::from_secs(5),
            certificate: None,
        }
    }
}

fn sources(variables: &[(&str, &str)]) -> Sources {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Sources { environment: Environment::of(variables), foreign_sections: vec!["queue"], ..Sources::default() }
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

#[test]
fn nothing_given_is_the_default() {
    assert_eq!(load::<Config>(&sources(&[("HOME", "/root")])).unwrap(), Config::default());
}

#[test]
fn variables_take_the_kind_of_their_setting() {
    let config: Config = load(&sources(&[
        ("GREENCHECK__HTTP__WORKERS", "7"),
        ("GREENCHECK__HTTP__QUIET", "true"),
        ("GREENCHECK__HTTP__PROXIES", "10.0.0.0/8, fd00::/8,"),
        ("GREENCHECK__HTTP__KEEP_ALIVE", "250ms"),
        ("GREENCHECK__HTTP__CERTIFICATE", "7"),
        ("GREENCHECK__STORE__URL", "123"),
    ]))
    .unwrap();
    assert_eq!(
        config.http,
        Http {
            workers: 7,
            quiet: true,
            proxies: vec!["10.0.0.0/8".to_owned(), "fd00::/8".to_owned()],
            keep_alive: Duration::from_millis(250),
            certificate: Some("7".to_owned()),
            ..Http::default()
        }
    );
    assert_eq!(config.store.url, "123");
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_layers() {
    let (_folder, mut sources) =
        with_file("[http]\nworkers = 3\nlisten = 'file'\n", &[("GREENCHECK__HTTP__LISTEN", "environment")]);
    sources.layers = vec![("demo".to_owned(), "[http]\nworkers = 9\nquiet = true\n".to_owned())];
    let config: Config = load(&sources).unwrap();
    assert_eq!(
        (config.http.workers, config.http.listen.as_str(), config.http.quiet),
        (3, "environment", true)
    );
}

#[test]
fn an_unknown_key_says_where_it_stands_and_what_is_known() {
    let text = error(&sources(&[("GREENCHECK__HTTP__LISTN", "x")]));
    assert!(text.starts_with("GREENCHECK__HTTP__LISTN: "), "{text}");
    assert!(text.contains("unknown field `listn`") && text.contains("`listen`"), "{text}");
    let (folder, sources) = with_file("[http]\nlisten = 'a'\ncolour = 'red'\n", &[]);
    let text = error(&sources);
    assert!(text.starts_with(&format!("{}: ", folder.path().join("greencheck.toml").display())), "{text}");
    assert!(text.contains("unknown field `colour`"), "{text}");
}

#[test]
fn a_value_of_the_wrong_kind_says_where_it_stands() {
    let text = error(&sources(&[("GREENCHECK__HTTP__WORKERS", "many")]));
    assert!(text.starts_with("GREENCHECK__HTTP__WORKERS: ") && text.contains("many"), "{text}");
}

#[test]
fn sections_of_other_processes_are_passed_over_and_unknown_ones_are_not() {
    let (_folder, known) = with_file("[queue]\nurl = 'amqp:'\n", &[("GREENCHECK__QUEUE__URL", "amqp:")]);
    assert_eq!(load::<Config>(&known).unwrap(), Config::default());
    assert!(error(&sources(&[("GREENCHECK__QUEU__URL", "amqp:")])).contains("unknown field `queu`"));
}

#[test]
fn a_file_that_is_not_there_or_no_toml_is_an_error_that_names_it() {
    let missing = Sources { file: Some(PathBuf::from("nowhere.toml")), ..Sources::default() };
    assert!(error(&missing).starts_with("cannot read nowhere.toml: "));
    let (_folder, broken) = with_file("[http\n", &[]);
    assert!(error(&broken).contains("greencheck.toml: "));
}

#[test]
fn the_effective_configuration_reads_back_as_itself() {
    let config = Config::default();
    let (_folder, sources) = with_file(&effective(&config).unwrap(), &[]);
    assert_eq!(load::<Config>(&sources).unwrap(), config);
}
