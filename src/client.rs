//! The flow of every request to the room service: validate, fetch a token where one is needed, send, decode.
//!
//! All APIs of the package go this way, so a rule about requests holds for each of them. What is wrong is said before
//! anything is sent, by an error of [`ErrorKind::Plugin`](crate::error::ErrorKind::Plugin). A request whose connection is
//! lost is sent once more. What fails after that is of [`ErrorKind::Cgi`](crate::error::ErrorKind::Cgi), and a call that
//! may have been made all the same is taken back.

mod api;
mod prepared;
#[cfg(test)]
mod scenario_tests;
#[cfg(test)]
mod tests;

pub use self::api::Api;
use self::prepared::{Body, Kind};
pub use self::prepared::{Prepared, Raw, configure, hang_up, is_over, prepare};
use crate::code::Code;
use crate::config::Config;
use crate::error::VoipError;
use crate::outcome::Room;
use crate::protocol::{
    AnswerError, HttpResponse, decode_contacts, decode_is_over, decode_room, decode_signal,
};
use crate::request::Request;
use crate::secret::Secret;
use crate::text::{concat, decimal};
use crate::transport::{HttpRequest, Method, Transport, TransportError, TransportFailure};
use crate::value::Value;

/// What the service answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The call exists.
    Room(Room),
    /// The list that was asked for. Its items stand in the answer as they came.
    Contacts,
    /// Whether the call is over.
    IsOver(bool),
    /// It has heard of the signal.
    Heard,
}

/// Sends a request and reads the answer.
///
/// # Errors
/// Those of the kind `Plugin` say why nothing has been sent: the request was cancelled before, or the host could not fetch
/// the deviceToken. All others are of the kind `Cgi`.
pub async fn ask<T: Transport>(
    transport: &T,
    config: &Config,
    prepared: Prepared,
) -> Result<Answer, VoipError<T::Cause>> {
    let Prepared { api, kind, path, body, _hold } = prepared;
    let client = Client { transport, config, api };
    client.is_wanted()?;
    let body = match body {
        Body::None => None,
        Body::Written(text) => Some(text),
        Body::Request(mut request) => {
            client.fetch_device_token(&mut request).await?;
            Some(prepared::written(api, &*request)?)
        }
    };
    let request = HttpRequest {
        method: if body.is_some() { Method::Post } else { Method::Get },
        path: &path,
        body: body.as_deref(),
        is_keyed: kind == Kind::Creation,
        outlives_page: kind == Kind::Signal,
    };
    client.exchange(kind, &request).await
}

/// One request of one API.
struct Client<'a, T> {
    transport: &'a T,
    config: &'a Config,
    api: Api,
}

impl<T: Transport> Client<'_, T> {
    /// Fails if the request was cancelled already.
    fn is_wanted(&self) -> Result<(), VoipError<T::Cause>> {
        match self.transport.cancelled() {
            Some(cancelled) => Err(self.unsent(cancelled)),
            None => Ok(()),
        }
    }

    /// The documents have the host ask for a token where a device that calls was given none.
    async fn fetch_device_token(&self, request: &mut Request) -> Result<(), VoipError<T::Cause>> {
        if !request.needs_device_token() {
            return Ok(());
        }
        request.device_token = match self.transport.device_token().await {
            Some(Ok(value)) => Some(self.device_token(value)?),
            Some(Err(error)) => return Err(self.unsent(error)),
            // A service that knows the device by its session may do without.
            None => None,
        };
        self.is_wanted()
    }

    fn device_token(&self, value: Value) -> Result<Secret<String>, VoipError<T::Cause>> {
        match value {
            Value::String(token) if !token.is_empty() => Ok(Secret::new(token)),
            wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
                let reason = concat(&[
                    "configure.getDeviceToken: expected a deviceToken, a non-empty string, got ",
                    &wrong.describe_secret().en(),
                ]);
                Err(VoipError::plugin(Code::FetchDeviceToken, self.api.name(), &reason))
            }
        }
    }

    /// What is thrown when the host gives up before anything was sent.
    fn unsent(&self, error: TransportError<T::Cause>) -> VoipError<T::Cause> {
        let (code, reason) = match &error.failure {
            TransportFailure::Timeout => (
                Code::FetchDeviceToken,
                concat(&["the host gave no deviceToken within ", &self.timeout()]),
            ),
            TransportFailure::Failed(message) | TransportFailure::NoResponse(message) => {
                (Code::FetchDeviceToken, concat(&["the host gave no deviceToken: ", message]))
            }
            TransportFailure::Cancelled(message) => (Code::Interrupted, cancelled(message)),
        };
        VoipError {
            errno: error.errno,
            cause: error.cause,
            ..VoipError::plugin(code, self.api.name(), &reason)
        }
    }

    async fn exchange(
        &self,
        kind: Kind,
        request: &HttpRequest<'_>,
    ) -> Result<Answer, VoipError<T::Cause>> {
        // Where a call may be there that nobody would take, it is taken back.
        let take_back = |in_doubt: bool| {
            if in_doubt && kind == Kind::Creation {
                self.transport.retract();
            }
        };
        match self.send(request).await {
            Ok(response) => decode(kind, response).map_err(|error| {
                take_back(error.leaves_doubt());
                VoipError::cgi(error.code(), self.api.name(), &error.message())
            }),
            Err(error) => {
                take_back(true);
                Err(self.unanswered(error))
            }
        }
    }

    /// A connection that was kept open for too long fails when it is used, and so does a phone that changes networks. An
    /// answer, whatever it says, is not asked for again.
    async fn send(
        &self,
        request: &HttpRequest<'_>,
    ) -> Result<HttpResponse, TransportError<T::Cause>> {
        let mut is_again = false;
        loop {
            match self.transport.send(request).await {
                Err(TransportError { failure: TransportFailure::Failed(_), .. }) if !is_again => {
                    is_again = true;
                }
                answer @ (Ok(_) | Err(_)) => return answer,
            }
        }
    }

    fn unanswered(&self, error: TransportError<T::Cause>) -> VoipError<T::Cause> {
        let endpoint = &self.config.endpoint;
        let (code, reason) = match &error.failure {
            TransportFailure::Timeout => (
                Code::RequestFailed,
                concat(&["no answer from ", endpoint, " within ", &self.timeout()]),
            ),
            TransportFailure::Failed(message) | TransportFailure::NoResponse(message) => {
                (Code::RequestFailed, concat(&["the request to ", endpoint, " failed: ", message]))
            }
            TransportFailure::Cancelled(message) => (Code::Interrupted, cancelled(message)),
        };
        VoipError {
            errno: error.errno,
            cause: error.cause,
            ..VoipError::cgi(code, self.api.name(), &reason)
        }
    }

    fn timeout(&self) -> String {
        concat(&[&decimal(self.config.timeout_ms as usize), " ms"])
    }
}

fn decode(kind: Kind, response: HttpResponse) -> Result<Answer, AnswerError> {
    match kind {
        Kind::Creation => decode_room(response).map(Answer::Room),
        Kind::Contacts => decode_contacts(response).map(|()| Answer::Contacts),
        Kind::IsOver => decode_is_over(response).map(Answer::IsOver),
        Kind::Signal => decode_signal(response).map(|()| Answer::Heard),
    }
}

fn cancelled(message: &str) -> String {
    concat(&["the call was cancelled while it started: ", message])
}
