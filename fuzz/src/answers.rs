//! The decoder of the service's answers: [`RawAnswer::from_json`] and [`decode_room`].

use serde_json::Value as Json;
use wmpf_voip::code::Code;
use wmpf_voip::outcome::Room;
use wmpf_voip::protocol::{AnswerError, HttpResponse, RawAnswer, decode_room};
use wmpf_voip::value::MAX_STRING_LENGTH;

/// The longest text of an error besides the service's own words, in characters.
const MAX_WORDS: usize = 200;

/// The members that an answer may have.
pub const MEMBERS: [&str; 6] = RawAnswer::MEMBERS;

/// Takes an HTTP status on the first line and the body below it; without such a line all of it is the
/// body of a 200.
pub fn check(input: &[u8]) {
    let input = String::from_utf8_lossy(input);
    let (status, body) = input
        .split_once('\n')
        .and_then(|(status, body)| Some((status.parse().ok()?, body)))
        .unwrap_or((200, &input));
    let answer = Answer { status, json: serde_json::from_str(body).unwrap_or(Json::Null) };
    match decode_room(HttpResponse { status, body: RawAnswer::from_json(body) }) {
        Ok(room) => answer.check_room(&room),
        Err(error) => answer.check_error(&error),
    }
}

/// The answer as a JSON library alone sees it; `null` if it is no JSON.
struct Answer {
    status: u16,
    json: Json,
}

impl Answer {
    fn check_room(&self, room: &Room) {
        assert!(self.is_success(), "a room with the status {}", self.status);
        assert_eq!(self.errcode(), None, "a room with an errcode");
        assert!(!room.room_id.is_empty());
        assert_eq!(self.short_string("roomId"), Some(room.room_id.as_str()));
        assert_eq!(self.short_string("chargeType"), Some(room.charge_type.as_str()));
    }

    fn check_error(&self, error: &AnswerError) {
        match error {
            AnswerError::Refused(refusal) => {
                assert_eq!(self.errcode(), Some(refusal.errcode.number().into()));
                assert_eq!(error.code(), refusal.errcode);
                assert_eq!(error.to_string(), refusal.errmsg);
                self.check_reason(&refusal.errmsg);
            }
            AnswerError::UnknownCode { reason, .. } => {
                let errcode = self.errcode().expect("an unknown errcode is a number");
                assert!(Code::ALL.iter().all(|code| f64::from(code.number()) != errcode));
                assert_eq!(error.code(), Code::BadAnswer);
                let rest = error.to_string();
                let rest = rest.strip_prefix(reason.as_str()).expect("the reason comes first");
                assert!(super::is_short_line(rest, MAX_WORDS), "{rest}");
                self.check_reason(reason);
            }
            AnswerError::Http(status) => {
                assert_eq!(*status, self.status);
                assert!(!self.is_success());
                assert_eq!(self.errcode(), None, "a refusal that was not read");
                assert_eq!(error.code(), Code::RequestFailed);
                assert!(super::is_short_line(&error.to_string(), MAX_WORDS));
            }
            AnswerError::Unreadable { status, problem } => {
                assert_eq!(*status, self.status);
                assert!(self.is_success());
                assert_eq!(self.errcode(), None, "a refusal that was not read");
                assert_eq!((error.code(), problem.code), (Code::BadAnswer, Code::BadAnswer));
                let wrong = match problem.path.as_str() {
                    "body" => !self.json.is_object(),
                    "chargeType" => {
                        !matches!(self.short_string("chargeType"), Some("duration" | "license"))
                    }
                    "roomId" => self.short_string("roomId").is_none_or(str::is_empty),
                    other => panic!("an answer has no member {other}"),
                };
                assert!(wrong, "nothing is wrong with {}", problem.path);
                assert!(super::is_short_line(&error.to_string(), MAX_WORDS), "{error}");
            }
        }
    }

    /// The service's own words, or a sentence where it has none.
    fn check_reason(&self, reason: &str) {
        match self.short_string("errmsg") {
            Some(errmsg) if !errmsg.is_empty() => assert_eq!(reason, errmsg),
            Some(_) | None => assert!(super::is_short_line(reason, MAX_WORDS), "{reason}"),
        }
    }

    const fn is_success(&self) -> bool {
        matches!(self.status, 200..300)
    }

    fn errcode(&self) -> Option<f64> {
        self.json.get("errcode")?.as_f64()
    }

    /// A member that is a string, and not one that is too long.
    fn short_string(&self, name: &str) -> Option<&str> {
        let text = self.json.get(name)?.as_str()?;
        (text.encode_utf16().count() <= MAX_STRING_LENGTH).then_some(text)
    }
}
