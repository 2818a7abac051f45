//! Why a call breaks: the documented texts of `abortVoip`, and what each means in words for people.

use crate::call::{
    CALLER_DID_NOT_JOIN, CONNECTION_LOST, LISTENER_DID_NOT_JOIN, OTHER_SIDE_ABORTED,
};
use crate::fields::Text;

/// A documented reason of `abortVoip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// `error.errMsg`, letter for letter; `detail` in a page's view.
    pub err_msg: &'static str,
    /// What it means to the side that hears it.
    pub meaning: Text,
}

/// Every text that this service or the platform has. A host of the media may give others.
pub const BREAKS: &[Break] = &[
    Break {
        err_msg: OTHER_SIDE_ABORTED,
        meaning: Text {
            en: "The other side is gone: its page was closed, its connection was lost, or it could not enter the call",
            zh: "对方已离开：页面已关闭、连接已断开，或对方无法进入通话",
        },
    },
    Break {
        err_msg: CALLER_DID_NOT_JOIN,
        meaning: Text {
            en: "The caller did not enter the call in time",
            zh: "拨打方未及时进入通话",
        },
    },
    Break {
        err_msg: LISTENER_DID_NOT_JOIN,
        meaning: Text {
            en: "The call was answered, but camera and microphone were not ready in time",
            zh: "已接听，但摄像头与麦克风未能及时就绪",
        },
    },
    Break {
        err_msg: CONNECTION_LOST,
        meaning: Text {
            en: "The connection was lost for too long", zh: "连接中断时间过长"
        },
    },
    Break {
        err_msg: "in comming call",
        meaning: Text { en: "Another call has come in", zh: "有其他来电接入" },
    },
    Break {
        err_msg: "call interrupted due to close passive float ball",
        meaning: Text {
            en: "The floating window of the call was closed", zh: "通话悬浮窗已关闭"
        },
    },
];
