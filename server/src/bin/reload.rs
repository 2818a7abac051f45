//! What is read anew while the service runs.

use std::sync::Arc;

use wmpf_voip_server::domain::admin_key::CurrentKeys;

use super::{Files, log_flags_now};

/// What SIGHUP reads anew.
pub struct Reload {
    /// Where it comes from.
    pub files: Files,
    /// The keys of operators that count.
    pub keys: CurrentKeys,
}

impl Reload {
    /// Reads everything anew that comes from files. What cannot be used leaves what was there before. The log says what was
    /// done and what was wrong.
    pub fn all(&self) {
        let Files { tls, secrets, config, logging } = &self.files;
        if let Some(tls) = tls {
            tls.read_anew();
        }
        if secrets.has_key_files() {
            match secrets.admin_keys() {
                Ok(keys) => {
                    self.keys.replace(keys);
                    tracing::info!("the admin keys were read anew");
                }
                Err(error) => {
                    tracing::error!(%error, "the admin keys could not be read anew, and those of before stay");
                }
            }
        }
        if let Some(file) = config {
            match log_flags_now(file).and_then(|flags| logging.follow(flags)) {
                Ok(()) => tracing::info!("the log filter was read anew"),
                Err(error) => {
                    tracing::error!(%error, "the log filter could not be read anew, and the one of before stays");
                }
            }
        }
        if tls.is_none() && !secrets.has_key_files() && config.is_none() {
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
