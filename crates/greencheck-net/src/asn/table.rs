use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use greencheck_core::ports::{OriginAsns, OriginError};
use greencheck_core::{Asn, IpRange, RangeIndex};
use maxminddb::{Reader, WithinOptions};
use tokio_util::sync::CancellationToken;

use crate::Metrics;

/// How often the file is looked at for a change.
const WATCH: Duration = Duration::from_secs(2);
/// A file in which more lines than this, of a hundred, cannot be read is another kind of file.
const BAD_LINES_PERCENT: u64 = 1;

/// A table of origin AS numbers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AsnFileError {
    #[error("cannot read {}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}, line {line}: {problem}; expected `start,end,asn,\"organisation\"`", path.display())]
    Line { path: PathBuf, line: u64, problem: String },
    #[error("{}: {problem}", path.display())]
    Mmdb { path: PathBuf, problem: String },
    #[error("{} holds no range with an AS number", path.display())]
    Empty { path: PathBuf },
}

/// Ranges of addresses and who announces them, in memory.
pub struct AsnTable {
    index: RangeIndex<Asn>,
}

/// A row of a table.
pub(super) type Row = (IpRange, Asn);

/// Rows of a file and how many lines were passed over.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) announced: Vec<Row>,
    /// Ranges that nobody announces: AS 0, or none.
    pub(super) unannounced: u64,
    /// Lines that cannot be read.
    pub(super) bad: u64,
}

impl AsnTable {
    /// Reads CSV (`start,end,asn,…`, with or without a heading) or MMDB.
    pub fn load(path: &Path) -> Result<Self, AsnFileError> {
        let rows = read(path)?.announced;
        Ok(Self {
            index: RangeIndex::build(rows.into_iter().zip(0..).map(|((range, asn), id)| (range, id, asn))),
        })
    }

    /// Who announces `address`.
    pub fn get(&self, address: IpAddr) -> Option<Asn> {
        self.index.get(address)
    }

    /// How many ranges it holds.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }
}

/// Origins by a table that may come, change and go while the process runs.
pub struct LocalOrigins {
    path: PathBuf,
    /// When the file was last changed before it was opened.
    opened: Option<SystemTime>,
    table: ArcSwapOption<AsnTable>,
    elsewhere: Arc<dyn OriginAsns>,
    metrics: Metrics,
}

impl LocalOrigins {
    /// Loads the table if the file exists; until it does, `elsewhere` is asked.
    pub fn open(path: &Path, elsewhere: Arc<dyn OriginAsns>, metrics: Metrics) -> Result<Self, AsnFileError> {
        // Before the file is read: a change while it is read is a change to come.
        let opened = modified(path);
        let table = if path.exists() { Some(Arc::new(AsnTable::load(path)?)) } else { None };
        Ok(Self { path: path.to_owned(), opened, table: ArcSwapOption::new(table), elsewhere, metrics })
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
            let reloaded = tokio::task::spawn_blocking(move || this.reload()).await?;
            match reloaded {
                Ok(ranges) => {
                    tracing::info!(file = %self.path.display(), ranges, "the AS table is loaded again");
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the AS table stays as it was");
                }
            }
        }
        Ok(())
    }

    /// Loads the table again; without a file there is none.
    pub fn reload(&self) -> Result<usize, AsnFileError> {
        if !self.path.exists() {
            self.table.store(None);
            return Ok(0);
        }
        let table = AsnTable::load(&self.path)?;
        let ranges = table.len();
        self.table.store(Some(Arc::new(table)));
        Ok(ranges)
    }
}

#[async_trait]
impl OriginAsns for LocalOrigins {
    async fn origins(&self, address: IpAddr) -> Result<Vec<Asn>, OriginError> {
        let found = (*self.table.load()).as_ref().map(|table| table.get(address));
        match found {
            Some(asn) => {
                self.metrics.origin("table", if asn.is_some() { "found" } else { "none" });
                Ok(asn.into_iter().collect())
            }
            None => self.elsewhere.origins(address).await,
        }
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

pub(super) fn read(path: &Path) -> Result<Rows, AsnFileError> {
    let is_mmdb = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mmdb"));
    let rows = if is_mmdb { read_mmdb(path)? } else { read_csv(path)? };
    if rows.announced.is_empty() { Err(AsnFileError::Empty { path: path.to_owned() }) } else { Ok(rows) }
}

fn read_csv(path: &Path) -> Result<Rows, AsnFileError> {
    let io = |source| AsnFileError::Io { path: path.to_owned(), source };
    let mut text = Vec::new();
    std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut text)).map_err(io)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_slice());
    let mut record = csv::ByteRecord::new();
    let (mut rows, mut first_problem) = (Rows::default(), None);
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => return Err(line(path, reader.position().line(), &error.to_string())),
        }
        let number = record.position().map_or(0, csv::Position::line);
        match parse(&record) {
            Ok(Some(row)) => rows.announced.push(row),
            Ok(None) => rows.unannounced += 1,
            Err(_) if number == 1 => {}
            Err(problem) => {
                rows.bad += 1;
                first_problem.get_or_insert((number, problem));
            }
        }
    }
    match first_problem {
        Some((number, problem)) if rows.bad * 100 > rows.announced.len() as u64 * BAD_LINES_PERCENT => {
            Err(line(path, number, &problem))
        }
        _ => Ok(rows),
    }
}

fn line(path: &Path, line: u64, problem: &str) -> AsnFileError {
    AsnFileError::Line { path: path.to_owned(), line, problem: problem.to_owned() }
}

fn parse(record: &csv::ByteRecord) -> Result<Option<Row>, String> {
    let field = |index: usize, name: &str| {
        let bytes = record.get(index).ok_or_else(|| format!("no {name}"))?;
        std::str::from_utf8(bytes).map(str::trim).map_err(|_| format!("the {name} is not UTF-8"))
    };
    let address = |text: &str| text.parse::<IpAddr>().map_err(|_| format!("`{text}` is no IP address"));
    let (start, end) = (address(field(0, "start")?)?, address(field(1, "end")?)?);
    let range = IpRange::new(start, end).map_err(|error| error.to_string())?;
    let asn = field(2, "AS number")?;
    if asn.trim_start_matches("AS").bytes().all(|digit| digit == b'0') {
        return Ok(None);
    }
    Ok(Some((range, Asn::parse(asn).map_err(|error| error.to_string())?)))
}

/// The two spellings that databases use.
#[derive(serde::Deserialize)]
struct AsnOfNetwork {
    #[serde(default, alias = "asn")]
    autonomous_system_number: Option<Number>,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Number {
    Number(u32),
    Text(String),
}

impl Number {
    fn asn(self) -> Option<Asn> {
        match self {
            Self::Number(number) => Asn::new(number),
            Self::Text(text) => Asn::parse(&text).ok(),
        }
    }
}

fn read_mmdb(path: &Path) -> Result<Rows, AsnFileError> {
    let failed = |error: maxminddb::MaxMindDbError| AsnFileError::Mmdb {
        path: path.to_owned(),
        problem: error.to_string(),
    };
    let reader = Reader::open_readfile(path).map_err(failed)?;
    let mut rows = Rows::default();
    // A database of IPv6 holds IPv4 within its own space.
    let everything: ipnet::IpNet = if reader.metadata().ip_version == 4 {
        ipnet::Ipv4Net::default().into()
    } else {
        ipnet::Ipv6Net::default().into()
    };
    let within = everything.to_string().parse().map_err(|_| AsnFileError::Empty { path: path.to_owned() })?;
    for entry in reader.within(within, WithinOptions::default()).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let network = entry.network().map_err(failed)?;
        let found = entry.decode::<AsnOfNetwork>().map_err(failed)?;
        let asn = found.and_then(|found| found.autonomous_system_number).and_then(Number::asn);
        match (asn, network.to_string().parse::<IpRange>()) {
            (Some(asn), Ok(range)) => rows.announced.push((range, asn)),
            (None, _) => rows.unannounced += 1,
            (_, Err(_)) => rows.bad += 1,
        }
    }
    Ok(rows)
}
