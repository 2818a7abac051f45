//! Signed tokens: who a party is, and what it may do.
//!
//! All of them are JWTs, signed by HS256 with a key of one mini-program, whose appId is the `kid` of the header. All keys of
//! the mini-program count, and the newest one signs. A session token says who a party is. Tickets say what a device or a
//! user_id may do: a deviceToken and the voip_token of a payment let it call, a pushToken lets it be called, an snTicket lets
//! a user authorise it. Each token is valid until it expires, however often it is used; an snTicket for five minutes, and
//! once for each user. The kinds differ in their audience, so that none passes for another. Whoever has a key can issue
//! tokens: the service for its operator, or the operator's own backend.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use wmpf_voip_calls::ticket::{Ticket, TicketHolder, Tickets, TokenError};

use crate::domain::clock::Clock;
use crate::domain::signing_key::SigningKey;
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

/// How long an snTicket is valid, in seconds.
pub const SN_TICKET_SECONDS: i64 = 5 * 60;

/// What a valid session token says.
#[derive(Debug, PartialEq, Eq)]
pub struct SessionHolder {
    /// The party whose session it is.
    pub party: Party,
    /// When the token expires, in milliseconds since the Unix epoch.
    pub expires_at: i64,
    /// The number of the key that has signed the token.
    pub key: i64,
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
    /// When the token was issued. Only the life of an snTicket depends on it, so other issuers may leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    /// From when on the token is valid, if not at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    /// Tells an snTicket from another one of the same second.
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    exp: i64,
}

/// By appId, the newest first.
type Keys = HashMap<String, Vec<SigningKey>>;

/// The keys of all mini-programs. They are read when the service starts, and changed together with its records.
pub struct Keyring {
    keys: RwLock<Keys>,
    /// Those whose record was deleted.
    deleted: RwLock<HashSet<Party>>,
    clock: Clock,
}

impl Keyring {
    /// Makes a keyring of keys, each with the appId of its mini-program. The times in tokens are compared with the
    /// machine's clock, which `clock` knows, because their issuers have read them from theirs.
    pub fn new(clock: Clock, keys: impl IntoIterator<Item = (String, SigningKey)>) -> Keyring {
        let mut by_app = Keys::new();
        for (app_id, key) in keys {
            by_app.entry(app_id).or_default().push(key);
        }
        by_app.values_mut().for_each(|keys| newest_first(keys));
        Keyring { keys: RwLock::new(by_app), deleted: RwLock::default(), clock }
    }

    /// Refuses the session tokens of a party from here on, because its record was deleted.
    pub fn refuse(&self, party: &Party) {
        self.deleted.write().unwrap_or_else(PoisonError::into_inner).insert(party.clone());
    }

    /// Accepts the session tokens of a party again, because it has a record.
    pub fn accept(&self, party: &Party) {
        self.deleted.write().unwrap_or_else(PoisonError::into_inner).remove(party);
    }

    /// Sets the keys of `app_id`; without any, it is gone. Tokens that were signed with another key are no longer valid from
    /// here on. Gives the numbers of the keys that count no more.
    pub fn set(&self, app_id: &str, mut keys: Vec<SigningKey>) -> Vec<i64> {
        newest_first(&mut keys);
        let left: Vec<i64> = keys.iter().map(|key| key.number).collect();
        let mut by_app = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let before = if keys.is_empty() {
            let mut deleted = self.deleted.write().unwrap_or_else(PoisonError::into_inner);
            deleted.retain(|party| party.app_id != app_id);
            by_app.remove(app_id)
        } else {
            by_app.insert(app_id.to_owned(), keys)
        };
        let before = before.unwrap_or_default().into_iter().map(|key| key.number);
        before.filter(|number| !left.contains(number)).collect()
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
        let (claims, key) = self.claims(token, SESSION_AUDIENCE)?;
        let role = claims.role.ok_or(TokenError::Malformed)?;
        let party = Party { app_id: claims.iss, role, id: claims.sub };
        if self.deleted.read().unwrap_or_else(PoisonError::into_inner).contains(&party) {
            return Err(TokenError::Deleted);
        }
        Ok(SessionHolder { party, expires_at: claims.exp.saturating_mul(1000), key })
    }

    /// Checks a token. Gives what it says, and the number of the key that has signed it.
    fn claims(&self, token: &str, audience: &str) -> Result<(Claims, i64), TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Malformed)?;
        let app_id = header.kid.ok_or(TokenError::Malformed)?;
        // Whoever does not know an extension that is said to be critical has to refuse the token (RFC 7515, 4.1.11).
        if header.crit.is_some() {
            return Err(TokenError::Critical);
        }
        let keys = self.read();
        let keys = keys.get(&app_id).ok_or(TokenError::Forged)?;

        // The algorithm is fixed here; the one that the header names is only compared with it.
        let mut validation = Validation::new(Algorithm::HS256);
        // The times are compared below, with the clock of this service and without leeway.
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        validation.set_issuer(&[&app_id]);
        validation.set_audience(&[audience]);
        for SigningKey { number, key } in keys {
            let key = DecodingKey::from_secret(key.expose());
            match jsonwebtoken::decode::<Claims>(token, &key, &validation) {
                Ok(token) => {
                    in_time(&token.claims, seconds(self.clock.wall_ms()))?;
                    return Ok((token.claims, *number));
                }
                // Perhaps it is of another key.
                Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => {}
                Err(error) => return Err(reason(error.kind())),
            }
        }
        Err(TokenError::Forged)
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
            nbf: None,
            jti: None,
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
            nbf: None,
            jti: match kind {
                Ticket::Sn => Some(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>())),
                Ticket::Device | Ticket::Push | Ticket::Payment => None,
            },
            exp: seconds(expires_at),
        })
    }

    fn issue(&self, claims: Claims) -> Result<String, IssueError> {
        let keys = self.read();
        let newest = keys.get(&claims.iss).and_then(|keys| keys.first());
        let SigningKey { key, .. } = newest.ok_or(IssueError::NoKey)?;
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(claims.iss.clone());
        Ok(jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key.expose()))?)
    }
}

impl Tickets for Keyring {
    fn ticket(&self, app_id: &str, kind: Ticket, token: &str) -> Result<TicketHolder, TokenError> {
        let (claims, _) = self.claims(token, audience(kind))?;
        if claims.iss != app_id {
            return Err(TokenError::OtherApp);
        }
        match kind {
            Ticket::Sn => is_young(&claims, seconds(self.clock.wall_ms()))?,
            Ticket::Device | Ticket::Push | Ticket::Payment => {}
        }
        Ok(TicketHolder { subject: claims.sub, model_id: claims.model_id })
    }
}

fn newest_first(keys: &mut [SigningKey]) {
    keys.sort_by_key(|key| Reverse(key.number));
}

/// Checks that a token is valid at `now`, in seconds since the Unix epoch.
fn in_time(claims: &Claims, now: i64) -> Result<(), TokenError> {
    if claims.exp <= now {
        return Err(TokenError::Expired);
    }
    if claims.nbf.is_some_and(|nbf| nbf > now) {
        return Err(TokenError::NotYet);
    }
    Ok(())
}

/// Checks that an snTicket was issued less than five minutes before `now`, in seconds since the Unix epoch, whatever it says of
/// its end. One that does not say when it was issued has to end within five minutes.
fn is_young(claims: &Claims, now: i64) -> Result<(), TokenError> {
    match claims.iat {
        Some(iat) if iat > now => Err(TokenError::NotYet),
        Some(iat) if iat.saturating_add(SN_TICKET_SECONDS) <= now => Err(TokenError::Expired),
        None if claims.exp.saturating_sub(now) > SN_TICKET_SECONDS => Err(TokenError::TooLong),
        Some(_) | None => Ok(()),
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
        ErrorKind::InvalidAudience => TokenError::OtherKind,
        ErrorKind::InvalidIssuer | ErrorKind::InvalidAlgorithm => TokenError::Forged,
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
        let keys = [("wxa".into(), key(1)), ("wxb".into(), key(2))];
        Keyring::new(Clock::default(), keys)
    }

    /// The key with this number, made of it.
    fn key(number: u8) -> SigningKey {
        SigningKey::new(number.into(), vec![number; 32])
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

        let stranger = Keyring::new(Clock::default(), [("wxa".into(), key(9))]);
        let forged = stranger.issue_session(&party(), later()).unwrap();
        assert_eq!(party_of(&keys, &forged), Err(TokenError::Forged));
        let unknown = Keyring::new(Clock::default(), [("wxz".into(), key(9))]);
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
    fn tokens_of_every_key_count_and_the_newest_signs() {
        let keys = keyring();
        let of = |keys: &Keyring, token: &str| keys.session(token).map(|holder| holder.key);
        let old = keys.issue_session(&party(), later()).unwrap();
        assert_eq!(keys.set("wxa", vec![key(1)]), [0; 0], "the same key");
        assert_eq!(of(&keys, &old), Ok(1));
        for order in [vec![key(1), key(3)], vec![key(3), key(1)]] {
            assert_eq!(keys.set("wxa", order.clone()), [0; 0]);
            let new = keys.issue_session(&party(), later()).unwrap();
            assert_eq!((of(&keys, &old), of(&keys, &new)), (Ok(1), Ok(3)));
            let ticket = keys.issue_ticket("wxa", Ticket::Device, holder(), later()).unwrap();
            let read =
                Keyring::new(Clock::default(), order.into_iter().map(|key| ("wxa".into(), key)));
            assert_eq!((of(&read, &old), of(&read, &new)), (Ok(1), Ok(3)));
            assert_eq!(read.ticket("wxa", Ticket::Device, &ticket), Ok(holder()));
        }
        let expired = keys.issue_session(&party(), Clock::default().wall_ms() - 1000).unwrap();
        assert_eq!(keys.set("wxa", vec![key(3), key(4)]), [1]);
        assert_eq!(of(&keys, &old), Err(TokenError::Forged));
        assert_eq!(of(&keys, &expired), Err(TokenError::Expired), "also by the older key");
        let new = keys.issue_session(&party(), later()).unwrap();
        assert_eq!(of(&keys, &new), Ok(4));
        assert_eq!(keys.set("wxa", Vec::new()), [4, 3]);
        assert_eq!(of(&keys, &new), Err(TokenError::Forged));
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

    /// A token of the claims and these ones besides, signed by wxa.
    fn signed(header: impl FnOnce(&mut Header), claims: serde_json::Value) -> String {
        let mut of_wxa = Header::new(Algorithm::HS256);
        of_wxa.kid = Some("wxa".into());
        header(&mut of_wxa);
        let mut all = serde_json::json!({ "iss": "wxa", "sub": "SN-1", "aud": "session", "modelId": "M1", "role": "device" });
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        jsonwebtoken::encode(&of_wxa, &all, &EncodingKey::from_secret(&[1; 32])).unwrap()
    }

    const EVERY_AUDIENCE: [(&str, Option<Ticket>); 5] = [
        ("session", None),
        ("device", Some(Ticket::Device)),
        ("push", Some(Ticket::Push)),
        ("payment", Some(Ticket::Payment)),
        ("sn", Some(Ticket::Sn)),
    ];

    /// Whether a token of this audience is valid.
    fn is_valid(keys: &Keyring, kind: Option<Ticket>, token: &str) -> Result<(), TokenError> {
        match kind {
            Some(kind) => keys.ticket("wxa", kind, token).map(|_| ()),
            None => keys.session(token).map(|_| ()),
        }
    }

    #[test]
    fn no_kind_of_token_is_valid_before_its_time_or_with_an_extension() {
        let keys = keyring();
        let now = seconds(keys.clock.wall_ms());
        for (aud, kind) in EVERY_AUDIENCE {
            let with = |more: serde_json::Value| {
                let mut claims = serde_json::json!({ "aud": aud, "iat": now, "exp": now + 200 });
                claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                claims
            };
            let token = |more| signed(|_| (), with(more));
            assert_eq!(is_valid(&keys, kind, &token(serde_json::json!({}))), Ok(()), "{aud}");
            let begun = token(serde_json::json!({ "nbf": now }));
            assert_eq!(is_valid(&keys, kind, &begun), Ok(()), "{aud}");
            let early = token(serde_json::json!({ "nbf": now + 100 }));
            assert_eq!(is_valid(&keys, kind, &early), Err(TokenError::NotYet), "{aud}");
            let unclear = token(serde_json::json!({ "nbf": "soon" }));
            assert_eq!(is_valid(&keys, kind, &unclear), Err(TokenError::Malformed), "{aud}");
            keys.clock.set_wall(100_000);
            assert_eq!(is_valid(&keys, kind, &early), Ok(()), "{aud}");
            keys.clock.set_wall(-100_000);
            for crit in [vec![], vec!["exp".to_owned()], vec!["b64".to_owned()]] {
                let extended =
                    signed(|header| header.crit = Some(crit), with(serde_json::json!({})));
                assert_eq!(is_valid(&keys, kind, &extended), Err(TokenError::Critical), "{aud}");
            }
        }
    }

    #[test]
    fn an_sn_ticket_is_good_for_five_minutes() {
        let keys = keyring();
        let now = seconds(keys.clock.wall_ms());
        let ticket = |claims: serde_json::Value| {
            let token = signed(|_| (), claims);
            is_valid(&keys, Some(Ticket::Sn), &token)
        };
        for (iat, exp, expected) in [
            (Some(0), 200, Ok(())),
            (Some(0), 1_000_000, Ok(())),
            (Some(-250), 1_000_000, Ok(())),
            (Some(-300), 1_000_000, Err(TokenError::Expired)),
            (Some(-100), -1, Err(TokenError::Expired)),
            (Some(60), 200, Err(TokenError::NotYet)),
            (None, 250, Ok(())),
            (None, 360, Err(TokenError::TooLong)),
            (None, -1, Err(TokenError::Expired)),
        ] {
            let mut claims = serde_json::json!({ "aud": "sn", "exp": now + exp });
            if let Some(iat) = iat {
                claims["iat"] = (now + iat).into();
            }
            assert_eq!(ticket(claims), expected, "{iat:?} {exp}");
        }
        let all = serde_json::json!({ "aud": "device", "exp": now + 86_400, "iat": now - 1000 });
        let token = signed(|_| (), all);
        assert_eq!(is_valid(&keys, Some(Ticket::Device), &token), Ok(()), "others last longer");
    }

    #[test]
    fn two_sn_tickets_of_one_second_are_two() {
        let keys = keyring();
        let until = later();
        let ticket = || keys.issue_ticket("wxa", Ticket::Sn, holder(), until).unwrap();
        assert_ne!(ticket(), ticket());
    }
}
