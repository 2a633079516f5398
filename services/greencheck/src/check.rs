//! `greencheck check`.

use std::io::IsTerminal;
use std::process::ExitCode;

use futures_util::{StreamExt, stream};
use greencheck_core::ports::Mode;
use greencheck_core::{Host, Verdict};

use crate::cli::CheckArgs;
use crate::failure::Failure;
use crate::render::{Style, json_line, tree};
use crate::settings::Settings;
use crate::{database, demo, output, wiring};

/// Names of one command that are looked up at a time.
const AT_ONCE: usize = 16;
/// `check`: at least one name is unknown.
const SOME_UNKNOWN: u8 = 1;

/// Looks the names up and prints each as soon as it and those before it are known.
pub(crate) async fn run(settings: &Settings, args: &CheckArgs, demo: bool) -> Result<ExitCode, Failure> {
    let hosts = hosts(&args.names)?;
    let store = database::open(settings).await?;
    if demo {
        demo::import_first(&*store).await?;
    }
    let lookup = wiring::open_lookup(settings, store).await?;
    let style = style();
    let mut answers = stream::iter(&hosts).map(|host| lookup.check(host, Mode::Full)).buffered(AT_ONCE);
    let mut code = ExitCode::SUCCESS;
    while let Some(answer) = answers.next().await {
        let answer = answer.map_err(anyhow::Error::from)?;
        if matches!(answer.verdict, Verdict::Unknown { .. }) {
            code = ExitCode::from(SOME_UNKNOWN);
        }
        output::print(&if args.json { json_line(&answer) } else { tree(&answer, style) })?;
    }
    Ok(code)
}

/// All names, or everything that is wrong with any of them: a list with a slip in it is not half looked up.
fn hosts(names: &[String]) -> Result<Vec<Host>, Failure> {
    let mut problems = Vec::new();
    let mut hosts = Vec::with_capacity(names.len());
    for name in names {
        match Host::parse(name) {
            Ok(host) => hosts.push(host),
            Err(error) => problems.push(error.to_string()),
        }
    }
    if problems.is_empty() { Ok(hosts) } else { Err(Failure::input(problems.join("\nerror: "))) }
}

fn style() -> Style {
    #[expect(clippy::disallowed_methods, reason = "NO_COLOR is no setting of ours: no-color.org")]
    let refused = std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty());
    if std::io::stdout().is_terminal() && !refused { Style::Colour } else { Style::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_name_of_a_list_is_shown_at_once() {
        let names = ["Example.com", "not a name", "https://example.org/x", "nonsense"].map(str::to_owned);
        let failure = hosts(&names).unwrap_err();
        let shown = failure.to_string();
        assert!(matches!(failure, Failure::Input(_)));
        assert!(
            shown.contains("not a name") && shown.contains("\nerror: ") && shown.contains("nonsense"),
            "{shown}"
        );
        let hosts = hosts(&[names[0].clone(), names[2].clone()]).unwrap();
        assert_eq!(hosts.iter().map(Host::as_str).collect::<Vec<_>>(), ["example.com", "example.org"]);
    }
}
