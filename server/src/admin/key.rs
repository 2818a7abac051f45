//! The operator's key: who may administer the service.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use wmpf_voip::secret::Secret;

use crate::domain::failure::Failure;
use crate::http::session::bearer;

/// The fewest characters of a key: nobody remembers that many, so it is made and not thought up.
const MIN_LENGTH: usize = 32;

/// The key that every request for `/v1/admin/` carries. Only its digest is kept.
#[derive(Debug, Clone)]
pub struct AdminKey {
    digest: Secret<[u8; 32]>,
}

/// Why a text cannot be the key. Nothing of it is told.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the admin key: expected at least {MIN_LENGTH} visible ASCII characters, got {got}: whoever has it \
     issues tokens for everybody, so make one that nobody can guess, with 'openssl rand -hex 32'"
)]
pub struct WeakKey {
    got: String,
}

impl AdminKey {
    /// Takes a key that nobody can guess.
    ///
    /// # Errors
    /// When it is too short, or cannot stand in a header.
    pub fn new(key: &str) -> Result<AdminKey, WeakKey> {
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(WeakKey { got: "some that are not".into() });
        }
        if key.len() < MIN_LENGTH {
            return Err(WeakKey { got: key.len().to_string() });
        }
        Ok(AdminKey { digest: Secret::new(Sha256::digest(key).into()) })
    }

    /// Digests are compared: how long that takes says nothing about the key.
    fn is(&self, passed: &str) -> bool {
        Sha256::digest(passed)[..] == self.digest.expose()[..]
    }
}

/// Lets nobody pass without the key, and reads nothing of a body before.
pub(super) async fn require(State(key): State<AdminKey>, request: Request, next: Next) -> Response {
    match bearer(request.headers()) {
        Some(passed) if key.is(passed) => next.run(request).await,
        Some(_) => Failure::AdminKey("wrong").into_response(),
        None => Failure::AdminKey("missing").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_can_be_guessed_is_none() {
        let got = |key: &str| AdminKey::new(key).err().map(|error| error.got);
        let shortest = "k".repeat(MIN_LENGTH);
        assert_eq!(got(&shortest), None);
        assert_eq!(got(&shortest[1..]).as_deref(), Some("31"));
        assert_eq!(got("").as_deref(), Some("0"));
        for invisible in [" ", "\n", "ü", "\u{0}"] {
            let key = format!("{shortest}{invisible}");
            assert_eq!(got(&key).as_deref(), Some("some that are not"), "{invisible:?}");
        }
    }

    #[test]
    fn only_the_whole_key_is_the_key() {
        let key = AdminKey::new("an-operators-key-of-some-32-chars").unwrap();
        assert!(key.is("an-operators-key-of-some-32-chars"));
        for other in ["", "an-operators-key-of-some-32-char", "an-operators-key-of-some-32-charS"] {
            assert!(!key.is(other), "{other}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_the_key() {
        let key = AdminKey::new("an-operators-key-of-some-32-chars").unwrap();
        assert_eq!(format!("{key:?}"), "AdminKey { digest: [secret] }");
    }
}
