//! What is read anew while the service runs.

use std::sync::Arc;

use wmpf_voip_server::domain::admin_key::CurrentKeys;
use wmpf_voip_server::http::tls::Tls;

use super::secret_flags::SecretFlags;

/// What SIGHUP reads anew.
pub struct Reload {
    /// The certificate, if the service speaks TLS.
    pub tls: Option<Arc<Tls>>,
    /// Where the keys of operators come from, and where they go.
    pub secrets: SecretFlags,
    /// The keys that count.
    pub keys: CurrentKeys,
}

impl Reload {
    /// Reads everything anew that comes from files. What cannot be used leaves what was there before. The log says what was
    /// done and what was wrong.
    pub fn all(&self) {
        if let Some(tls) = &self.tls {
            tls.read_anew();
        }
        if self.secrets.has_key_files() {
            match self.secrets.admin_keys() {
                Ok(keys) => {
                    self.keys.replace(keys);
                    tracing::info!("the admin keys were read anew");
                }
                Err(error) => {
                    tracing::error!(%error, "the admin keys could not be read anew, and those of before stay");
                }
            }
        }
        if self.tls.is_none() && !self.secrets.has_key_files() {
            tracing::info!("there is no file to read anew");
        }
    }

    /// Does so at every SIGHUP.
    ///
    /// # Errors
    /// When the system does not let the program wait for the signal.
    pub fn at_every_hangup(self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangup = signal(SignalKind::hangup())?;
        let reload = Arc::new(self);
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                let reload = reload.clone();
                // It ends when all is read, and does not panic.
                let _ = tokio::task::spawn_blocking(move || reload.all()).await;
            }
        });
        Ok(())
    }
}
