//! Signatures as the Standard Webhooks specification defines them (<https://www.standardwebhooks.com>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::InvalidLength;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use wmpf_voip::schema_of_rules;
use wmpf_voip::secret::Secret;

use crate::domain::base64::base64;

/// The prefix of a secret in text form.
const PREFIX: &str = "whsec_";

/// The length of a secret that the service makes, in bytes.
const SECRET_LENGTH: usize = 32;

/// The longest secret that the specification allows, in bytes.
const MAX_SECRET_LENGTH: usize = 64;

/// What a secret has to look like, in the text of a refusal.
pub(crate) const EXPECTED_SECRET: &str = "'whsec_' and the base64 of 32 to 64 random bytes";

schema_of_rules! {
    /// What signs messages: the base64 of random bytes after a prefix.
    WebhookSecret: base64(PREFIX, SECRET_LENGTH, MAX_SECRET_LENGTH);
}

/// Reads a secret from its text form. `None` if the text is not a valid secret.
pub(crate) fn read_secret(text: &str) -> Option<Vec<u8>> {
    let secret = STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
    (SECRET_LENGTH..=MAX_SECRET_LENGTH).contains(&secret.len()).then_some(secret)
}

/// Writes a secret in its text form, for the backend that checks signatures with it.
pub(crate) fn write_secret(secret: &[u8]) -> Secret<String> {
    Secret::new(format!("{PREFIX}{}", STANDARD.encode(secret)))
}

/// Makes a random secret.
pub(crate) fn new_secret() -> Vec<u8> {
    rand::random::<[u8; SECRET_LENGTH]>().into()
}

/// Gives the header `webhook-signature` of a message. `timestamp` is in seconds since the Unix epoch.
pub(super) fn sign(
    secret: &[u8],
    webhook_id: &str,
    timestamp: i64,
    body: &str,
) -> Result<String, InvalidLength> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)?;
    mac.update(format!("{webhook_id}.{timestamp}.").as_bytes());
    mac.update(body.as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification's own libraries are tested with.
    #[test]
    fn the_vector_of_the_reference_libraries() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        let signature = sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_reads_back_as_it_was_written_and_a_weak_one_is_none() {
        let secret = new_secret();
        assert_ne!(secret, new_secret());
        assert_eq!(read_secret(write_secret(&secret).expose()), Some(secret));
        let of = |length| write_secret(&vec![7; length]).into_inner();
        for (text, right) in [
            (of(31), false),
            (of(32), true),
            (of(64), true),
            (of(65), false),
            (of(32).replace(PREFIX, ""), false),
            (of(32).replace('=', ""), false),
            (format!("{} ", of(32)), false),
            (PREFIX.to_owned(), false),
        ] {
            assert_eq!(read_secret(&text).is_some(), right, "{text}");
        }
    }
}
