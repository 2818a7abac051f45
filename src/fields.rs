//! The documented fields: what `initByCaller` takes and what it resolves with, in English and Chinese.
//!
//! The tables of `docs/initByCaller.md` are made from these. The rules themselves are in [`request`](crate::request);
//! the tests below hold the one against the other.

use crate::code::Language;

/// A field of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Where it stands, such as `listener.id`; problems are reported with the same words.
    pub path: &'static str,
    /// What a value of it is in JavaScript.
    pub kind: Kind,
    /// Whether it may be left out.
    pub required: Required,
    /// What leaving it out means, as JavaScript writes it.
    pub default: Option<&'static str>,
    /// What it takes.
    pub rule: Text,
}

/// A member of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultField {
    /// Its name.
    pub name: &'static str,
    /// What it is in JavaScript.
    pub kind: &'static str,
    /// What it says.
    pub meaning: Text,
}

/// A JavaScript type that a field of the request takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    String,
    /// A number.
    Number,
    /// An object.
    Object,
}

impl Kind {
    /// What `typeof` says.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::Number => "number",
            Kind::Object => "object",
        }
    }
}

/// Whether a field may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// It may not.
    Always,
    /// It depends on the `businessType`.
    ByBusinessType,
    /// It may.
    Never,
}

/// A text in both languages, as Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

impl Text {
    /// The text in one language.
    #[must_use]
    pub const fn get(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Zh => self.zh,
        }
    }
}

const PARTY_ID: Text = Text {
    en: "Not empty. What it is depends on `businessType`",
    zh: "不能为空，含义取决于 `businessType`",
};

const CAMERA_STATUS: Text = Text {
    en: "Camera at the start: `0` on, `1` off",
    zh: "是否启用摄像头。`0`：开启；`1`：关闭",
};

/// The fields of the request, in the order in which their problems are reported.
pub const FIELDS: &[Field] = &[
    Field {
        path: "roomType",
        kind: Kind::String,
        required: Required::Always,
        default: None,
        rule: Text {
            en: "`voice` (audio) or `video` (audio and video)",
            zh: "通话类型。`voice`：音频通话；`video`：视频通话",
        },
    },
    Field {
        path: "caller",
        kind: Kind::Object,
        required: Required::Always,
        default: None,
        rule: Text { en: "Who calls", zh: "拨打方信息" },
    },
    Field {
        path: "caller.id",
        kind: Kind::String,
        required: Required::Always,
        default: None,
        rule: PARTY_ID,
    },
    Field {
        path: "caller.name",
        kind: Kind::String,
        required: Required::Never,
        default: None,
        rule: Text {
            en: "The name that the listener sees. Without effect for `businessType` 1",
            zh: "接听方看到的拨打方名字。`businessType` 为 1 时无效",
        },
    },
    Field {
        path: "caller.cameraStatus",
        kind: Kind::Number,
        required: Required::Never,
        default: Some("0"),
        rule: CAMERA_STATUS,
    },
    Field {
        path: "listener",
        kind: Kind::Object,
        required: Required::Always,
        default: None,
        rule: Text { en: "Who is called", zh: "接听方信息" },
    },
    Field {
        path: "listener.id",
        kind: Kind::String,
        required: Required::Always,
        default: None,
        rule: PARTY_ID,
    },
    Field {
        path: "listener.name",
        kind: Kind::String,
        required: Required::Never,
        default: None,
        rule: Text {
            en: "The name that is shown for the listener. Without effect for `businessType` 2",
            zh: "显示的接听方名字。`businessType` 为 2 时无效",
        },
    },
    Field {
        path: "listener.cameraStatus",
        kind: Kind::Number,
        required: Required::Never,
        default: Some("0"),
        rule: CAMERA_STATUS,
    },
    Field {
        path: "businessType",
        kind: Kind::Number,
        required: Required::Never,
        default: Some("0"),
        rule: Text {
            en: "`0`, `1`, `2` or `3`", zh: "业务类型，取值 `0`、`1`、`2`、`3`"
        },
    },
    Field {
        path: "voipToken",
        kind: Kind::String,
        required: Required::ByBusinessType,
        default: None,
        rule: Text {
            en: "The caller's ticket. Required and not empty for `businessType` 0, 2 and 3; for 1 an empty string counts as left out",
            zh: "拨打票据。`businessType` 为 0、2、3 时必填且不能为空；为 1 时空字符串视为未传",
        },
    },
    Field {
        path: "miniprogramState",
        kind: Kind::String,
        required: Required::Never,
        default: Some("\"formal\""),
        rule: Text {
            en: "The version of the mini-program that the reminder opens: `formal`, `trial` or `developer`",
            zh: "接听方点击提醒时打开的小程序版本。`formal`：正式版；`trial`：体验版；`developer`：开发版",
        },
    },
    Field {
        path: "customQuery",
        kind: Kind::String,
        required: Required::Never,
        default: None,
        rule: Text {
            en: "Added to the query of the listener's call page: percent-encoded pairs such as `a=1&b=2`, each with a key, without `?`, `#` and control characters. The plugin's own parameters win",
            zh: "拼接到接听方通话页路径后的 query，格式如 `a=1&b=2`：需百分号编码，每一对都要有键，不能含 `?`、`#` 和控制字符；与插件自带参数同名时以插件的为准",
        },
    },
    Field {
        path: "timeLimit",
        kind: Kind::Number,
        required: Required::Never,
        default: None,
        rule: Text {
            en: "The longest duration of the call in seconds: finite and greater than 0",
            zh: "最大通话时长，单位为秒，需为大于 0 的有限数字",
        },
    },
];

/// What a call resolves with when the room exists.
pub const SUCCESS: &[ResultField] = &[
    ResultField {
        name: "isSuccess",
        kind: "boolean",
        meaning: Text { en: "`true`", zh: "此时为 `true`" },
    },
    ResultField {
        name: "roomId",
        kind: "string",
        meaning: Text {
            en: "Names the call. Opaque: do not take it apart",
            zh: "本次通话的房间号，请勿解析其内容",
        },
    },
    ResultField {
        name: "groupId",
        kind: "string",
        meaning: Text { en: "The same as `roomId`", zh: "与 `roomId` 相同" },
    },
    ResultField {
        name: "chargeType",
        kind: "string",
        meaning: Text {
            en: "How the call is billed: `duration` or `license`",
            zh: "计费方式。`duration`：时长计费；`license`：license 计费",
        },
    },
];

/// What a call resolves with when its request has left and failed.
pub const FAILURE: &[ResultField] = &[
    ResultField {
        name: "isSuccess",
        kind: "boolean",
        meaning: Text { en: "`false`", zh: "此时为 `false`" },
    },
    ResultField {
        name: "errCode",
        kind: "number",
        meaning: Text {
            en: "A code of [the table](errors.md). Always there",
            zh: "[错误码](errors.zh-CN.md)，始终存在",
        },
    },
    ResultField {
        name: "errMsg",
        kind: "string",
        meaning: Text {
            en: "`initByCaller:fail`, then what was wrong and what to do",
            zh: "以 `initByCaller:fail` 开头，随后是原因和处理办法",
        },
    },
    ResultField {
        name: "errObj",
        kind: "VoipCgiError",
        meaning: Text {
            en: "The same as an error object, with `errno` and `cause` where the host gave them",
            zh: "错误对象；宿主给出 `errno` 和 `cause` 时一并带上",
        },
    },
    ResultField {
        name: "error",
        kind: "object",
        meaning: Text {
            en: "Deprecated: `{ err_code: string, errMsg: string }`",
            zh: "已废弃：`{ err_code: string, errMsg: string }`",
        },
    },
    ResultField {
        name: "message",
        kind: "string",
        meaning: Text {
            en: "The same as `errMsg`, for callers that expect an error. Not enumerable",
            zh: "与 `errMsg` 相同，供按错误对象读取的代码使用，不可枚举",
        },
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value as Json, json};

    use super::*;
    use crate::outcome::{ChargeType, Room};
    use crate::problem::Problems;
    use crate::request::{RawRequest, Request};
    use crate::value::Object;

    /// A valid request with every field set, none of them to its default.
    fn full(business_type: u8) -> Json {
        json!({
            "roomType": "voice",
            "caller": { "id": "a", "name": "A", "cameraStatus": 1 },
            "listener": { "id": "b", "name": "B", "cameraStatus": 1 },
            "businessType": business_type,
            "voipToken": "t",
            "miniprogramState": "trial",
            "customQuery": "a=1",
            "timeLimit": 60,
        })
    }

    fn pointer(path: &str) -> String {
        format!("/{}", path.replace('.', "/"))
    }

    /// Replaces one field; `null` leaves it out.
    fn with(mut json: Json, path: &str, value: Json) -> Json {
        *json.pointer_mut(&pointer(path)).unwrap() = value;
        json
    }

    fn validate(json: Json) -> Result<Request, Problems> {
        serde_json::from_value::<Object<RawRequest>>(json).unwrap().validate()
    }

    fn paths_of_problems(json: Json) -> Vec<String> {
        let problems = validate(json).err().unwrap_or_default();
        problems.as_slice().iter().map(|problem| problem.path.clone()).collect()
    }

    #[test]
    fn what_is_required_may_not_be_left_out_and_nothing_else() {
        for field in FIELDS {
            for business_type in 0..=3 {
                let required = match field.required {
                    Required::Always => true,
                    Required::ByBusinessType => business_type != 1,
                    Required::Never => false,
                };
                let expected: &[&str] = if required { &[field.path] } else { &[] };
                let json = with(full(business_type), field.path, Json::Null);
                assert_eq!(paths_of_problems(json), expected, "businessType {business_type}");
            }
        }
    }

    #[test]
    fn what_is_left_out_is_its_default() {
        for field in FIELDS.iter().filter(|field| field.required == Required::Never) {
            let request = validate(with(full(1), field.path, Json::Null)).unwrap();
            let sent = serde_json::to_value(request).unwrap();
            let default = field.default.map(|text| serde_json::from_str(text).unwrap());
            assert_eq!(sent.pointer(&pointer(field.path)), default.as_ref(), "{}", field.path);
        }
        for field in FIELDS.iter().filter(|field| field.required != Required::Never) {
            assert_eq!(field.default, None, "{}", field.path);
        }
    }

    #[test]
    fn a_field_takes_the_type_of_the_table_and_no_other() {
        for field in FIELDS {
            let json = full(2);
            let value = json.pointer(&pointer(field.path)).unwrap();
            let kind = match value {
                Json::String(_) => Kind::String,
                Json::Number(_) => Kind::Number,
                Json::Object(_) => Kind::Object,
                Json::Null | Json::Bool(_) | Json::Array(_) => panic!("{value}"),
            };
            assert_eq!(field.kind, kind, "{}", field.path);

            for (wrong, kind) in [
                (json!("1"), Some(Kind::String)),
                (json!(1), Some(Kind::Number)),
                (json!({"id": "a"}), Some(Kind::Object)),
                (json!(true), None),
                (json!([]), None),
            ] {
                if kind != Some(field.kind) {
                    let json = with(full(2), field.path, wrong);
                    assert_eq!(paths_of_problems(json), [field.path]);
                }
            }
        }
    }

    #[test]
    fn problems_come_in_the_order_of_the_table() {
        let leaves = FIELDS.iter().filter(|field| field.kind != Kind::Object);
        let all_wrong =
            leaves.clone().fold(full(2), |json, field| with(json, field.path, json!(true)));
        let paths: Vec<&str> = leaves.map(|field| field.path).collect();
        assert_eq!(paths_of_problems(all_wrong), paths);

        let top = FIELDS.iter().filter(|field| !field.path.contains('.'));
        let all_wrong =
            top.clone().fold(full(2), |json, field| with(json, field.path, json!(true)));
        let paths: Vec<&str> = top.map(|field| field.path).collect();
        assert_eq!(paths_of_problems(all_wrong), paths);
    }

    #[test]
    fn what_is_sent_has_these_fields_and_no_other() {
        fn collect(prefix: &str, json: &Json, paths: &mut BTreeSet<String>) {
            for (key, value) in json.as_object().into_iter().flatten() {
                let path = format!("{prefix}{key}");
                collect(&format!("{path}."), value, paths);
                paths.insert(path);
            }
        }
        let sent = serde_json::to_value(validate(full(2)).unwrap()).unwrap();
        assert_eq!(sent, with(full(2), "timeLimit", json!(60.0)), "it is sent as it was passed");
        let mut paths = BTreeSet::new();
        collect("", &sent, &mut paths);
        let documented: BTreeSet<String> =
            FIELDS.iter().map(|field| field.path.to_owned()).collect();
        assert_eq!(paths, documented);
    }

    #[test]
    fn a_success_names_the_members_of_a_room() {
        let room = Room { room_id: "r".into(), charge_type: ChargeType::Duration };
        let room = serde_json::to_value(room).unwrap();
        for name in room.as_object().unwrap().keys() {
            assert!(SUCCESS.iter().any(|field| field.name == name), "{name}");
        }
    }

    #[test]
    fn every_text_is_in_its_language() {
        let of_the_request = FIELDS.iter().map(|field| field.rule);
        let of_the_results = SUCCESS.iter().chain(FAILURE).map(|field| field.meaning);
        for text in of_the_request.chain(of_the_results) {
            let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(
                chinese(text.get(Language::Zh)) && !chinese(text.get(Language::En)),
                "{text:?}"
            );
        }
    }
}
