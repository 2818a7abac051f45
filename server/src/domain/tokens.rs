//! Signed tokens: who a party is, and what it may do.
//!
//! All of them are JWTs, signed by HS256 with the key of one mini-program, whose appId is the `kid` of the header. A
//! session token says who a party is. Tickets say what a device or a user_id may do: a deviceToken and the voip_token
//! of a payment let it call, a pushToken lets it be called, an snTicket lets a user authorise it. Each token is valid
//! until it expires, however often it is used. The kinds differ in their audience, so that none passes for another.
//! Whoever has the key can issue tokens: the service for its operator, or the operator's own backend.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use wmpf_voip::secret::Secret;
use wmpf_voip_calls::ticket::{Ticket, TicketHolder, Tickets, TokenError};

use crate::domain::clock::Clock;
use wmpf_voip_calls::party::{Party, Role};

const fn audience(kind: Ticket) -> &'static str {
    match kind {
        Ticket::Device => "device",
        Ticket::Push => "push",
        Ticket::Payment => "payment",
        Ticket::Sn => "sn",
    }
}

const SESSION_AUDIENCE: &str = "session";

/// What a valid session token says.
#[derive(Debug, PartialEq, Eq)]
pub struct SessionHolder {
    /// The party whose session it is.
    pub party: Party,
    /// When the token expires, in milliseconds since the Unix epoch.
    pub expires_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_id: Option<String>,
    /// When the token was issued, for people who read it. Nothing depends on it, so other issuers may leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    exp: i64,
}

type Keys = HashMap<String, Secret<Vec<u8>>>;

/// The keys of all mini-programs. They are read when the service starts, and changed together with its records.
pub struct Keyring {
    keys: RwLock<Keys>,
    clock: Clock,
}

impl Keyring {
    /// Makes a keyring of keys, each with the appId of its mini-program. The times in tokens are compared with the
    /// machine's clock, which `clock` knows, because their issuers have read them from theirs.
    pub fn new(clock: Clock, keys: impl IntoIterator<Item = (String, Vec<u8>)>) -> Keyring {
        let keys = keys.into_iter().map(|(app_id, key)| (app_id, Secret::new(key))).collect();
        Keyring { keys: RwLock::new(keys), clock }
    }

    /// Sets the key of `app_id`, or removes it. Tokens that were signed with another key are no longer valid from here
    /// on. Gives whether the key has changed.
    pub fn set(&self, app_id: &str, key: Option<Vec<u8>>) -> bool {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let before = match key.clone() {
            Some(key) => keys.insert(app_id.to_owned(), Secret::new(key)),
            None => keys.remove(app_id),
        };
        before.map(Secret::into_inner) != key
    }

    fn read(&self) -> RwLockReadGuard<'_, Keys> {
        // Nothing that holds the lock can leave the map inconsistent.
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks a session token and gives its holder.
    ///
    /// # Errors
    /// When it is not a valid session token.
    pub fn session(&self, token: &str) -> Result<SessionHolder, TokenError> {
        let claims = self.claims(token, SESSION_AUDIENCE)?;
        let role = claims.role.ok_or(TokenError::Malformed)?;
        let party = Party { app_id: claims.iss, role, id: claims.sub };
        Ok(SessionHolder { party, expires_at: claims.exp.saturating_mul(1000) })
    }

    fn claims(&self, token: &str, audience: &str) -> Result<Claims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Malformed)?;
        let app_id = header.kid.ok_or(TokenError::Malformed)?;
        let keys = self.read();
        let key = keys.get(&app_id).ok_or(TokenError::Forged)?;

        // The algorithm is fixed here; the one that the header names is only compared with it.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        validation.set_issuer(&[&app_id]);
        validation.set_audience(&[audience]);
        let key = DecodingKey::from_secret(key.expose());
        match jsonwebtoken::decode::<Claims>(token, &key, &validation) {
            // The library takes a token as valid for the whole second in which it expires.
            Ok(token) if token.claims.exp <= seconds(self.clock.wall_ms()) => {
                Err(TokenError::Expired)
            }
            Ok(token) => Ok(token.claims),
            Err(error) => Err(reason(error.kind())),
        }
    }

    /// Issues a session token for `party`. It is valid until `expires_at`, in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// When the keyring has no key of its mini-program.
    pub fn issue_session(&self, party: &Party, expires_at: i64) -> Result<String, IssueError> {
        self.issue(Claims {
            iss: party.app_id.clone(),
            sub: party.id.clone(),
            aud: SESSION_AUDIENCE.into(),
            role: Some(party.role),
            model_id: None,
            iat: Some(seconds(self.clock.wall_ms())),
            exp: seconds(expires_at),
        })
    }

    /// Issues a ticket for `holder`. It is valid until `expires_at`, in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// When the keyring has no key of the mini-program.
    pub fn issue_ticket(
        &self,
        app_id: &str,
        kind: Ticket,
        holder: TicketHolder,
        expires_at: i64,
    ) -> Result<String, IssueError> {
        self.issue(Claims {
            iss: app_id.into(),
            sub: holder.subject,
            aud: audience(kind).into(),
            role: None,
            model_id: holder.model_id,
            iat: Some(seconds(self.clock.wall_ms())),
            exp: seconds(expires_at),
        })
    }

    fn issue(&self, claims: Claims) -> Result<String, IssueError> {
        let keys = self.read();
        let key = keys.get(&claims.iss).ok_or(IssueError::NoKey)?;
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(claims.iss.clone());
        Ok(jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key.expose()))?)
    }
}

impl Tickets for Keyring {
    fn ticket(&self, app_id: &str, kind: Ticket, token: &str) -> Result<TicketHolder, TokenError> {
        let claims = self.claims(token, audience(kind))?;
        if claims.iss != app_id {
            return Err(TokenError::OtherApp);
        }
        Ok(TicketHolder { subject: claims.sub, model_id: claims.model_id })
    }
}

/// Why a token could not be issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The mini-program is not in the keyring.
    #[error("no key for this mini-program")]
    NoKey,
    /// Signing failed.
    #[error("signing a token failed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

// The library's enum has two dozen variants, most of which cannot occur with HS256.
#[allow(clippy::wildcard_enum_match_arm)]
fn reason(kind: &ErrorKind) -> TokenError {
    match kind {
        ErrorKind::ExpiredSignature => TokenError::Expired,
        ErrorKind::InvalidAudience => TokenError::OtherKind,
        ErrorKind::InvalidSignature | ErrorKind::InvalidIssuer | ErrorKind::InvalidAlgorithm => {
            TokenError::Forged
        }
        _ => TokenError::Malformed,
    }
}

const fn seconds(ms: i64) -> i64 {
    ms / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring() -> Keyring {
        Keyring::new(Clock::default(), [("wxa".into(), vec![1; 32]), ("wxb".into(), vec![2; 32])])
    }

    fn party() -> Party {
        Party { app_id: "wxa".into(), role: Role::Phone, id: "o1".into() }
    }

    fn holder() -> TicketHolder {
        TicketHolder { subject: "SN-1".into(), model_id: Some("M1".into()) }
    }

    fn party_of(keys: &Keyring, session: &str) -> Result<Party, TokenError> {
        keys.session(session).map(|holder| holder.party)
    }

    fn later() -> i64 {
        Clock::default().wall_ms() + 60_000
    }

    #[test]
    fn a_session_token_says_who_speaks() {
        let token = keyring().issue_session(&party(), later()).unwrap();
        assert_eq!(party_of(&keyring(), &token), Ok(party()));
        let holder =
            keyring().session(&keyring().issue_session(&party(), 4_102_444_800_999).unwrap());
        assert_eq!(holder.unwrap().expires_at, 4_102_444_800_000, "in whole seconds");
    }

    #[test]
    fn one_kind_never_passes_for_another() {
        let keys = keyring();
        let session = keys.issue_session(&party(), later()).unwrap();
        let kinds = [Ticket::Device, Ticket::Push, Ticket::Payment, Ticket::Sn];
        for kind in kinds {
            assert_eq!(keys.ticket("wxa", kind, &session), Err(TokenError::OtherKind));
            let ticket = keys.issue_ticket("wxa", kind, holder(), later()).unwrap();
            assert_eq!(party_of(&keys, &ticket), Err(TokenError::OtherKind));
            for other in kinds {
                let expected =
                    if other == kind { Ok(holder()) } else { Err(TokenError::OtherKind) };
                assert_eq!(keys.ticket("wxa", other, &ticket), expected);
            }
            assert_eq!(keys.ticket("wxb", kind, &ticket), Err(TokenError::OtherApp));
        }
    }

    #[test]
    fn expired_and_forged_are_told_apart() {
        let keys = keyring();
        let expired = keys.issue_session(&party(), Clock::default().wall_ms() - 1000).unwrap();
        assert_eq!(party_of(&keys, &expired), Err(TokenError::Expired));

        let stranger = Keyring::new(Clock::default(), [("wxa".into(), vec![9; 32])]);
        let forged = stranger.issue_session(&party(), later()).unwrap();
        assert_eq!(party_of(&keys, &forged), Err(TokenError::Forged));
        let unknown = Keyring::new(Clock::default(), [("wxz".into(), vec![9; 32])]);
        let unknown_party = Party { app_id: "wxz".into(), ..party() };
        let forged = unknown.issue_session(&unknown_party, later()).unwrap();
        assert_eq!(party_of(&keys, &forged), Err(TokenError::Forged));
        for text in ["", "a.b.c", "not a token"] {
            assert_eq!(party_of(&keys, text), Err(TokenError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn a_token_counts_no_more_from_the_second_on_that_it_expires_in() {
        let token = keyring().issue_session(&party(), Clock::default().wall_ms()).unwrap();
        assert_eq!(party_of(&keyring(), &token), Err(TokenError::Expired));
    }

    #[test]
    fn only_tokens_of_the_present_key_count() {
        let keys = keyring();
        let old = keys.issue_session(&party(), later()).unwrap();
        assert!(!keys.set("wxa", Some(vec![1; 32])), "the same key");
        assert_eq!(party_of(&keys, &old), Ok(party()));
        assert!(keys.set("wxa", Some(vec![3; 32])));
        assert_eq!(party_of(&keys, &old), Err(TokenError::Forged));
        let new = keys.issue_session(&party(), later()).unwrap();
        assert_eq!(party_of(&keys, &new), Ok(party()));
        assert!(keys.set("wxa", None));
        assert_eq!(party_of(&keys, &new), Err(TokenError::Forged));
        assert!(matches!(keys.issue_session(&party(), later()), Err(IssueError::NoKey)));
    }

    #[test]
    fn the_algorithm_and_the_issuer_are_not_the_tokens_choice() {
        let keys = keyring();
        let signed = |algorithm, iss: &str| {
            let mut header = Header::new(algorithm);
            header.kid = Some("wxa".into());
            let claims = serde_json::json!({
                "iss": iss, "sub": "o1", "aud": "session", "role": "phone",
                "iat": 0, "exp": seconds(later()),
            });
            jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&[1; 32])).unwrap()
        };
        assert_eq!(party_of(&keys, &signed(Algorithm::HS256, "wxa")), Ok(party()));
        assert_eq!(party_of(&keys, &signed(Algorithm::HS512, "wxa")), Err(TokenError::Forged));
        assert_eq!(party_of(&keys, &signed(Algorithm::HS256, "wxb")), Err(TokenError::Forged));

        let good = signed(Algorithm::HS256, "wxa");
        let claims = good.split('.').nth(1).unwrap();
        // {"alg":"none","kid":"wxa"}
        let unsigned = format!("eyJhbGciOiJub25lIiwia2lkIjoid3hhIn0.{claims}.");
        assert_eq!(party_of(&keys, &unsigned), Err(TokenError::Malformed));
    }

    #[test]
    fn a_token_need_not_say_when_it_was_issued() {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("wxa".into());
        let claims = serde_json::json!({
            "iss": "wxa", "sub": "o1", "aud": "session", "role": "phone", "exp": seconds(later()),
        });
        let token =
            jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&[1; 32])).unwrap();
        assert_eq!(party_of(&keyring(), &token), Ok(party()));
    }

    #[test]
    fn a_session_without_a_role_is_none() {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("wxa".into());
        let claims = serde_json::json!({
            "iss": "wxa", "sub": "o1", "aud": "session", "iat": 0, "exp": seconds(later()),
        });
        let token =
            jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&[1; 32])).unwrap();
        assert_eq!(party_of(&keyring(), &token), Err(TokenError::Malformed));
    }
}
