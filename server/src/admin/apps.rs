//! Mini-programs.

use super::fields::{Body, Fields};
use super::keys::{Key, check_app_id};
use super::problems::Problems;
use crate::domain::limits::MAX_MINUTES;
use crate::domain::records::WholeService;
use crate::domain::records::app::{AppBody, AppKey};

record! {
    /// A mini-program.
    App(AppKey, AppBody), "a mini-program" in WholeService,
    "/v1/admin/apps", "/v1/admin/apps/{appId}",
    deleting: "With its calls, its webhook and its token keys: its tokens are no longer valid. Refused with 409 while it has models, devices, users or face-payment users."
}

impl Key for AppKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
    }
}

impl Body for AppBody {
    fn read(fields: &mut Fields) -> Option<AppBody> {
        let owner = fields.optional_text("owner");
        let approved = fields.boolean("approved");
        let minutes_left = fields.optional_number("minutesLeft", -MAX_MINUTES, MAX_MINUTES);
        let overdraft = fields.optional_number("overdraft", 0, MAX_MINUTES);
        Some(AppBody {
            owner: owner?,
            approved: approved?,
            minutes_left: minutes_left?.unwrap_or(0),
            overdraft: overdraft?.unwrap_or(0),
        })
    }
}
