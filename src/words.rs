//! The words in which a problem describes a value, in English and in Chinese: a table of phrases, and texts that are
//! made of them.
//!
//! `errMsg` is in English, so a call needs the English texts only. The module gives a phrase to JavaScript as its
//! number, and the package has the Chinese texts in a file of their own.

use std::fmt;

/// A phrase of the description of a problem. `{}` in it is a placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase {
    number: u8,
    en: &'static str,
}

macro_rules! phrases {
    ($($name:ident $en:literal $zh:literal)+) => {
        // Numbers the phrases by the order of their constants.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Number {
            $($name),+
        }

        impl Phrase {
            $(
                #[doc = concat!("`", $en, "`")]
                pub const $name: Phrase = Phrase { number: Number::$name as u8, en: $en };
            )+

            /// Every phrase, in the order of their numbers.
            pub const ALL: &'static [Phrase] = &[$(Phrase::$name),+];
        }

        /// The Chinese text of each phrase, in the order of their numbers.
        const ZH: &[&str] = &[$($zh),+];
    };
}

// What the fields of a request are expected to be, then the fields of other messages, then what came instead.
phrases! {
    AN_OBJECT "an object" "对象"
    A_STRING "a string" "字符串"
    NON_EMPTY_STRING "a non-empty string" "非空字符串"
    VOICE_OR_VIDEO "'voice' or 'video'" "'voice' 或 'video'"
    CAMERA_STATUS "the number 0 (on) or 1 (off)" "数字 0（开启）或 1（关闭）"
    BUSINESS_TYPE "the number 0, 1, 2 or 3" "数字 0、1、2 或 3"
    PAYMENT_TOKEN "the payment's voip_token, a non-empty string" "刷脸支付的 voip_token（非空字符串）"
    PUSH_TOKEN "the device's pushToken, a non-empty string" "设备的 pushToken（非空字符串）"
    DEVICE_TOKEN "the deviceToken, a string" "设备的 deviceToken（字符串）"
    FETCHED_DEVICE_TOKEN "the deviceToken that the host fetched, a non-empty string" "宿主获取的 deviceToken（非空字符串）"
    MINIPROGRAM_STATE "'formal', 'trial' or 'developer'" "'formal'、'trial' 或 'developer'"
    ENCODED_PAIRS "percent-encoded pairs such as a=1&b=2" "经百分号编码的键值对，如 a=1&b=2"
    SECONDS "a number of seconds greater than 0" "大于 0 的数字（秒）"
    AT_MOST_CHARACTERS "of at most {} characters" "最多 {} 个字符"

    ADDRESS "the room service's address, http(s)://host[:port]" "房间服务的地址，格式为 http(s)://host[:port]"
    SESSION_TOKEN "a session token, visible ASCII characters and no space" "会话 token，仅含可见 ASCII 字符，不含空格"
    MILLISECONDS "a number of milliseconds from 1 to 60000" "1 至 60000 的数字（毫秒）"
    ROLE "'device' or 'phone'" "'device' 或 'phone'"

    DURATION_OR_LICENSE "'duration' or 'license'" "'duration' 或 'license'"
    TRUE_OR_FALSE "true or false" "true 或 false"
    ENV_VERSION "'release', 'trial' or 'develop'" "'release'、'trial' 或 'develop'"
    ENCODED_LENGTH "the number 320, 480 or 640, or 0 for the platform's choice" "数字 320、480 或 640，或 0（由平台决定）"
    ENCODED_ROTATION "the number 1 (upright) or 2 (as the camera has it), or 0 for the platform's choice" "数字 1（正向）或 2（保持摄像头的方向），或 0（由平台决定）"
    ENCODED_RATIO "the number width / height * 100, or 0 for the platform's choice" "数字，即宽 / 高 * 100，或 0（由平台决定）"
    ENCODED_FRAMES "a whole number from 8 to 15, or 0 for the platform's choice" "8 至 15 的整数，或 0（由平台决定）"
    SN_TICKET "the device's snTicket, a non-empty string" "设备的 snTicket（非空字符串）"
    NAME "a string of 1 to 128 characters, without control characters" "1 至 128 个字符的字符串，不含控制字符"
    OPEN_IDS "an array of 1 to 100 openIds" "1 至 100 个 openId 的数组"

    UINT32 "an integer from 0 to 4294967295" "0 至 4294967295 的整数"
    NAME_OF_DEVICE "1 to 64 visible ASCII characters" "1 至 64 个可见 ASCII 字符"
    ONE_OR_NOTHING "'1' or nothing" "'1' 或不传"
    PAYLOAD "a string of at most 49152 bytes" "最多 49152 字节的字符串"
    SIGNAL_TYPE "'answer', 'busy', 'join', 'joinFailed', 'hangUp' or 'abort'" "'answer'、'busy'、'join'、'joinFailed'、'hangUp' 或 'abort'"
    HANG_UP_HOW "'manual', 'unloadCallPage' or 'forceFromApp'" "'manual'、'unloadCallPage' 或 'forceFromApp'"
    REASON "a string of at most 1024 characters" "最多 1024 个字符的字符串"

    NOTHING "nothing" "未传"
    ITSELF "{}" "{}"
    EMPTY_STRING "an empty string" "空字符串"
    THE_STRING "the string '{}'" "字符串 '{}'"
    STRING_OF_ONE_CHARACTER "a string of 1 character" "1 个字符的字符串"
    STRING_OF_CHARACTERS "a string of {} characters" "{} 个字符的字符串"
    STRING_OF_BYTES "a string of {} bytes" "{} 字节的字符串"
    ILL_FORMED_STRING "a string with lone surrogates" "含有孤立代理项的字符串"
    WITH_CHARACTER "with the character {}" "含有字符 {}"
    WITHOUT_KEY "with a pair that has no key" "其中有一对没有键"
    NOT_DECODING "with a pair that does not percent-decode" "其中有一对无法按百分号编码解码"
    A_NUMBER "a number" "数字"
    A_BOOLEAN "a boolean" "布尔值"
    AN_ARRAY "an array" "数组"
    ARRAY_OF "an array of length {}" "长度为 {} 的数组"
    A_FUNCTION "a function" "函数"
    A_SYMBOL "a symbol" "Symbol"
    A_BIGINT "a bigint" "BigInt"
    THROWING "a property that throws when it is read" "读取时抛出异常的属性"
    THROWING_THIS "a property that throws when it is read ({})" "读取时抛出异常的属性（{}）"
}

/// A description of one thing: a phrase with its placeholder filled, and perhaps another one after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    first: Part,
    more: Option<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    phrase: Phrase,
    put: String,
}

impl Phrase {
    /// The number of the phrase among all phrases.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.number
    }

    /// The text of the phrase in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.en
    }

    /// The text of the phrase in Chinese.
    #[must_use]
    pub fn zh(self) -> &'static str {
        ZH.get(usize::from(self.number)).copied().unwrap_or_default()
    }

    /// The phrase with `put` in place of its `{}`.
    pub(crate) fn with(self, put: String) -> Words {
        Words { first: Part { phrase: self, put }, more: None }
    }
}

impl From<Phrase> for Words {
    fn from(phrase: Phrase) -> Words {
        phrase.with(String::new())
    }
}

impl Words {
    /// These words, followed by the first phrase of `more`.
    pub(crate) fn and(self, more: Words) -> Words {
        Words { more: Some(more.first), ..self }
    }

    /// The phrases, each with the text that fills its placeholder.
    pub fn parts(&self) -> impl Iterator<Item = (Phrase, &str)> {
        let parts = [Some(&self.first), self.more.as_ref()];
        parts.into_iter().flatten().map(|Part { phrase, put }| (*phrase, put.as_str()))
    }

    /// The words in English.
    #[must_use]
    pub fn en(&self) -> String {
        self.say(Phrase::en, " ")
    }

    /// The words in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        self.say(Phrase::zh, ZH_SEPARATOR)
    }

    fn say(&self, text: fn(Phrase) -> &'static str, separator: &str) -> String {
        let mut said = String::new();
        for (phrase, put) in self.parts() {
            if !said.is_empty() {
                said.push_str(separator);
            }
            match text(phrase).split_once('{') {
                Some((before, after)) => {
                    said.push_str(before);
                    said.push_str(put);
                    said.push_str(after.trim_start_matches('}'));
                }
                None => said.push_str(text(phrase)),
            }
        }
        said
    }
}

/// The separator between two phrases in Chinese.
pub const ZH_SEPARATOR: &str = "，";

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn words_are_said_in_both_languages() {
        let words = Phrase::THE_STRING.with("a=1&{}".into()).and(Phrase::WITHOUT_KEY.into());
        assert_eq!(words.en(), "the string 'a=1&{}' with a pair that has no key");
        assert_eq!(words.zh(), "字符串 'a=1&{}'，其中有一对没有键");
        assert_eq!(Words::from(Phrase::NOTHING).zh(), "未传");
        assert_eq!(Phrase::ITSELF.with("-1.5".into()).zh(), "-1.5");
    }

    #[test]
    fn every_phrase_is_one_of_its_own_and_takes_the_same_in_both_languages() {
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let mut seen = BTreeSet::new();
        for (number, &phrase) in Phrase::ALL.iter().enumerate() {
            let (en, zh) = (phrase.en(), phrase.zh());
            assert_eq!(usize::from(phrase.number()), number, "{en}");
            assert!(seen.insert(en) && seen.insert(zh) || phrase == Phrase::ITSELF, "{en}: {zh}");
            assert_eq!(en.matches("{}").count(), zh.matches("{}").count(), "{en}: {zh}");
            assert_eq!(en.matches('{').count(), en.matches("{}").count(), "{en}");
            assert!(!en.contains(is_han), "{en}");
            // The words that stay in English are those of the contract, which are quoted or name a thing.
            let is_said = zh.contains(is_han) || zh.contains('或');
            assert!(
                is_said || matches!(phrase, Phrase::ITSELF | Phrase::A_SYMBOL | Phrase::A_BIGINT),
                "{zh}"
            );
        }
    }
}
