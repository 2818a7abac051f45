//! The operators' keys: a request that carries one may administer the service.

use std::sync::{Arc, PoisonError, RwLock};

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

/// The name of the key of `--admin-key` in the audit record. No key of a file has it.
const ADMIN: &str = "admin";

/// The keys of several operators, each with the name by which the audit record tells them apart.
#[derive(Debug, Clone, Default)]
pub struct AdminKeys(Vec<(String, AdminKey)>);

/// Why a text cannot be used as [`AdminKeys`]. The error shows nothing of the keys.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongKeys {
    /// A line is no name and a key.
    #[error("line {0}: expected a name and a key, with a space between them")]
    Form(usize),
    /// A name cannot be used.
    #[error(
        "line {0}: expected a name of 1 to {MAX_NAME_LENGTH} letters, digits, '-', '_' and '.'"
    )]
    Name(usize),
    /// A name is that of the key of `--admin-key`.
    #[error(
        "line {0}: '{ADMIN}' is the name of the key of --admin-key in the audit record, which could not tell the two apart: \
         choose another one"
    )]
    Reserved(usize),
    /// Two keys have one name, or one key has two names.
    #[error("line {0}: this name, or this key, stands in an earlier line, too")]
    Again(usize),
    /// A key can be guessed.
    #[error("line {0}: {1}")]
    Weak(usize, WeakKey),
    /// There is no key at all.
    #[error("expected a name and a key in each line, got none")]
    Empty,
}

/// Why a key cannot stand beside those of a file. The error shows nothing of the key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongKey {
    /// It can be guessed.
    #[error(transparent)]
    Weak(#[from] WeakKey),
    /// It is also the key of the operator with this name.
    #[error(
        "the admin key: --admin-keys-file has the same one for '{0}', and the audit record could not tell the two apart: \
         give each a key of its own"
    )]
    Taken(String),
}

/// The most characters that the name of a key may have.
const MAX_NAME_LENGTH: usize = 64;

impl AdminKeys {
    /// Reads keys from a text that has a name and a key in each line. Empty lines, and those that begin with '#', say
    /// nothing.
    ///
    /// # Errors
    /// What is wrong with the first line that cannot be used.
    pub fn read(text: &str) -> Result<AdminKeys, WrongKeys> {
        let mut keys = AdminKeys::default();
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            let [name, key] = words[..] else { return Err(WrongKeys::Form(number)) };
            let is_name = |c: u8| c.is_ascii_alphanumeric() || b"-_.".contains(&c);
            if !(1..=MAX_NAME_LENGTH).contains(&name.len()) || !name.bytes().all(is_name) {
                return Err(WrongKeys::Name(number));
            }
            if name == ADMIN {
                return Err(WrongKeys::Reserved(number));
            }
            if keys.0.iter().any(|(other, _)| other == name) || keys.name_of(key).is_some() {
                return Err(WrongKeys::Again(number));
            }
            let key = AdminKey::new(key).map_err(|weak| WrongKeys::Weak(number, weak))?;
            keys.0.push((name.to_owned(), key));
        }
        if keys.is_empty() { Err(WrongKeys::Empty) } else { Ok(keys) }
    }

    /// Adds the key of `--admin-key`, under the name `admin`.
    ///
    /// # Errors
    /// When it can be guessed, or is there already.
    pub fn add(&mut self, key: &str) -> Result<(), WrongKey> {
        if let Some(name) = self.name_of(key) {
            return Err(WrongKey::Taken(name.to_owned()));
        }
        self.0.push((ADMIN.to_owned(), AdminKey::new(key)?));
        Ok(())
    }

    /// Whether there is none, so that nobody administers the service.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of the key that was `passed`. `None` if it is none of them.
    #[must_use]
    pub fn name_of(&self, passed: &str) -> Option<&str> {
        self.0.iter().find(|(_, key)| key.is(passed)).map(|(name, _)| name.as_str())
    }
}

/// The keys that count now, which may be replaced while the service runs. A clone is the same keys.
#[derive(Debug, Clone)]
pub struct CurrentKeys(Arc<RwLock<Arc<AdminKeys>>>);

impl CurrentKeys {
    /// Begins with these.
    #[must_use]
    pub fn new(keys: AdminKeys) -> CurrentKeys {
        CurrentKeys(Arc::new(RwLock::new(Arc::new(keys))))
    }

    /// The keys that count now.
    #[must_use]
    pub fn now(&self) -> Arc<AdminKeys> {
        // Nothing that holds the lock can panic.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has these count from the next request on, and those of before no more.
    pub fn replace(&self, keys: AdminKeys) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
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
    fn keys_are_read_line_by_line() {
        let keys = AdminKeys::read(
            "# who may\n\nalice an-operators-key-of-some-32-chars\n  bob\tanother-operators-key-of-32-chars \n",
        )
        .unwrap();
        assert_eq!(keys.name_of("an-operators-key-of-some-32-chars"), Some("alice"));
        assert_eq!(keys.name_of("another-operators-key-of-32-chars"), Some("bob"));
        assert_eq!(keys.name_of("alice"), None);
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line_and_without_the_key() {
        let good = "alice an-operators-key-of-some-32-chars\n";
        for (text, expected) in [
            ("", "expected a name and a key in each line, got none"),
            ("# nobody\n", "expected a name and a key in each line, got none"),
            ("an-operators-key-of-some-32-chars", "line 1: expected a name and a key"),
            ("a b an-operators-key-of-some-32-chars", "line 1: expected a name and a key"),
            ("b/c another-operators-key-of-32-chars", "line 1: expected a name of 1 to 64"),
            (&format!("{good}alice another-operators-key-of-32-chars"), "line 2: this name"),
            (&format!("{good}\nbob an-operators-key-of-some-32-chars"), "line 3: this name"),
            (&format!("{good}bob short"), "line 2: the admin key: expected at least 32"),
            (
                &format!("{good}admin another-operators-key-of-32-chars"),
                "line 2: 'admin' is the name",
            ),
        ] {
            let said = AdminKeys::read(text).unwrap_err().to_string();
            assert!(said.starts_with(expected), "{said}");
            assert!(!said.contains("operators-key"), "{said}");
        }
    }

    #[test]
    fn the_key_beside_a_file_is_none_of_the_files() {
        let mut keys = AdminKeys::read("alice an-operators-key-of-some-32-chars").unwrap();
        let taken = keys.add("an-operators-key-of-some-32-chars").unwrap_err().to_string();
        assert!(taken.contains("has the same one for 'alice'"), "{taken}");
        assert!(!taken.contains("operators-key"), "{taken}");
        assert!(matches!(keys.add("short"), Err(WrongKey::Weak(_))));
        assert_eq!(keys.add("another-operators-key-of-32-chars"), Ok(()));
        assert_eq!(keys.name_of("another-operators-key-of-32-chars"), Some("admin"));
        assert_eq!(keys.name_of("an-operators-key-of-some-32-chars"), Some("alice"));
    }

    #[test]
    fn debug_shows_nothing_of_the_key() {
        let key = AdminKey::new("an-operators-key-of-some-32-chars").unwrap();
        assert_eq!(format!("{key:?}"), "AdminKey { digest: [secret] }");
    }
}
