//! The keys of records, in the path of a request.

use serde::de::DeserializeOwned;
use wmpf_voip::authorisation::is_name;
use wmpf_voip::value::Value;
use wmpf_voip::words::Phrase;
use wmpf_voip_calls::checks::{OPEN_ID_LENGTH, is_open_id};

use super::problems::Problems;
use crate::domain::limits::MAX_APP_ID_LENGTH;
use crate::domain::records::{RecordId, RecordKey, WholeService};

/// The key of a record of the operator's API.
pub trait Key: RecordKey + DeserializeOwned {
    /// The segments of the path below `/v1/admin/`. The last one is the record's own id.
    fn path(&self) -> Vec<&str>;

    /// Notes which of its ids are wrong.
    fn check(&self, problems: &mut Problems);

    /// The records that have to exist before this one can be written.
    fn requires(&self, _: &Self::Body) -> Vec<RecordId> {
        Vec::new()
    }
}

impl Key for WholeService {
    fn path(&self) -> Vec<&str> {
        Vec::new()
    }

    fn check(&self, _: &mut Problems) {}
}

/// Notes whether an appId is wrong.
pub fn check_app_id(problems: &mut Problems, app_id: &str) {
    let right = (1..=MAX_APP_ID_LENGTH).contains(&app_id.len())
        && app_id.bytes().all(|byte| byte.is_ascii_graphic());
    if !right {
        let expected = format!("1 to {MAX_APP_ID_LENGTH} visible ASCII characters");
        problems.parameter("appId", &expected, Value::string(app_id).to_string());
    }
}

/// Notes whether an openId is wrong.
pub fn check_open_id(problems: &mut Problems, open_id: &str) {
    if !is_open_id(open_id) {
        let expected = format!(
            "an openId, which has {OPEN_ID_LENGTH} letters, digits, '-' and '_' and begins with 'o'"
        );
        problems.parameter("openId", &expected, Value::string(open_id).to_string());
    }
}

/// Notes whether an SN, a user_id or a modelId is wrong.
pub fn check_text(problems: &mut Problems, path: &str, text: &str) {
    if !is_name(text) {
        problems.parameter(path, Phrase::NAME.en(), Value::string(text).to_string());
    }
}
