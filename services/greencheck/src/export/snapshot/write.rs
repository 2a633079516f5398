use std::path::Path;

use greencheck_core::catalog::{Catalog, RawSnapshotRow};
use greencheck_core::ports::{Catalogs, GreenVerdicts, StoreError};
use greencheck_store::{SnapshotWriter, Store};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::export::temporary;
use crate::failure::Failure;
use crate::progress::Progress;

/// Verdicts of one query: many enough to be quick, few enough to fit anywhere.
const PAGE: usize = 5_000;
/// Pages that are read ahead while the file is written.
const READ_AHEAD: usize = 2;

/// A snapshot that is whole.
pub(super) struct Written {
    pub(super) file: NamedTempFile,
    pub(super) rows: u64,
    /// Verdicts that were left out.
    pub(super) unsupported: u64,
}

/// Writes all green verdicts that the catalog supports into a temporary file of the folder, page by page.
pub(super) async fn write(store: &dyn Store, folder: &Path) -> Result<Written, Failure> {
    let no_room = |error: std::io::Error| {
        Failure::from(error).context(format!("cannot write into `{}`", folder.display()))
    };
    let file = temporary(folder, false).map_err(no_room)?;
    let (pages, received) = mpsc::channel(READ_AHEAD);
    let path = file.path().to_owned();
    let writing = spawn_blocking(move || append(&path, received));
    let mut progress = Progress::new("exporting green domains", GreenVerdicts::green_count(store).await?);
    let read = read(store, pages, &mut progress).await;
    progress.end();
    // A writer that failed is why nobody takes the pages: its error comes first.
    let rows = writing.await.map_err(anyhow::Error::from)??;
    let (supported, unsupported) = read?;
    if rows != supported {
        return Err(Failure::Work(anyhow::anyhow!(
            "the snapshot has {rows} rows after {supported} were written"
        )));
    }
    file.as_file().sync_all().map_err(no_room)?;
    Ok(Written { file, rows, unsupported })
}

/// Sends the rows on; how many were supported, and how many were not.
async fn read(
    store: &dyn Store,
    pages: mpsc::Sender<Vec<RawSnapshotRow>>,
    progress: &mut Progress,
) -> Result<(u64, u64), Failure> {
    let (generation, data) = Catalogs::load(store).await?;
    let catalog = Catalog::build(generation, data);
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    let (mut last, mut supported, mut unsupported) = (None, 0, 0);
    loop {
        let page = tokio::select! {
            page = GreenVerdicts::green_page(store, last.as_ref(), PAGE) => page?,
            _ = &mut interrupted => return Err(Failure::Work(anyhow::anyhow!("interrupted"))),
        };
        let Some(verdict) = page.last() else { break };
        last = Some(verdict.host.clone());
        let rows: Vec<_> =
            page.iter().filter(|verdict| catalog.supports(verdict)).map(RawSnapshotRow::from).collect();
        supported += rows.len() as u64;
        unsupported += (page.len() - rows.len()) as u64;
        if pages.send(rows).await.is_err() {
            break;
        }
        progress.advance(page.len() as u64);
    }
    Ok((supported, unsupported))
}

/// Writes what comes until nothing comes any more; how many rows the file has then.
fn append(path: &Path, mut pages: mpsc::Receiver<Vec<RawSnapshotRow>>) -> Result<u64, StoreError> {
    let mut writer = SnapshotWriter::create(path)?;
    while let Some(rows) = pages.blocking_recv() {
        writer.append(&rows)?;
    }
    writer.finish()
}
