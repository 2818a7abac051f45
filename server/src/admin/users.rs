//! The users of mini-programs.

use super::fields::{Body, Fields};
use super::keys::{Key, check_app_id, check_open_id};
use super::problems::Problems;
use crate::domain::records::app::AppKey;
use crate::domain::records::user::{UserBody, UserKey};
use crate::domain::records::{RecordId, RecordKey};

record! {
    /// A WeChat user in one mini-program.
    User(UserKey, UserBody), "a user" in AppKey,
    "/v1/admin/apps/{appId}/users", "/v1/admin/apps/{appId}/users/{openId}",
    deleting: "With the authorisations that the user gave, and as everybody's contact."
}

impl Key for UserKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "users", &self.open_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_open_id(problems, &self.open_id);
    }

    fn requires(&self, _: &UserBody) -> Vec<RecordId> {
        vec![AppKey { app_id: self.app_id.clone() }.id()]
    }
}

impl Body for UserBody {
    fn read(fields: &mut Fields) -> Option<UserBody> {
        Some(UserBody { scope_voip: fields.boolean("scopeVoip")? })
    }
}
