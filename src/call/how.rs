//! How somebody ends a call by hand.

use serde::{Deserialize, Serialize};

/// How somebody ends a call by hand: the `status` of `cancelVoip` and `rejectVoip`, the `origin` of `hangUpVoip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum How {
    /// The user pressed the button.
    Manual,
    /// The user left the call page.
    UnloadCallPage,
    /// The mini-program called `forceHangUpVoip`.
    ForceFromApp,
}

impl How {
    const ALL: [How; 3] = [How::Manual, How::UnloadCallPage, How::ForceFromApp];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            How::Manual => "manual",
            How::UnloadCallPage => "unloadCallPage",
            How::ForceFromApp => "forceFromApp",
        }
    }

    /// The one that this word stands for.
    #[must_use]
    pub fn of(word: &str) -> Option<How> {
        How::ALL.into_iter().find(|how| how.as_str() == word)
    }
}
