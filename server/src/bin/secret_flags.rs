//! The flags for what nobody else may know, as values or in files.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use clap::Args;
use wmpf_voip_server::domain::admin_key::AdminKeys;

/// The flags for what nobody else may know.
#[derive(Args)]
pub struct SecretFlags {
    /// Lets whoever has this key administer the service, with the command 'admin' or by /v1/admin/. At least 32
    /// visible ASCII characters, for example from 'openssl rand -hex 32'. Other users of the machine can
    /// read flags, so it is better to name a file or to set the variable.
    #[arg(long, env = "WMPF_VOIP_ADMIN_KEY", value_name = "KEY", hide_env_values = true)]
    admin_key: Option<String>,

    /// File with the key of --admin-key, in its only line.
    #[arg(long, env = "WMPF_VOIP_ADMIN_KEY_FILE", value_name = "FILE")]
    admin_key_file: Option<PathBuf>,

    /// File with the keys of several operators: in each line a name and a key. The audit record says by the names who has
    /// changed what; the key of --admin-key is called 'admin' there, and none in the file is.
    #[arg(long, env = "WMPF_VOIP_ADMIN_KEYS_FILE", value_name = "FILE")]
    admin_keys_file: Option<PathBuf>,

    /// What the TURN servers have as their static-auth-secret: those whose call was answered get credentials
    /// that are made with it. Other users of the machine can read flags, so it is better to name a file or to set the
    /// variable.
    #[arg(long, env = "WMPF_VOIP_TURN_SECRET", value_name = "SECRET", hide_env_values = true)]
    turn_secret: Option<String>,

    /// File with the secret of --turn-secret, in its only line.
    #[arg(long, env = "WMPF_VOIP_TURN_SECRET_FILE", value_name = "FILE")]
    turn_secret_file: Option<PathBuf>,
}

impl SecretFlags {
    /// The keys of all operators.
    ///
    /// # Errors
    /// What is wrong with them, as a sentence for the operator that shows none.
    pub fn admin_keys(&self) -> Result<AdminKeys, String> {
        let mut keys = match &self.admin_keys_file {
            Some(path) => {
                let wrong =
                    |error: &dyn Display| format!("--admin-keys-file {}: {error}", path.display());
                let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
                AdminKeys::read(&text).map_err(|error| wrong(&error))?
            }
            None => AdminKeys::default(),
        };
        if let Some(key) = secret("--admin-key", &self.admin_key, self.admin_key_file.as_deref())? {
            keys.add(&key).map_err(|error| match &self.admin_key_file {
                Some(path) => format!("--admin-key-file {}: {error}", path.display()),
                None => error.to_string(),
            })?;
        }
        Ok(keys)
    }

    /// Whether a key of an operator stands in a file, which may change.
    #[cfg(unix)]
    pub fn has_key_files(&self) -> bool {
        self.admin_keys_file.is_some() || self.admin_key_file.is_some()
    }

    /// What is shared with the TURN servers.
    ///
    /// # Errors
    /// What is wrong with its file, as a sentence for the operator that does not show it.
    pub fn turn_secret(&self) -> Result<Option<String>, String> {
        secret("--turn-secret", &self.turn_secret, self.turn_secret_file.as_deref())
    }
}

/// The secret of `flag`, which is given either itself or by a file with one line.
fn secret(
    flag: &str,
    value: &Option<String>,
    file: Option<&Path>,
) -> Result<Option<String>, String> {
    let Some(path) = file else { return Ok(value.clone()) };
    if value.is_some() {
        return Err(format!("{flag} and {flag}-file: expected one of the two, got both"));
    }
    let wrong = |error: &dyn Display| format!("{flag}-file {}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let lines: Vec<&str> = text.lines().collect();
    match lines[..] {
        [line] if !line.is_empty() => Ok(Some(line.to_owned())),
        [] | [_] => Err(wrong(&"expected the secret in its only line, got an empty file")),
        [..] => {
            Err(wrong(&format!("expected the secret in its only line, got {} lines", lines.len())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_the_only_line_of_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            secret("--turn-secret", &None, Some(&path))
        };
        for text in ["a secret", "a secret\n", "a secret\r\n"] {
            assert_eq!(read(text), Ok(Some("a secret".to_owned())), "{text:?}");
        }
        for (text, got) in [("", "an empty file"), ("\n", "an empty file"), ("a\nb\n", "2 lines")] {
            let error = read(text).unwrap_err();
            let expected = format!(
                "--turn-secret-file {}: expected the secret in its only line, got {got}",
                path.display()
            );
            assert_eq!(error, expected);
        }
        std::fs::remove_file(&path).unwrap();
        let missing = secret("--turn-secret", &None, Some(&path)).unwrap_err();
        assert!(missing.starts_with("--turn-secret-file "), "{missing}");
    }

    #[test]
    fn a_secret_is_given_in_one_way() {
        let both = secret("--admin-key", &Some("k".to_owned()), Some(Path::new("f"))).unwrap_err();
        assert_eq!(both, "--admin-key and --admin-key-file: expected one of the two, got both");
        assert_eq!(secret("--admin-key", &Some("k".to_owned()), None), Ok(Some("k".to_owned())));
        assert_eq!(secret("--admin-key", &None, None), Ok(None));
    }
}
