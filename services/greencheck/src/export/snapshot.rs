//! `greencheck export snapshot`.

use std::path::{Path, PathBuf};

use greencheck_core::catalog::{Packing, SnapshotName};
use greencheck_core::{Clock, SystemClock};
use greencheck_objects::SnapshotStorage;
use greencheck_store::Store;
use tempfile::NamedTempFile;

use crate::cli::ExportSnapshotArgs;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{database, output};

mod pack;
mod publish;
mod write;

pub(crate) use publish::Shrunk;
use write::Written;

pub(crate) async fn export(settings: &Settings, args: &ExportSnapshotArgs) -> Result<(), Failure> {
    // A place that is none is told before the work begins.
    SnapshotStorage::new(&settings.snapshots).map_err(Failure::input)?;
    let store = database::open(settings).await?;
    Ok(output::print(&make(settings, &*store, args).await?)?)
}

/// Writes or publishes a snapshot of `store`; the report.
pub(crate) async fn make(
    settings: &Settings,
    store: &dyn Store,
    args: &ExportSnapshotArgs,
) -> Result<String, Failure> {
    let storage = SnapshotStorage::new(&settings.snapshots).map_err(Failure::input)?;
    let name = SnapshotName { day: SystemClock.now().date_naive(), packing: packing(args) };
    let place = place(args, name);
    let folder = place.as_deref().map_or_else(std::env::temp_dir, |place| parent(place).to_owned());
    let written = write::write(store, &folder).await?;
    if written.rows == 0 && !args.force {
        return Err(Failure::input(
            "nothing was written: the store has no green domain that the catalog supports",
        ));
    }
    if args.upload && !args.force {
        publish::refuse_shrunk(&storage, written.rows).await?;
    }
    let Written { file, rows, unsupported } = written;
    let file = pack::pack(file, name.packing, &folder).await?;
    let bytes = file.as_file().metadata()?.len();
    let mut report = Vec::new();
    if args.upload {
        publish::publish(&storage, name, file.path()).await?;
        report
            .push(format!("published {name} in `{}`: {rows} rows, {bytes} bytes\n", settings.snapshots.url));
    }
    if let Some(place) = place {
        put(file, &place)
            .map_err(|error| Failure::from(error).context(format!("cannot write `{}`", place.display())))?;
        report.push(format!("wrote {}: {rows} rows, {bytes} bytes\n", place.display()));
    }
    if unsupported > 0 {
        report.push(format!("left out {unsupported} that the catalog no longer supports\n"));
    }
    Ok(report.concat())
}

/// What was asked for, else what the name of the file says, else gzip for everybody and nothing for oneself.
fn packing(args: &ExportSnapshotArgs) -> Packing {
    let extension = args.file.as_deref().and_then(Path::extension).and_then(|extension| extension.to_str());
    match extension {
        _ if args.gzip => Packing::Gzip,
        _ if args.bzip2 => Packing::Bzip2,
        Some("gz") => Packing::Gzip,
        Some("bz2") => Packing::Bzip2,
        None if args.upload => Packing::Gzip,
        Some(_) | None => Packing::Plain,
    }
}

fn place(args: &ExportSnapshotArgs, name: SnapshotName) -> Option<PathBuf> {
    let unnamed = (!args.upload).then(|| PathBuf::from(name.to_string()));
    args.file.clone().or(unnamed)
}

fn parent(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Puts the file in its place at once, and makes that last.
fn put(file: NamedTempFile, place: &Path) -> std::io::Result<()> {
    file.persist(place).map_err(|error| error.error)?;
    if cfg!(unix) { std::fs::File::open(parent(place))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, "", Packing::Plain)]
    #[case(None, "upload", Packing::Gzip)]
    #[case(None, "bzip2 upload", Packing::Bzip2)]
    #[case(Some("x.db"), "", Packing::Plain)]
    #[case(Some("x.db"), "upload", Packing::Plain)]
    #[case(Some("x.db.gz"), "", Packing::Gzip)]
    #[case(Some("x.db.bz2"), "upload", Packing::Bzip2)]
    #[case(Some("x.db.bz2"), "gzip", Packing::Gzip)]
    fn a_file_is_packed_as_it_is_called_or_as_is_said(
        #[case] file: Option<&str>,
        #[case] options: &str,
        #[case] expected: Packing,
    ) {
        let has = |option| options.split(' ').any(|given| given == option);
        let args = ExportSnapshotArgs {
            file: file.map(PathBuf::from),
            gzip: has("gzip"),
            bzip2: has("bzip2"),
            upload: has("upload"),
            force: false,
        };
        assert_eq!(packing(&args), expected);
    }
}
