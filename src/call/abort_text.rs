//! The texts that say why a call broke: `error.errMsg` of `abortVoip`.
//!
//! The original documents five texts, and programs compare them letter by letter, with the original's spelling. Three
//! of them name what can happen to any call here; the other two come from the platform and are passed on by the
//! plugin's call page. What other hosts or media say of a failure is given in the same member.

use crate::fields::Text;

/// What a side hears of the other side's failure, with the status `unknown`.
pub const OTHER_SIDE_ABORTED: &str = "room status is abort";

/// What a side hears if the other side's microphone failed. The text names no hardware, and repeats nothing of the
/// host's own words. **Decision**: the documents have no text for this.
pub const OTHER_SIDE_HAS_NO_MICROPHONE: &str = "the other side cannot use its microphone";

/// The listener has joined, and the caller did not join in time.
pub const CALLER_DID_NOT_JOIN: &str = "listener waitOtherToJoin timeout";

/// The listener has answered, but did not join in time. **Decision**: the documents have no text for this.
pub const LISTENER_DID_NOT_JOIN: &str = "listener join timeout";

/// A side's connection was lost and did not come back. It is the original's text for a side that was dropped because
/// nothing was received from it for a while.
pub const CONNECTION_LOST: &str = "call interrupted due to native reason";

/// Another call has come in at this side. The spelling is the original's.
pub const INCOMING_CALL: &str = "in comming call";

/// The user has closed the floating window to which the platform has shrunk the call.
pub const FLOAT_BALL_CLOSED: &str = "call interrupted due to close passive float ball";

/// A text of `abortVoip`, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AbortText {
    /// The text, as it is in `error.errMsg`.
    pub text: &'static str,
    /// Which side hears it, and why.
    pub when: Text,
    /// What it means for the side that hears it, in words for its user.
    pub meaning: Text,
}

/// All texts, for the documentation and for call pages.
pub const ABORT_TEXTS: [AbortText; 7] = [
    AbortText {
        text: OTHER_SIDE_ABORTED,
        when: Text {
            en: "The other side's end broke. `status` is `unknown`",
            zh: "对方的通话中断，此时 `status` 为 `unknown`",
        },
        meaning: Text {
            en: "The other side is gone: its page was closed, its connection was lost, or it could not enter the call",
            zh: "对方已离开：页面已关闭、连接已断开，或对方无法进入通话",
        },
    },
    AbortText {
        text: OTHER_SIDE_HAS_NO_MICROPHONE,
        when: Text {
            en: "The other side cannot use its microphone. `status` is `unknown`. A text of this project",
            zh: "对方无法使用麦克风，此时 `status` 为 `unknown`。这是本项目的文案",
        },
        meaning: Text {
            en: "The other side cannot use its microphone", zh: "对方无法使用麦克风"
        },
    },
    AbortText {
        text: CALLER_DID_NOT_JOIN,
        when: Text {
            en: "The listener has joined, and the caller did not within 20 s",
            zh: "接听方已加入，但拨打方 20 秒内没有加入",
        },
        meaning: Text {
            en: "The caller did not enter the call in time",
            zh: "拨打方未及时进入通话",
        },
    },
    AbortText {
        text: LISTENER_DID_NOT_JOIN,
        when: Text {
            en: "The listener has answered, and did not join within 20 s. A text of this project",
            zh: "接听方已接听，但自己 20 秒内没有加入。这是本项目的文案",
        },
        meaning: Text {
            en: "The call was answered, but camera and microphone were not ready in time",
            zh: "已接听，但摄像头与麦克风未能及时就绪",
        },
    },
    AbortText {
        text: CONNECTION_LOST,
        when: Text {
            en: "This side's connection was lost and did not come back; on the plugin's page also what the platform says where it has interrupted the call",
            zh: "本端的连接断开且没有恢复；在插件的通话页上，平台打断通话时也会给出它",
        },
        meaning: Text {
            en: "The connection was lost for too long, or the system has interrupted the call",
            zh: "连接中断时间过长，或系统中断了通话",
        },
    },
    AbortText {
        text: INCOMING_CALL,
        when: Text {
            en: "On the plugin's page: another call has come in at this side (`errCode` 2100 in the view)",
            zh: "在插件的通话页上：本端有其他来电（view 的 `errCode` 为 2100）",
        },
        meaning: Text { en: "Another call has come in", zh: "有其他来电接入" },
    },
    AbortText {
        text: FLOAT_BALL_CLOSED,
        when: Text {
            en: "On the plugin's page: the user has closed the floating window of the call (`errCode` 2009 in the view)",
            zh: "在插件的通话页上：用户关闭了通话的悬浮窗（view 的 `errCode` 为 2009）",
        },
        meaning: Text {
            en: "The floating window of the call was closed", zh: "通话悬浮窗已关闭"
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_texts_are_there_to_the_letter() {
        let own = [LISTENER_DID_NOT_JOIN, OTHER_SIDE_HAS_NO_MICROPHONE];
        let texts = ABORT_TEXTS.map(|known| known.text);
        let documented: Vec<&str> = texts.into_iter().filter(|text| !own.contains(text)).collect();
        assert_eq!(
            documented,
            [
                "room status is abort",
                "listener waitOtherToJoin timeout",
                "call interrupted due to native reason",
                "in comming call",
                "call interrupted due to close passive float ball",
            ]
        );
    }
}
