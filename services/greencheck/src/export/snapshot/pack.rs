use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use bzip2::write::BzEncoder;
use flate2::write::GzEncoder;
use greencheck_core::catalog::Packing;
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use crate::export::temporary;
use crate::failure::Failure;

/// The file packed, in another temporary file of the folder; or the file itself.
pub(super) async fn pack(
    plain: NamedTempFile,
    packing: Packing,
    folder: &Path,
) -> Result<NamedTempFile, Failure> {
    let pack = match packing {
        Packing::Plain => return Ok(plain),
        Packing::Gzip => gzip,
        Packing::Bzip2 => bzip2,
    };
    let packed = temporary(folder, false)?;
    let packed = spawn_blocking(move || -> io::Result<NamedTempFile> {
        pack(File::open(plain.path())?, BufWriter::with_capacity(1 << 18, packed.as_file()))?;
        packed.as_file().sync_all()?;
        Ok(packed)
    });
    let packed = packed.await.map_err(anyhow::Error::from)?;
    packed.map_err(|error| Failure::from(error).context("the snapshot cannot be packed"))
}

fn gzip(mut from: File, to: BufWriter<&File>) -> io::Result<()> {
    let mut encoder = GzEncoder::new(to, flate2::Compression::default());
    io::copy(&mut from, &mut encoder)?;
    encoder.finish()?.flush()
}

fn bzip2(mut from: File, to: BufWriter<&File>) -> io::Result<()> {
    let mut encoder = BzEncoder::new(to, bzip2::Compression::best());
    io::copy(&mut from, &mut encoder)?;
    encoder.finish()?.flush()
}
