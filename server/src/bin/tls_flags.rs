//! The flags for TLS.

use std::path::PathBuf;

use clap::Args;
use wmpf_voip_server::http::tls::{Tls, WrongTls};

/// The flags for TLS.
#[derive(Args)]
pub struct TlsFlags {
    /// File with the certificate with which the service speaks TLS itself, as PEM: its own first, and after it those between it
    /// and the authority. It needs --tls-key. Both files are read anew when they change, and at SIGHUP.
    #[arg(long, env = "WMPF_VOIP_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,

    /// File with the private key of --tls-cert, as PEM without a passphrase.
    #[arg(long, env = "WMPF_VOIP_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
}

/// Why the service cannot speak TLS.
#[derive(Debug, thiserror::Error)]
pub enum WrongTlsFlags {
    /// One of the two is missing.
    #[error("--tls-cert and --tls-key: expected both or none, got {0} alone")]
    Alone(&'static str),
    /// The files cannot be used.
    #[error(transparent)]
    Files(#[from] WrongTls),
}

impl TlsFlags {
    /// The certificate, if the service is to speak TLS.
    ///
    /// # Errors
    /// What is wrong, as a sentence for the operator.
    pub fn read(self) -> Result<Option<Tls>, WrongTlsFlags> {
        match (self.tls_cert, self.tls_key) {
            (Some(certificate), Some(key)) => Ok(Some(Tls::read(certificate, key)?)),
            (None, None) => Ok(None),
            (Some(_), None) => Err(WrongTlsFlags::Alone("--tls-cert")),
            (None, Some(_)) => Err(WrongTlsFlags::Alone("--tls-key")),
        }
    }
}
