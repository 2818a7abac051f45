//! The certificate with which the service speaks TLS, read from files and read anew when they change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::domain::shutdown::UnderWay;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// The certificate and its key, and what handshakes are made with.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    /// The digest of both files when they were last read, whether they could be used or not; `None` if they could not be read.
    seen: Option<[u8; 32]>,
}

/// Why a certificate and a key cannot be used. The error shows nothing of the key.
#[derive(Debug, thiserror::Error)]
pub enum WrongTls {
    /// A file cannot be read.
    #[error("{flag} {}: {error}", path.display())]
    File {
        /// The flag that names it.
        flag: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file of certificates has none.
    #[error(
        "--tls-cert {}: expected PEM with the service's certificate, and after it those between it and the authority, got \
         no certificate",
        .0.display()
    )]
    NoCertificate(PathBuf),
    /// A certificate is broken.
    #[error("--tls-cert {path}: expected certificates as PEM: {error}", path = .0.display(), error = .1)]
    Certificate(PathBuf, pem::Error),
    /// The file of the key has none, or a broken one.
    #[error(
        "--tls-key {path}: expected a private key as PEM without a passphrase: {error}",
        path = .0.display(), error = .1
    )]
    Key(PathBuf, pem::Error),
    /// The key is that of another certificate.
    #[error(
        "--tls-key {}: the key is not that of the first certificate of --tls-cert {}",
        key.display(), certificate.display()
    )]
    OtherKey {
        /// The file of the certificates.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
    /// They cannot be used for another reason.
    #[error("--tls-cert {} and --tls-key {}: {error}", certificate.display(), key.display())]
    Unusable {
        /// The file of the certificates.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What the library says.
        error: rustls::Error,
    },
}

/// What both files have.
struct Files {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    fn read(certificate: &Path, key: &Path) -> Result<Files, WrongTls> {
        let read = |flag, path: &Path| {
            fs::read(path).map_err(|error| WrongTls::File { flag, path: path.to_owned(), error })
        };
        Ok(Files { certificate: read("--tls-cert", certificate)?, key: read("--tls-key", key)? })
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for file in [&self.certificate, &self.key] {
            digest.update(Sha256::digest(file));
        }
        digest.finalize().into()
    }
}

impl Tls {
    /// Reads a chain of certificates, the service's own first, and its key from files in PEM.
    ///
    /// # Errors
    /// When they cannot be read, or do not belong together.
    pub fn read(certificate: PathBuf, key: PathBuf) -> Result<Tls, WrongTls> {
        let files = Files::read(&certificate, &key)?;
        let config = config(&files, &certificate, &key)?;
        let current = Mutex::new(Current { config, seen: Some(files.digest()) });
        Ok(Tls { certificate, key, current })
    }

    fn reload(&self) -> Result<(), WrongTls> {
        let files = Files::read(&self.certificate, &self.key);
        self.lock().seen = files.as_ref().ok().map(Files::digest);
        let config = config(&files?, &self.certificate, &self.key)?;
        self.lock().config = config;
        Ok(())
    }

    /// Reads the files again whenever they have changed, until the service stops. The log says so, and says once what is wrong
    /// with them.
    pub(crate) async fn keep_current(self: Arc<Tls>, under_way: UnderWay) {
        let looking = async {
            loop {
                sleep(LOOK_EVERY).await;
                let tls = self.clone();
                // It ends with the service, and does not panic.
                let _ = tokio::task::spawn_blocking(move || tls.look()).await;
            }
        };
        tokio::select! {
            () = looking => {}
            () = under_way.stopping() => {}
        }
    }

    fn look(&self) {
        let files = Files::read(&self.certificate, &self.key);
        if self.lock().seen == files.as_ref().ok().map(Files::digest) {
            return;
        }
        self.read_anew();
    }

    /// Reads the files again. Connections that are open go on with what they began with, and what cannot be used leaves what
    /// was read before. The log says which of them it was.
    pub fn read_anew(&self) {
        match self.reload() {
            Ok(()) => tracing::info!("the TLS certificate was read anew"),
            Err(error) => {
                tracing::error!(%error, "the TLS certificate could not be read anew, and the one of before stays");
            }
        }
    }

    /// What the next handshake is made with.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.lock().config.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        // Nothing that holds the lock can panic.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn config(files: &Files, certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, WrongTls> {
    let chain = CertificateDer::pem_slice_iter(&files.certificate)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| WrongTls::Certificate(certificate.to_owned(), error))?;
    if chain.is_empty() {
        return Err(WrongTls::NoCertificate(certificate.to_owned()));
    }
    let private = PrivateKeyDer::from_pem_slice(&files.key)
        .map_err(|error| WrongTls::Key(key.to_owned(), error))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private));
    let mut config = config.map_err(|error| {
        let (certificate, key) = (certificate.to_owned(), key.to_owned());
        if matches!(error, rustls::Error::InconsistentKeys(_)) {
            WrongTls::OtherKey { certificate, key }
        } else {
            WrongTls::Unusable { certificate, key, error }
        }
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

#[cfg(test)]
impl Tls {
    /// A new certificate of its own for `localhost`, in this folder, for unit tests.
    pub(crate) fn for_test(dir: &tempfile::TempDir) -> Tls {
        let (certificate, key) = tests::pair(dir);
        Tls::read(certificate, key).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
    use tempfile::TempDir;

    use super::*;

    /// The files of a new certificate and its key, in this folder.
    pub(super) fn pair(dir: &TempDir) -> (PathBuf, PathBuf) {
        let (certificate, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let CertifiedKey { cert, signing_key } = made;
        fs::write(&certificate, cert.pem()).unwrap();
        fs::write(&key, signing_key.serialize_pem()).unwrap();
        (certificate, key)
    }

    #[test]
    fn what_is_wrong_with_the_files_is_said_by_the_flag_and_without_the_key() {
        let dir = tempfile::tempdir().unwrap();
        let (certificate, key) = pair(&dir);
        assert!(Tls::read(certificate.clone(), key.clone()).is_ok());
        let path = |name: &str| dir.path().join(name);
        let other = KeyPair::generate().unwrap().serialize_pem();
        let whole = fs::read_to_string(&certificate).unwrap();
        fs::write(path("other.pem"), &other).unwrap();
        fs::write(path("empty.pem"), "").unwrap();
        fs::write(path("half.pem"), &whole[..whole.len() / 2]).unwrap();
        for (certificate, key, said) in [
            (path("missing.pem"), key.clone(), "--tls-cert "),
            (certificate.clone(), path("missing.pem"), "--tls-key "),
            (path("empty.pem"), key.clone(), "got no certificate"),
            (key.clone(), key.clone(), "got no certificate"),
            (path("half.pem"), key.clone(), "expected certificates as PEM"),
            (certificate.clone(), path("empty.pem"), "expected a private key as PEM"),
            (certificate.clone(), certificate.clone(), "expected a private key as PEM"),
            (certificate, path("other.pem"), "is not that of the first certificate"),
        ] {
            let error = Tls::read(certificate, key).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
            assert!(error.starts_with("--tls-") && error.contains(".pem"), "{error}");
            let secret = other.lines().nth(1).unwrap();
            assert!(!error.contains(secret), "{error}");
        }
    }

    #[test]
    fn a_pair_that_cannot_be_used_leaves_the_one_of_before() {
        let dir = tempfile::tempdir().unwrap();
        let (certificate, key) = pair(&dir);
        let tls = Tls::read(certificate.clone(), key.clone()).unwrap();
        let config = || tls.lock().config.clone();
        let first = config();
        tls.reload().unwrap();
        let same = config();
        tls.look();
        assert!(Arc::ptr_eq(&config(), &same), "nothing was to be read anew");

        fs::write(&certificate, "").unwrap();
        tls.look();
        assert!(tls.reload().is_err());
        assert!(Arc::ptr_eq(&config(), &same));
        fs::remove_file(&key).unwrap();
        tls.look();
        assert!(Arc::ptr_eq(&config(), &same));
        pair(&dir);
        tls.look();
        assert!(!Arc::ptr_eq(&config(), &same) && !Arc::ptr_eq(&config(), &first));
    }
}
