//! Configuration: defaults, then layers, then a file, then the environment.
//!
//! A setting `http.listen` is the key `listen` in the table `[http]` of the file, and `GREENCHECK__HTTP__LISTEN` in the
//! environment, where lists are separated by commas. Unknown keys are errors that say where they stand. Processes of one
//! project share a file and an environment: sections that another process has are passed over.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

mod environment;

pub use environment::Environment;

/// Where settings come from, the later ones winning.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Texts in TOML that this process brings along, by a name for errors.
    pub layers: Vec<(String, String)>,
    pub file: Option<PathBuf>,
    pub environment: Environment,
    /// Sections that only other processes of the project have.
    pub foreign_sections: Vec<&'static str>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{origin}: {problem}")]
    Invalid { origin: String, problem: String },
}

/// Reads a configuration. `C::default()` gives the defaults and, serialised, the shape of each setting.
pub fn load<C: DeserializeOwned + Default + Serialize>(sources: &Sources) -> Result<C, ConfigError> {
    let shapes = shapes::<C>()?;
    let mut merged = Table::new();
    for (origin, table) in tables(sources, &shapes)? {
        // Each source is read on its own first, so that an error names it.
        C::deserialize(Value::Table(table.clone())).map_err(|error| invalid(&origin, &error.to_string()))?;
        merge(&mut merged, table);
    }
    C::deserialize(Value::Table(merged)).map_err(|error| invalid("configuration", &error.to_string()))
}

/// The configuration in effect, as TOML. Types that hold secrets hide them when they are serialised.
pub fn effective<C: Serialize>(config: &C) -> Result<String, ConfigError> {
    toml::to_string_pretty(config).map_err(|error| invalid("configuration", &error.to_string()))
}

fn shapes<C: Default + Serialize>() -> Result<Table, ConfigError> {
    Table::try_from(C::default()).map_err(|error| invalid("defaults", &error.to_string()))
}

fn tables(sources: &Sources, shapes: &Table) -> Result<Vec<(String, Table)>, ConfigError> {
    let mut tables = Vec::new();
    for (name, text) in &sources.layers {
        tables.push((name.clone(), parse(name, text)?));
    }
    if let Some(path) = &sources.file {
        let mut table = parse(&path.display().to_string(), &read(path)?)?;
        table.retain(|section, _| shapes.contains_key(section) || !sources.is_foreign(section));
        tables.push((path.display().to_string(), table));
    }
    for (variable, path, text) in sources.environment.settings() {
        let section = path.first().map(String::as_str).unwrap_or_default();
        if shapes.contains_key(section) || !sources.is_foreign(section) {
            tables.push((variable, environment::nested(&path, environment::value(&path, text, shapes))));
        }
    }
    Ok(tables)
}

impl Sources {
    fn is_foreign(&self, section: &str) -> bool {
        self.foreign_sections.contains(&section)
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::File { path: path.to_owned(), source })
}

fn parse(origin: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|error: toml::de::Error| invalid(origin, &error.to_string()))
}

fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(existing)), Value::Table(value)) => merge(existing, value),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

fn invalid(origin: &str, problem: &str) -> ConfigError {
    ConfigError::Invalid { origin: origin.to_owned(), problem: problem.trim().to_owned() }
}

#[cfg(test)]
mod tests;
