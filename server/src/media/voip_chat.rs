//! The data that `wx.joinVoIPChat` takes: they show who the user is, by a signature that only the backend of the
//! user's own mini-program can make.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use rand::Rng;
use rand::distr::Alphanumeric;
use sha2::Sha256;
use wmpf_voip::protocol::socket::VoipChat;
use wmpf_voip::schema_of_rules;
use wmpf_voip::secret::Secret;

use crate::domain::base64::base64;

/// The length of a session_key, in bytes.
const KEY_LENGTH: usize = 16;

/// The length of the random text in the signature, in characters. The platform's own example has as many.
const NONCE_LENGTH: usize = 16;

/// What [`is_session_key`] accepts, in the text of a refusal.
pub const SESSION_KEY: &str = "a session_key as code2session gives it: base64 of 16 bytes";

schema_of_rules! {
    /// A session_key as code2session gives it.
    SessionKey: base64("", KEY_LENGTH, KEY_LENGTH);
}

/// Whether `text` has the form of a session_key.
#[must_use]
pub fn is_session_key(text: &str) -> bool {
    STANDARD.decode(text).is_ok_and(|key| key.len() == KEY_LENGTH)
}

/// The data that a user passes to `wx.joinVoIPChat` for this room, signed at `now_ms`, in milliseconds since the Unix
/// epoch.
#[must_use]
pub fn signed_now(key: &Secret<String>, app_id: &str, room_id: &str, now_ms: i64) -> VoipChat {
    let nonce = rand::rng().sample_iter(Alphanumeric).take(NONCE_LENGTH);
    signed(key, app_id, room_id, nonce.map(char::from).collect(), now_ms.unsigned_abs() / 1000)
}

fn signed(
    key: &Secret<String>,
    app_id: &str,
    group_id: &str,
    nonce_str: String,
    time_stamp: u64,
) -> VoipChat {
    let time = time_stamp.to_string();
    let mut parts = [app_id, group_id, &nonce_str, &time];
    parts.sort_unstable();
    // The key of the signature is the text itself, not the bytes that it encodes.
    let mut hex = String::new();
    if let Ok(mac) = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()) {
        for byte in mac.chain_update(parts.concat()).finalize().into_bytes() {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
        }
    }
    VoipChat { group_id: group_id.into(), nonce_str, time_stamp, signature: Secret::new(hex) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_platforms_example() {
        let key = Secret::new("gDyVgzwa0mFz9uUP7M6GQQ==".to_owned());
        let chat = signed(
            &key,
            "wx20afc706a711eefc",
            "1559129713_672975982",
            "8AP6DT9ybtniUJfb".into(),
            1_559_129_714,
        );
        let signature = "b002b824688dd8593a6079e11d8c5e8734fbcb39a6d5906eb347bfbcad79c617";
        assert_eq!(chat.signature.expose(), signature);
        assert_eq!(
            (chat.group_id.as_str(), chat.time_stamp),
            ("1559129713_672975982", 1_559_129_714)
        );
        assert!(!format!("{chat:?}").contains(signature));
    }

    #[test]
    fn a_session_key_is_sixteen_bytes_in_base64() {
        assert!(is_session_key("gDyVgzwa0mFz9uUP7M6GQQ=="));
        for wrong in [
            "",
            "gDyVgzwa0mFz9uUP7M6GQQ",
            "gDyVgzwa0mFz9uUP7M6GQQ=",
            "gDyVgzwa0mFz9uUP7M6G",
            "no key",
        ] {
            assert!(!is_session_key(wrong), "{wrong}");
        }
    }
}
