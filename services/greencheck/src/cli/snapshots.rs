use std::path::PathBuf;

use clap::Args;

pub(super) const EXPORT_SNAPSHOT: &str = "\
All green domains as one SQLite file with the table `greendomain`, as the Green Web Foundation publishes it: `@tgwf/url2green`
and `greencheck import snapshot` read it. Verdicts that the catalog no longer supports are left out. The file is written
beside its place, checked and put there at once.

With --upload it is published where `snapshots.url` says, under green_urls_YYYY-MM-DD.db.gz; gateways list it at
/admin/green-urls. A snapshot that has lost more than 20 % of the rows of the last published one is refused.

Examples:
  greencheck export snapshot
  greencheck export snapshot /backup/green.db.bz2
  greencheck export snapshot --upload";

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Args)]
pub(crate) struct ExportSnapshotArgs {
    /// Where to write; green_urls_YYYY-MM-DD.db in this folder if left out, nowhere with --upload
    pub(crate) file: Option<PathBuf>,
    /// Pack it with gzip, as FILE.gz and --upload do by themselves
    #[arg(long, conflicts_with = "bzip2")]
    pub(crate) gzip: bool,
    /// Pack it with bzip2, as FILE.bz2 does by itself
    #[arg(long)]
    pub(crate) bzip2: bool,
    /// Publish it
    #[arg(long)]
    pub(crate) upload: bool,
    /// Take a snapshot that is empty, or much smaller than the last published one
    #[arg(long)]
    pub(crate) force: bool,
}
