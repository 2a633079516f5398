use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwapOption;
use greencheck_core::ports::Countries;
use maxminddb::Reader;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

/// How often the file is looked at for a change.
const WATCH: Duration = Duration::from_secs(2);

/// Section `geo`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GeoConfig {
    /// A table of address ranges and their countries in the MMDB format, read again when it changes. While it does not
    /// exist no address has a country.
    pub country_mmdb: PathBuf,
}

impl Default for GeoConfig {
    fn default() -> Self {
        Self { country_mmdb: PathBuf::from("data/country.mmdb") }
    }
}

/// A table of countries cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{} is no table of countries: {problem}; geo.country_mmdb names an MMDB file", path.display())]
pub struct GeoFileError {
    path: PathBuf,
    problem: String,
}

/// Countries by a file that may come, change and go while the process runs.
pub struct CountryTable {
    path: PathBuf,
    /// When the file was last changed before it was opened.
    opened: Option<SystemTime>,
    reader: ArcSwapOption<Reader<Vec<u8>>>,
}

impl CountryTable {
    /// Loads the table if the file exists.
    pub fn open(config: &GeoConfig) -> Result<Self, GeoFileError> {
        let path = config.country_mmdb.clone();
        // Before the file is read: a change while it is read is a change to come.
        let opened = modified(&path);
        let reader = load(&path)?.map(Arc::new);
        Ok(Self { path, opened, reader: ArcSwapOption::new(reader) })
    }

    /// Follows the file until `stop`. A new file that cannot be read leaves the old table in place.
    pub async fn watch(self: Arc<Self>, stop: CancellationToken) -> anyhow::Result<()> {
        let mut seen = self.opened;
        while stop.run_until_cancelled(tokio::time::sleep(WATCH)).await.is_some() {
            let now = modified(&self.path);
            if now == seen {
                continue;
            }
            seen = now;
            let this = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || this.reload()).await? {
                Ok(()) => {
                    tracing::info!(file = %self.path.display(), "the table of countries is loaded again");
                }
                Err(error) => tracing::warn!(%error, "the table of countries stays as it was"),
            }
        }
        Ok(())
    }

    /// Loads the table again; without a file there is none.
    pub fn reload(&self) -> Result<(), GeoFileError> {
        self.reader.store(load(&self.path)?.map(Arc::new));
        Ok(())
    }
}

impl Countries for CountryTable {
    fn country(&self, address: IpAddr) -> Option<String> {
        let reader = self.reader.load();
        let found = reader.as_ref()?.lookup(address.to_canonical()).ok()?;
        found.decode::<Place>().ok()??.code()
    }
}

/// The spellings that databases use.
#[derive(Deserialize)]
struct Place {
    #[serde(default)]
    country: Option<Country>,
    #[serde(default)]
    country_code: Option<String>,
    #[serde(default)]
    registered_country: Option<Country>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Country {
    Record {
        #[serde(default)]
        iso_code: Option<String>,
    },
    Code(String),
}

impl Place {
    fn code(self) -> Option<String> {
        let of = |country: Country| match country {
            Country::Record { iso_code } => iso_code,
            Country::Code(code) => Some(code),
        };
        let code = self
            .country
            .and_then(of)
            .or(self.country_code)
            .or_else(|| self.registered_country.and_then(of))?;
        let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_code.then(|| code.to_ascii_uppercase())
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn load(path: &Path) -> Result<Option<Reader<Vec<u8>>>, GeoFileError> {
    let failed = |problem: String| GeoFileError { path: path.to_owned(), problem };
    match std::fs::read(path) {
        Ok(bytes) => Reader::from_source(bytes).map(Some).map_err(|error| failed(error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error.to_string())),
    }
}
