use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use greencheck_core::catalog::SnapshotName;
use greencheck_core::ports::{PublishedSnapshot, SnapshotBody, Snapshots, SnapshotsError};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use crate::InvalidPlace;
use crate::config::{Place, SnapshotsConfig};
use crate::memo::Memo;

mod bucket;
mod files;

/// Published snapshots in a folder or a bucket.
pub struct SnapshotStorage {
    home: Home,
    link_base: Option<String>,
    timeout: Duration,
    memo: Memo,
}

enum Home {
    /// Looked at anew each time: it may come and go while the process runs.
    Folder(PathBuf),
    Bucket(Arc<dyn ObjectStore>),
}

impl SnapshotStorage {
    /// Sets the place up that `snapshots.url` names. Nothing is asked and nothing made yet.
    pub fn new(config: &SnapshotsConfig) -> Result<Self, InvalidPlace> {
        let home = match config.place()? {
            Place::Folder(folder) => Home::Folder(folder),
            Place::Bucket { name, folder } => Home::Bucket(bucket::set_up(config, name, folder)?),
        };
        let link_base = config.link_base()?;
        Ok(Self { home, link_base, timeout: config.timeout, memo: Memo::default() })
    }

    /// The newest snapshot there is right now.
    pub async fn latest(&self) -> Result<Option<PublishedSnapshot>, SnapshotsError> {
        Ok(self.ask().await?.into_iter().next())
    }

    /// `None` if the folder is not there: nothing was published yet.
    fn store(&self) -> Result<Option<Arc<dyn ObjectStore>>, SnapshotsError> {
        match &self.home {
            Home::Bucket(store) => Ok(Some(Arc::clone(store))),
            Home::Folder(folder) if !folder.exists() => Ok(None),
            Home::Folder(folder) => {
                let store = LocalFileSystem::new_with_prefix(folder).map_err(away)?;
                Ok(Some(Arc::new(store.with_fsync(true))))
            }
        }
    }

    async fn ask(&self) -> Result<Vec<PublishedSnapshot>, SnapshotsError> {
        let Some(store) = self.store()? else { return Ok(Vec::new()) };
        let listed = self.in_time(async { store.list_with_delimiter(None).await.map_err(away) }).await?;
        let mut list: Vec<_> = listed.objects.iter().filter_map(|object| self.published(object)).collect();
        list.sort_by_key(|snapshot| std::cmp::Reverse((snapshot.name.day, snapshot.published)));
        Ok(list)
    }

    /// `None` for everything that is no snapshot.
    fn published(&self, object: &ObjectMeta) -> Option<PublishedSnapshot> {
        let name: SnapshotName = object.location.filename()?.parse().ok()?;
        let link = self.link_base.as_ref().map(|base| format!("{base}/{name}"));
        Some(PublishedSnapshot { name, bytes: object.size, published: object.last_modified, link })
    }

    async fn in_time<T>(
        &self,
        asked: impl Future<Output = Result<T, SnapshotsError>>,
    ) -> Result<T, SnapshotsError> {
        let answered = tokio::time::timeout(self.timeout, asked).await;
        answered.unwrap_or_else(|_| Err(SnapshotsError("no answer in time".into())))
    }
}

#[async_trait]
impl Snapshots for SnapshotStorage {
    async fn list(&self) -> Result<Vec<PublishedSnapshot>, SnapshotsError> {
        self.memo.get(async || self.ask().await).await
    }

    async fn open(&self, name: SnapshotName) -> Result<Option<SnapshotBody>, SnapshotsError> {
        let Some(store) = self.store()? else { return Ok(None) };
        let path = Path::from(name.to_string());
        let found = self.in_time(async {
            match store.get(&path).await {
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                other => other.map(Some).map_err(away),
            }
        });
        Ok(found.await?.map(|found| SnapshotBody {
            size: found.meta.size,
            published: found.meta.last_modified,
            pieces: found.into_stream().map(|piece| piece.map_err(away)).boxed(),
        }))
    }
}

fn away(error: object_store::Error) -> SnapshotsError {
    SnapshotsError(error.into())
}
