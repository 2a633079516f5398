use std::path::PathBuf;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::wiring;

#[expect(clippy::unused_async, reason = "the conversion blocks and will run on a thread of its own")]
pub(super) async fn import(_: &Settings, _: Vec<PathBuf>) -> Result<(), Failure> {
    Err(wiring::not_built("import asn").into())
}
