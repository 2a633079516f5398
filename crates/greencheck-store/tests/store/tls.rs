//! A real PostgreSQL that speaks TLS, with certificates of an authority of the test's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use greencheck_core::ports::StoreError;
use greencheck_store::{Migrate, PgStore, Store, StoreConfig};
use greencheck_testkit::Authority;
use tempfile::TempDir;

use super::databases::execute;

/// A server of one test, with a certificate for `localhost`.
struct Server {
    folder: TempDir,
    port: String,
    authority: Authority,
}

impl Server {
    /// Without TLS.
    fn plain() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lines = servers("start", folder.path());
        let (_, port) = lines.trim().rsplit_once(':').unwrap();
        let port = port.split('/').next().unwrap().to_owned();
        Self { folder, port, authority: Authority::new() }
    }

    fn with_tls() -> Self {
        let server = Self::plain();
        let issued = server.authority.issue(&["localhost"]);
        let (certificate, key) =
            (server.file("server.crt", &issued.certificate), server.file("server.key", &issued.key));
        let (certificate_path, key_path) = (certificate.display(), key.display());
        let statements = [
            format!("ALTER SYSTEM SET ssl_cert_file = '{certificate_path}'"),
            format!("ALTER SYSTEM SET ssl_key_file = '{key_path}'"),
            "ALTER SYSTEM SET ssl = on".to_owned(),
            "SELECT pg_reload_conf()".to_owned(),
        ];
        for statement in statements {
            execute(&server.url("127.0.0.1", "sslmode=disable"), statement);
        }
        server
    }

    /// A file in the folder of the server's data, readable for nobody else.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let data = self.folder.path().join("postgres/data");
        let path = data.join(name);
        std::fs::write(&path, text).unwrap();
        run("chmod", &["600", path.to_str().unwrap()]);
        let owner = format!("--reference={}", data.display());
        run("chown", &[&owner, path.to_str().unwrap()]);
        path
    }

    fn url(&self, host: &str, query: &str) -> String {
        format!("postgres://postgres@{host}:{}/postgres?{query}", self.port)
    }

    /// The file of an authority that clients may name.
    fn trusting(&self, name: &str, authority: &Authority) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, authority.pem()).unwrap();
        path.display().to_string()
    }

    async fn connect(&self, host: &str, query: &str) -> Result<PgStore, StoreError> {
        PgStore::connect(&StoreConfig { url: self.url(host, query), ..StoreConfig::default() }).await
    }

    async fn refusal(&self, host: &str, query: &str) -> String {
        let Err(error) = self.connect(host, query).await else { panic!("{host} with {query} is accepted") };
        let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        servers("stop", self.folder.path());
    }
}

fn servers(what: &str, folder: &Path) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/dev/servers");
    let mut command = Command::new(script);
    command.args([what, "--only", "postgres", "--dir"]).arg(folder);
    if what == "start" {
        command.args(["--while", &std::process::id().to_string()]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "servers {what}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn run(program: &str, arguments: &[&str]) {
    assert!(Command::new(program).args(arguments).status().unwrap().success(), "{program} {arguments:?}");
}

#[tokio::test]
async fn a_server_is_spoken_to_by_tls_as_far_as_the_url_asks_for_it() {
    let server = Server::with_tls();
    let ours = server.trusting("ca.pem", &server.authority);
    let other = server.trusting("other.pem", &Authority::new());

    // Migrations have connections of their own.
    let store =
        server.connect("localhost", &format!("sslmode=verify-full&sslrootcert={ours}")).await.unwrap();
    assert!(!store.migrate().await.unwrap().is_empty());
    store.ping().await.unwrap();
    let encrypted = "DO $$ BEGIN ASSERT (SELECT count(*) > 0 AND bool_and(s.ssl) FROM pg_stat_ssl s \
                     JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'greencheck'); END $$";
    execute(&server.url("127.0.0.1", "application_name=asker"), encrypted.to_owned());
    drop(store);

    let refused = server.refusal("localhost", &format!("sslmode=verify-full&sslrootcert={other}")).await;
    assert!(refused.contains("invalid peer certificate: UnknownIssuer"), "{refused}");
    let refused = server.refusal("127.0.0.1", &format!("sslmode=verify-full&sslrootcert={ours}")).await;
    assert!(refused.contains("not valid for name"), "{refused}");
    let refused = server.refusal("127.0.0.1", &format!("sslmode=require&sslrootcert={other}")).await;
    assert!(refused.contains("UnknownIssuer"), "{refused}");

    for query in
        [format!("sslmode=verify-ca&sslrootcert={ours}"), "sslmode=require".to_owned(), String::new()]
    {
        server.connect("127.0.0.1", &query).await.unwrap().ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_if_tls_is_asked_for() {
    let server = Server::plain();
    let refused = server.refusal("localhost", "sslmode=require").await;
    assert!(refused.contains("server does not support TLS"), "{refused}");
    server.connect("localhost", "sslmode=prefer").await.unwrap().ping().await.unwrap();
}
