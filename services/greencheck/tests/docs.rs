//! What the documents promise is true.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(root().join(path)).expect("a document")
}

/// The blocks of `language` in a Markdown text.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let blocks = text.split(fence.as_str()).skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
}

fn greencheck(arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_greencheck")).args(arguments).current_dir(folder).output();
    let output = output.expect("greencheck runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_configuration_page_shows_every_setting_with_its_default() {
    let folder = tempfile::tempdir().unwrap();
    let block = blocks(&read("docs/CONFIG.md"), "toml").remove(0);
    let settings = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        lines.map(str::to_owned).collect()
    };
    let defaults = greencheck(&["config"], folder.path());
    assert_eq!(settings(&block), settings(&defaults));
    std::fs::write(folder.path().join("page.toml"), &block).unwrap();
    assert_eq!(greencheck(&["config", "--config", "page.toml"], folder.path()), defaults);
}

#[test]
fn every_arrow_of_the_lifecycle_names_a_function_that_exists() {
    let source = sources(&root().join("crates")) + &sources(&root().join("services"));
    let mut arrows = 0;
    for block in blocks(&read("docs/lifecycle.md"), "mermaid") {
        for line in block.lines().filter(|line| line.contains(">>")) {
            let name = line.rsplit(": ").next().unwrap_or_default().trim();
            let function = name.rsplit("::").next().unwrap_or_default();
            assert!(
                source.contains(&format!("fn {function}(")) || source.contains(&format!("fn {function}<")),
                "{line}"
            );
            if let Some((of, _)) = name.rsplit_once("::") {
                assert!(source.contains(of), "{line}");
            }
            arrows += 1;
        }
    }
    assert!(arrows > 30, "{arrows}");
}

fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text += &sources(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text += &std::fs::read_to_string(&path).expect("a source file");
        }
    }
    text
}

#[test]
fn the_commands_of_the_readme_exist() {
    let folder = tempfile::tempdir().unwrap();
    let mut commands = 0;
    for line in blocks(&read("README.md"), "sh").iter().flat_map(|block| block.lines()) {
        commands += 1;
        if let Some(target) = line.strip_prefix("make ") {
            let planned =
                Command::new("make").args(["-n", target]).current_dir(root()).output().expect("make runs");
            assert!(planned.status.success(), "{line}");
        } else if let Some(arguments) = line.strip_prefix("target/quick/greencheck ") {
            let arguments: Vec<_> = arguments.split(' ').collect();
            // The data file of the second command comes from the network: its command line must hold all the same.
            if arguments.contains(&"--demo") {
                let drawn = greencheck(&arguments, folder.path());
                assert!(drawn.contains("www.example.com is green"), "{drawn}");
            } else {
                greencheck(&[arguments[0], arguments[1], "--help"], folder.path());
            }
        } else {
            // Answered by a running server: the process tests ask the same path.
            assert!(line.starts_with("curl http://localhost:8080/greencheck/www.example.com"), "{line}");
        }
    }
    assert_eq!(commands, 6);
}
