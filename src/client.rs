//! The flow of `initByCaller`: validate, send, decode.
//!
//! It is cut in two where the contract cuts it: [`prepare`] fails with what the call throws,
//! [`create_call`] never fails but resolves.

use crate::code::Code;
use crate::config::Config;
use crate::error::VoipError;
use crate::outcome::Outcome;
use crate::protocol;
use crate::request::RawRequest;
use crate::transport::{Transport, TransportFailure};
use crate::value::Object;

/// The name of the API, as errors spell it.
pub const INIT_BY_CALLER: &str = "initByCaller";

/// The body that creates a call.
///
/// # Errors
/// What is thrown: everything that is wrong with the request.
pub fn prepare<Cause>(request: Object<RawRequest>) -> Result<String, VoipError<Cause>> {
    let request = request.validate().map_err(|problems| {
        VoipError::plugin(problems.code(), INIT_BY_CALLER, &problems.to_string())
    })?;
    // Serialising these types cannot fail today; a type that can must not end in a trap.
    serde_json::to_string(&request).map_err(|_| {
        VoipError::plugin(Code::Parameter, INIT_BY_CALLER, "the request cannot be written as JSON")
    })
}

/// Has the service create the room and remind the listener. From here on nothing is thrown.
pub async fn create_call<T: Transport>(
    transport: &T,
    config: &Config,
    body: &str,
) -> Outcome<T::Cause> {
    let error = match transport.send(&transport.new_key(), body).await {
        Ok(response) => match protocol::decode_room(response) {
            Ok(room) => return Outcome::Success(room),
            Err(error) => VoipError::cgi(error.code(), INIT_BY_CALLER, &error.to_string()),
        },
        Err(error) => {
            let Config { endpoint, timeout_ms, .. } = config;
            let reason = match &error.failure {
                TransportFailure::Timeout => {
                    format!("no answer from {endpoint} within {timeout_ms} ms")
                }
                TransportFailure::Network(message) if quotes(message, config.token.expose()) => {
                    format!(
                        "the request to {endpoint} failed; the host's message quotes the session token, see cause"
                    )
                }
                TransportFailure::Network(message) => {
                    format!("the request to {endpoint} failed: {message}")
                }
            };
            VoipError {
                errno: error.errno,
                cause: error.cause,
                ..VoipError::cgi(Code::RequestFailed, INIT_BY_CALLER, &reason)
            }
        }
    };
    Outcome::Failure(error)
}

/// Some hosts repeat a header that they do not like. A shorter token is no secret but a test's, and is
/// part of ordinary words. `str::contains` would do, and add 1.4 KB of wasm.
fn quotes(message: &str, token: &str) -> bool {
    const SHORTEST_SECRET: usize = 12;
    token.len() >= SHORTEST_SECRET
        && message.as_bytes().windows(token.len()).any(|part| part == token.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::error::ErrorKind;
    use crate::outcome::{ChargeType, Room};
    use crate::request::tests::request;
    use crate::secret::Secret;
    use crate::transport::{FakeTransport, TransportError};

    type Answer = Result<Outcome<&'static str>, VoipError<&'static str>>;

    fn config() -> Config {
        Config {
            endpoint: "http://service".into(),
            token: Secret::new("session-token".into()),
            timeout_ms: 10_000,
        }
    }

    fn call(transport: &FakeTransport, json: &str) -> Answer {
        let body = prepare(serde_json::from_str(json).unwrap())?;
        let config = config();
        let future = pin!(create_call(transport, &config, &body));
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => Ok(outcome),
            Poll::Pending => panic!("the fake transport never waits"),
        }
    }

    fn valid() -> String {
        serde_json::to_string(&request()).unwrap()
    }

    #[test]
    fn a_valid_request_becomes_a_room() {
        let transport = FakeTransport::answering(201, r#"{"roomId":"r1","chargeType":"duration"}"#);
        let room = Room { room_id: "r1".into(), charge_type: ChargeType::Duration };
        assert_eq!(call(&transport, &valid()), Ok(Outcome::Success(room)));

        assert_eq!(*transport.sent.borrow(), [(0, valid())]);
    }

    #[test]
    fn a_wrong_request_is_thrown_and_never_sent() {
        let transport = FakeTransport::answering(200, "");
        let error = call(&transport, "{}").unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::Plugin, Code::Parameter));
        assert_eq!(
            error.message,
            "initByCaller:fail roomType: expected 'voice' or 'video', got nothing; \
             caller: expected an object, got nothing; listener: expected an object, got nothing; \
             voipToken: expected the payment's voip_token, a non-empty string, got nothing"
        );

        let no_token = r#"{"roomType":"voice","caller":{"id":"u"},"listener":{"id":"o"}}"#;
        assert_eq!(call(&transport, no_token).unwrap_err().code, Code::VoipToken);
        assert!(transport.sent.borrow().is_empty());
    }

    #[test]
    fn what_fails_after_the_request_has_left_is_returned() {
        let refusal = r#"{"errcode":9,"errmsg":"not authorised"}"#;
        for (status, body, code, message) in [
            (403, refusal, Code::NotAuthorised, "not authorised"),
            (
                502,
                "oops",
                Code::RequestFailed,
                "HTTP status 502 without a body of the room service",
            ),
            (
                200,
                "oops",
                Code::BadAnswer,
                "HTTP status 200 with a body that is not the room service's",
            ),
        ] {
            let answer = call(&FakeTransport::answering(status, body), &valid());
            let Ok(Outcome::Failure(error)) = answer else { panic!("{answer:?}") };
            assert_eq!((error.kind, error.code), (ErrorKind::Cgi, code));
            assert!(error.message.starts_with(&format!("initByCaller:fail {message}")), "{error}");
        }
    }

    #[test]
    fn a_request_without_an_answer_keeps_the_hosts_own_error() {
        let transport = FakeTransport::failing(TransportError {
            failure: TransportFailure::Network("request:fail url not in domain list".into()),
            errno: Some(600_002),
            cause: Some("the wx error"),
        });
        let answer = call(&transport, &valid());
        let Ok(Outcome::Failure(error)) = answer else { panic!("{answer:?}") };
        assert_eq!(
            (error.code, error.errno, error.cause),
            (Code::RequestFailed, Some(600_002), Some("the wx error"))
        );
        assert_eq!(
            error.message,
            "initByCaller:fail the request to http://service failed: request:fail url not in domain list"
        );

        let quoting = TransportFailure::Network("invalid header 'Bearer session-token'".into());
        let quoting = TransportError { failure: quoting, errno: None, cause: None };
        let answer = call(&FakeTransport::failing(quoting), &valid());
        let Ok(Outcome::Failure(error)) = answer else { panic!("{answer:?}") };
        assert!(
            error
                .message
                .ends_with("failed; the host's message quotes the session token, see cause")
        );

        let timeout =
            TransportError { failure: TransportFailure::Timeout, errno: None, cause: None };
        let answer = call(&FakeTransport::failing(timeout), &valid());
        let Ok(Outcome::Failure(error)) = answer else { panic!("{answer:?}") };
        assert_eq!(
            error.message,
            "initByCaller:fail no answer from http://service within 10000 ms"
        );
    }
}
