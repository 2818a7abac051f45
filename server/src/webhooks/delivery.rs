//! One try to send one message. Only the status of a backend's answer is read.

use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use tokio::task::spawn_blocking;
use ureq::Agent;
use wmpf_voip_calls::event_type::EventType;

use super::{pauses, signature};
use crate::domain::clock::Clock;
use crate::domain::message::{Attempt, Message, Outcome, Target, Then};

/// How many characters of an error are kept.
const MAX_ERROR_LENGTH: usize = 200;

/// What has come of sending a message.
struct Sent {
    status: Option<StatusCode>,
    error: Option<String>,
}

/// Sends a message once, if it is still to be sent. Gives what was done, and what follows.
pub(super) async fn attempt(agent: &Agent, clock: &Clock, message: &Message) -> Attempt {
    if let Some(needless) = needless(message, clock.now_ms()) {
        return needless;
    }
    let Some(Target { url, secret }) = &message.target else {
        return not_sent(Outcome::Refused, "there is no webhook any more");
    };
    let Message { webhook_id, body, .. } = message;
    // The backend compares it with its own clock.
    let timestamp = clock.wall_ms() / 1000;
    let signature = match signature::sign(secret.expose(), webhook_id, timestamp, body) {
        Ok(signature) => signature,
        Err(error) => return not_sent(Outcome::Refused, &error.to_string()),
    };
    let request = Request::post(url)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", webhook_id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(body.clone());
    let request = match request {
        Ok(request) => request,
        Err(error) => return not_sent(Outcome::Refused, &error.to_string()),
    };
    let agent = agent.clone();
    let sent = spawn_blocking(move || match agent.run(request) {
        Ok(response) => Sent { status: Some(response.status()), error: None },
        Err(error) => Sent { status: None, error: Some(shortened(&error.to_string())) },
    });
    let sent =
        sent.await.unwrap_or_else(|error| Sent { status: None, error: Some(error.to_string()) });
    judge(message, sent, clock.now_ms())
}

/// The beginning of what has failed.
fn shortened(text: &str) -> String {
    text.chars().take(MAX_ERROR_LENGTH).collect()
}

/// What follows for a message about a call that rings no longer: it is not sent. Of each call that rang its backend is told
/// once, so that what comes next is not the first that it hears of the call.
fn needless(message: &Message, now: i64) -> Option<Attempt> {
    let rings_until = message.rings_until?;
    if rings_until > now || (message.kind == EventType::CallRinging && message.tries == 0) {
        return None;
    }
    let is_late = rings_until != 0;
    let outcome = if is_late { Outcome::GivenUp } else { Outcome::Settled };
    Some(not_sent(outcome, "the call rings no longer"))
}

fn not_sent(outcome: Outcome, why: &str) -> Attempt {
    let error = Some(why.to_owned());
    Attempt { is_try: false, status: None, error, then: Then::Done(outcome) }
}

fn judge(message: &Message, Sent { status, error }: Sent, now: i64) -> Attempt {
    let is_success = status.is_some_and(|status| status.is_success());
    let then = match status {
        Some(status) if status.is_success() => Then::Done(Outcome::Delivered),
        Some(status) if !may_pass(message, status) => Then::Done(Outcome::Refused),
        Some(_) | None => try_again(message, now),
    };
    let status = status.map(|status| status.as_u16());
    let error = error.or_else(|| {
        let status = status.filter(|_| !is_success)?;
        Some(format!("it answered {status}"))
    });
    Attempt { is_try: true, status, error, then }
}

/// Whether another try can have another result. Of what is over in a minute only what is certain to pass is tried again; of
/// the rest, an operator may mend the backend meanwhile, unless the backend says that it wants no more.
fn may_pass(message: &Message, status: StatusCode) -> bool {
    if message.rings_until.is_none() {
        return status != StatusCode::GONE;
    }
    let passes = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    status.is_server_error() || passes.contains(&status)
}

fn try_again(message: &Message, now: i64) -> Then {
    let failures = message.failures.saturating_add(1);
    let pause = match message.rings_until {
        Some(_) => Some(pauses::while_ringing(failures)),
        None => pauses::of_others(failures),
    };
    let at = pause.map(|pause| now.saturating_add_unsigned(pause.as_millis() as u64));
    match (at, message.rings_until) {
        (Some(at), None) => Then::TryAgain(at),
        (Some(at), Some(rings_until)) if at < rings_until => Then::TryAgain(at),
        (Some(_) | None, _) => Then::Done(Outcome::GivenUp),
    }
}
