//! The operator's key: a request that carries it may administer the service.

use sha2::{Digest, Sha256};
use wmpf_voip::secret::Secret;

/// The fewest characters that a key may have: nobody remembers so many, so the key is generated and not thought up.
const MIN_LENGTH: usize = 32;

/// The key that every request for `/v1/admin/` carries. Only its digest is kept.
#[derive(Debug, Clone)]
pub struct AdminKey {
    digest: Secret<[u8; 32]>,
}

/// Why a text cannot be used as the key. The error shows nothing of the text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the admin key: expected at least {MIN_LENGTH} visible ASCII characters, got {got}: whoever has it \
     issues tokens for everybody, so make one that nobody can guess, with 'openssl rand -hex 32'"
)]
pub struct WeakKey {
    got: String,
}

impl AdminKey {
    /// Makes the key from a text of at least 32 visible ASCII characters.
    ///
    /// # Errors
    /// When the text is too short, or has characters that cannot stand in a header.
    pub fn new(key: &str) -> Result<AdminKey, WeakKey> {
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(WeakKey { got: "some that are not".into() });
        }
        if key.len() < MIN_LENGTH {
            return Err(WeakKey { got: key.len().to_string() });
        }
        Ok(AdminKey { digest: Secret::new(Sha256::digest(key).into()) })
    }

    /// Whether `passed` is the key. Digests are compared, so the time that this takes tells nothing about the key.
    #[must_use]
    pub fn is(&self, passed: &str) -> bool {
        Sha256::digest(passed)[..] == self.digest.expose()[..]
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
