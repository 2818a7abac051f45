//! The session of a request: the party of the session token that the request carries.
//!
//! These extractors come before the body in every handler, so that nothing is read from a client without a session.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use tracing::Span;
use wmpf_voip::code::Code;
use wmpf_voip::protocol::REMINDERS_SUBPROTOCOL;
use wmpf_voip::protocol::Refusal;
use wmpf_voip::secret::Secret;

use crate::app::App;
use crate::domain::address::FORWARDED_FOR;
use crate::domain::tokens::SessionHolder;
use crate::http::connections;
use crate::http::failure::Failure;
use wmpf_voip_calls::party::{Party, Role};

/// The party of the session token in `Authorization: Bearer`.
pub struct Session(pub Party);

/// The party of the session token, which is a user. A device is refused, because the request belongs to a phone.
pub struct UserSession(pub Party);

/// The session of a WebSocket. A browser cannot set the Authorization header there and offers the token as a second
/// subprotocol instead. A socket may outlive its token, so the session says when the token expires.
pub struct SocketSession {
    /// The party, and when its token expires.
    pub holder: SessionHolder,
    /// The token itself, so that it can be checked again.
    pub token: Secret<String>,
}

impl FromRequestParts<Arc<App>> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Session, Failure> {
        let token = bearer(&parts.headers);
        let token = token.ok_or_else(|| stranger(app, parts, Failure::NoSession))?;
        authenticate(app, parts, token).map(|holder| Session(holder.party))
    }
}

impl FromRequestParts<Arc<App>> for UserSession {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<UserSession, Failure> {
        let Session(party) = Session::from_request_parts(parts, app).await?;
        match party.role {
            Role::Phone => Ok(UserSession(party)),
            Role::Device => Err(Failure::from(Refusal::new(
                Code::PhoneOnly,
                "this is done in the WeChat client, and the session token is a device's: \
                 use the user's session token",
            ))),
        }
    }
}

impl FromRequestParts<Arc<App>> for SocketSession {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<App>,
    ) -> Result<SocketSession, Failure> {
        let token = bearer(&parts.headers).or_else(|| subprotocol(parts));
        let token = token.ok_or_else(|| stranger(app, parts, Failure::NoSession))?;
        let holder = authenticate(app, parts, token)?;
        Ok(SocketSession { holder, token: Secret::new(token.to_owned()) })
    }
}

fn authenticate(app: &App, parts: &Parts, token: &str) -> Result<SessionHolder, Failure> {
    let holder =
        app.keys.session(token).map_err(|error| stranger(app, parts, Failure::Session(error)))?;
    connections::authenticated(&parts.extensions);
    app.rates.request(&holder.party)?;
    // For the log of requests.
    Span::current().record("app_id", &holder.party.app_id);
    Ok(holder)
}

/// Counts a request without a valid token. Gives how it fails: as it would by itself, or because there are too many.
fn stranger(app: &App, parts: &Parts, failure: Failure) -> Failure {
    client(app, &parts.extensions, &parts.headers)
        .and_then(|address| app.rates.stranger(address).err())
        .map_or(failure, Failure::from)
}

/// The address of the client that has sent a request, as trusted proxies tell it. `None` for one that has come over no
/// connection.
pub(crate) fn client(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let forwarded = headers.get_all(FORWARDED_FOR).iter();
    let forwarded = forwarded.filter_map(|value| value.to_str().ok());
    Some(app.proxies.client(connections::peer(extensions)?, forwarded))
}

/// The token after `Bearer` in the Authorization header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn subprotocol(parts: &Parts) -> Option<&str> {
    let mut offered = parts
        .headers
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim);
    (offered.next()? == REMINDERS_SUBPROTOCOL).then(|| offered.next())?
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let request = headers
            .iter()
            .fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_token_is_read_from_the_header() {
        let token = |value| bearer(&parts(&[("authorization", value)]).headers).map(str::to_owned);
        assert_eq!(token("Bearer a.b.c").as_deref(), Some("a.b.c"));
        assert_eq!(token("bearer  a.b.c").as_deref(), Some("a.b.c"));
        assert_eq!(token("Basic a"), None);
        assert_eq!(bearer(&HeaderMap::new()), None);
    }

    #[test]
    fn the_token_is_the_second_subprotocol() {
        let offered =
            |value| subprotocol(&parts(&[("sec-websocket-protocol", value)])).map(str::to_owned);
        assert_eq!(offered("wmpf-voip.v1, a.b.c").as_deref(), Some("a.b.c"));
        assert_eq!(offered("wmpf-voip.v1"), None);
        assert_eq!(offered("a.b.c, wmpf-voip.v1"), None);
        let two = [("sec-websocket-protocol", "wmpf-voip.v1"), ("sec-websocket-protocol", "a.b.c")];
        assert_eq!(subprotocol(&parts(&two)), Some("a.b.c"));
    }
}
