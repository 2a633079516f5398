use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore};
use secrecy::ExposeSecret;

use crate::{InvalidPlace, SnapshotsConfig};

/// A bucket, or a folder in it. Connects when it is asked for something.
pub(super) fn set_up(
    config: &SnapshotsConfig,
    name: &str,
    folder: &str,
) -> Result<Arc<dyn ObjectStore>, InvalidPlace> {
    // Another part of the process may have installed it: that is the same provider.
    drop(rustls::crypto::ring::default_provider().install_default());
    // No limit for a whole answer: who downloads a snapshot may be slow.
    let client = ClientOptions::new()
        .with_allow_http(config.s3_endpoint.starts_with("http://"))
        .with_connect_timeout(config.timeout)
        .with_read_timeout(config.timeout)
        .with_timeout_disabled();
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(name)
        .with_region(&config.s3_region)
        .with_client_options(client);
    if !config.s3_endpoint.is_empty() {
        builder = builder.with_endpoint(&config.s3_endpoint);
    }
    if !config.s3_access_key_id.is_empty() {
        builder = builder
            .with_access_key_id(&config.s3_access_key_id)
            .with_secret_access_key(config.s3_secret_access_key.expose_secret());
    }
    let bucket = builder.build().map_err(|error| InvalidPlace::Bucket(error.to_string()))?;
    if folder.is_empty() { Ok(Arc::new(bucket)) } else { Ok(Arc::new(PrefixStore::new(bucket, folder))) }
}
