//! The generated parts of `docs/errors.md`.

use wmpf_voip::code::{Code, Language, RaisedBy};

use crate::gallery;
use crate::table::table;

/// A table of all codes.
pub fn overview(language: Language) -> String {
    let (head, not_yet) = match language {
        Language::En => (["code", "name", "raised by", "meaning"], " (not yet)"),
        Language::Zh => (["错误码", "名称", "产生方", "含义"], "（暂未实现）"),
    };
    let rows = Code::ALL.iter().map(|&code| {
        let raised_by = match code.raised_by() {
            RaisedBy::Backend => "backend",
            RaisedBy::Plugin => "plugin",
            RaisedBy::Join => "join",
        };
        let (number, name) = (code.number(), code.name());
        [
            format!("[{number}](#{number}-{})", name.to_lowercase()),
            format!("`{name}`"),
            if is_raised(code) { raised_by.into() } else { format!("{raised_by}{not_yet}") },
            code.explain(language).meaning.into(),
        ]
    });
    table(head, rows)
}

/// A section for each code.
pub fn sections(language: Language) -> String {
    let section = |&code: &Code| {
        let explanation = code.explain(language);
        let [meaning, cause, remedy, demo] = match language {
            Language::En => ["Meaning: ", "Usual cause: ", "What to do: ", "In the demo: "],
            Language::Zh => ["含义：", "常见原因：", "处理办法：", "演示中的触发方式："],
        };
        let end = match language {
            Language::En => ".",
            Language::Zh => "。",
        };
        format!(
            "### {} {}\n\n- {meaning}{}{end}\n- {cause}{}\n- {remedy}{}\n- {demo}{}\n",
            code.number(),
            code.name(),
            explanation.meaning,
            explanation.cause,
            explanation.remedy,
            in_the_demo(code, language),
        )
    };
    Code::ALL.iter().map(section).collect::<Vec<_>>().join("\n")
}

/// How to produce the code in the demo.
fn in_the_demo(code: Code, language: Language) -> String {
    if let Some(how) = when_joining(code, language) {
        return how.into();
    }
    let titles = gallery::titles(code, language);
    match (titles.is_empty(), language) {
        (true, Language::En) => "not possible, because nothing raises it yet.".into(),
        (true, Language::Zh) => "暂无，目前没有代码会产生它。".into(),
        (false, Language::En) => {
            let rows: Vec<_> = titles.iter().map(|title| format!("“{title}”")).collect();
            format!("{}.{}", rows.join(", "), besides(code, language))
        }
        (false, Language::Zh) => {
            let rows: Vec<_> = titles.iter().map(|title| format!("“{title}”")).collect();
            format!("{}。{}", rows.join("、"), besides(code, language))
        }
    }
}

/// How a call page gets a code with which joining the room fails. `None` for all other codes.
fn when_joining(code: Code, language: Language) -> Option<&'static str> {
    let (en, zh) = match code.number() {
        2003 => (
            "not possible, because a browser without WebRTC raises it.",
            "暂无，由不支持 WebRTC 的浏览器产生。",
        ),
        2007 => (
            "call from a handset while another program keeps the microphone.",
            "在麦克风被其他程序占用时，从任意一端呼叫。",
        ),
        2009 => (
            "not possible, because whoever could see it has left the call.",
            "暂无，能看到它的一方已经离开通话。",
        ),
        2102 => (
            "call from a handset, and refuse it the microphone.",
            "从任意一端呼叫，并拒绝使用麦克风。",
        ),
        2103 => (
            "call from a handset that was opened alone, over plain http from another machine.",
            "从另一台机器以 http 单独打开一端，并发起呼叫。",
        ),
        2000 | 2001 | 2004 | 2008 | 2100 => (
            "not possible, because the room of a mini-program raises it.",
            "暂无，由小程序的音视频房间产生。",
        ),
        _ => return None,
    };
    Some(match language {
        Language::En => en,
        Language::Zh => zh,
    })
}

/// A further cause of the code, which no row of the gallery can produce.
fn besides(code: Code, language: Language) -> &'static str {
    match (code == Code::CreateRoom, language) {
        (false, _) => "",
        (true, Language::En) => {
            " The other cause, a store that fails, is not in the gallery: fill the disk that the data file is on."
        }
        (true, Language::Zh) => {
            "列表中没有另一种原因（服务端无法保存数据）：可写满数据文件所在的磁盘来触发。"
        }
    }
}

/// Whether anything in this version raises the code.
fn is_raised(code: Code) -> bool {
    match code.raised_by() {
        RaisedBy::Backend | RaisedBy::Plugin => true,
        RaisedBy::Join => when_joining(code, Language::En).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_called_raised_where_something_raises_it() {
        let service = [
            include_str!("../../server/src/demo/gallery.rs"),
            // The codes that no request of initByCaller can lead to.
            include_str!("../../server/calls/src/creation.rs"),
            include_str!("../../src/form.rs"),
        ];
        let core = [
            include_str!("../../src/request.rs"),
            include_str!("../../src/client.rs"),
            include_str!("../../src/client/prepared.rs"),
            include_str!("../../src/protocol/answer.rs"),
        ];
        let loader = include_str!("../../pkg-template/base/raised-codes.js");
        let media = [
            include_str!("../../pkg-template/webrtc.js"),
            include_str!("../../pkg-template/webrtc/devices.js"),
            include_str!("../../pkg-template/plugin/plugin/voip-chat-errors.js"),
        ];
        for &code in Code::ALL {
            let in_rust = format!("Code::{}", code.name());
            let in_javascript = format!(" = {};", code.number());
            let found = match code.raised_by() {
                RaisedBy::Backend => {
                    service.iter().any(|source| source.contains(&format!("{in_rust},")))
                }
                RaisedBy::Join => {
                    let number = code.number().to_string();
                    media.iter().any(|source| source.contains(&number))
                }
                RaisedBy::Plugin => {
                    core.iter().any(|source| source.contains(&in_rust))
                        || loader.contains(&in_javascript)
                }
            };
            assert_eq!(is_raised(code), found, "{code:?}");
        }
    }

    #[test]
    fn a_code_that_is_raised_and_no_other_can_be_produced_in_the_demo() {
        for &code in Code::ALL {
            for language in [Language::En, Language::Zh] {
                let in_gallery = !gallery::titles(code, language).is_empty();
                let by_a_handset = when_joining(code, language).is_some();
                assert_eq!(in_gallery != by_a_handset, is_raised(code), "{code:?} in {language:?}");
            }
        }
    }
}
