//! Configuration: defaults, then layers, then a file, then the environment.
//!
//! A setting `http.listen` is the key `listen` in the table `[http]` of the file, and `GREENCHECK__HTTP__LISTEN` in the
//! environment, where lists are separated by commas and an empty text unsets an optional setting. Unknown keys are errors
//! that say where they stand. Processes of one project share a file and an environment: sections that another process has
//! are passed over.
//!
//! Settings are structs with `#[serde(default, deny_unknown_fields)]`. What a text of the environment means is decided by
//! the type that reads it, so there is no list of keys.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Table;

use self::deserializer::{Foreign, Root};
use self::node::Node;

mod deserializer;
mod duration;
mod environment;
mod node;
mod problem;
mod secret;

pub use duration::{HumanDuration, InvalidDuration};
pub use environment::Environment;
pub use secret::{RedactedUrl, Secret};

/// Where settings come from, the later ones winning.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Texts in TOML that this process brings along, by a name for errors.
    pub layers: Vec<(String, String)>,
    /// A file in TOML; it must exist.
    pub file: Option<PathBuf>,
    /// Variables that begin with `GREENCHECK__`.
    pub environment: Environment,
    /// All sections of the project. Those that this process does not have are passed over; any other one is an error.
    pub known_sections: Vec<&'static str>,
}

/// A setting that cannot be used. The text never shows the value of a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A source says something that is no setting, or no value of it.
    #[error("{origin}: {problem}")]
    Invalid {
        /// The file, the variable or the layer.
        origin: String,
        /// The key and what is wrong with it.
        problem: String,
    },
}

/// Reads the configuration of a process.
pub fn load<C: DeserializeOwned>(sources: &Sources) -> Result<C, ConfigError> {
    read(sources, Foreign::Named(&sources.known_sections))
}

/// Reads some sections of the configuration, whatever else it says.
pub(crate) fn load_some<C: DeserializeOwned>(sources: &Sources) -> Result<C, ConfigError> {
    read(sources, Foreign::All)
}

/// The configuration in effect, as TOML. Types that hold secrets hide them when they are serialised.
pub fn effective<C: Serialize>(config: &C) -> Result<String, ConfigError> {
    let invalid = |error: toml::ser::Error| ConfigError::invalid("configuration", error.to_string());
    // By way of a table, so that the order of sections does not depend on the order of fields.
    toml::to_string_pretty(&Table::try_from(config).map_err(invalid)?).map_err(invalid)
}

fn read<C: DeserializeOwned>(sources: &Sources, foreign: Foreign<'_>) -> Result<C, ConfigError> {
    let mut tree = Node::table("defaults", BTreeMap::new());
    for (name, text) in &sources.layers {
        tree.merge(parse(name, text)?);
    }
    if let Some(path) = &sources.file {
        tree.merge(parse(&path.display().to_string(), &read_file(path)?)?);
    }
    for setting in sources.environment.settings() {
        tree.merge(setting?);
    }
    C::deserialize(Root { tree, foreign }).map_err(Into::into)
}

fn read_file(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::File { path: path.to_owned(), source })
}

fn parse(origin: &str, text: &str) -> Result<Node, ConfigError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        // The whole error shows the line, and the line may hold a secret.
        let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        ConfigError::invalid(origin, format!("line {line}: {}", error.message()))
    })?;
    Ok(Node::from_toml(table, origin))
}

impl ConfigError {
    fn invalid(origin: &str, problem: impl Into<String>) -> Self {
        Self::Invalid { origin: origin.to_owned(), problem: problem.into() }
    }
}

#[cfg(test)]
mod tests;
