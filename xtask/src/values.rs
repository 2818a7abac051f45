//! The tables of `docs/values.md`: which values each field of the request accepts, and how an error describes each
//! kind of value. They are made from the same data as the tests of the package.

#[path = "../../tests/contract/table/table.rs"]
mod table;

use anyhow::bail;
use wmpf_voip::code::Language;

use self::table::{Field, Kind, Said, Table};
use crate::table::table as markdown;

/// A table of the values that each field accepts.
pub fn fields(language: Language) -> anyhow::Result<String> {
    let head = match language {
        Language::En => ["field", "takes", "sends instead", "code", "an error expects"],
        Language::Zh => ["字段", "接受的值", "改为发送", "错误码", "要求：中文 / `errMsg`"],
    };
    let Table { kinds, fields } = table::read()?;
    let row = |field: &Field| {
        anyhow::Ok([
            path(field, language),
            accepted(field, &kinds, language)?,
            sent(field, &kinds, language),
            field.code.to_string(),
            said(&field.expected, language),
        ])
    };
    let rows = fields.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    Ok(markdown(head, rows.into_iter()))
}

/// A table of how an error describes each kind of value. Kinds with the same description share a row.
pub fn kinds(language: Language) -> anyhow::Result<String> {
    let head = match language {
        Language::En => ["value", "an error says that it got", "as the voipToken"],
        Language::Zh => ["值", "描述：中文 / `errMsg`", "作为 voipToken 时的描述"],
    };
    let kinds = table::read()?.kinds;
    let says = |kind: &Kind| [said(&kind.got, language), said(kind.got_as_token(), language)];
    let rows = kinds.chunk_by(|one, next| says(one) == says(next)).map(|alike| {
        let [got, as_token] = says(&alike[0]);
        [list(alike.iter(), language), got, as_token]
    });
    Ok(markdown(head, rows))
}

/// The description in an error. The Chinese document has it in both languages.
fn said(text: &Said, language: Language) -> String {
    match language {
        Language::Zh if text.zh() != text.en() => format!("{} / {}", text.zh(), text.en()),
        Language::En | Language::Zh => text.en().to_owned(),
    }
}

fn path(field: &Field, language: Language) -> String {
    match field.business_type {
        Some(business_type) => {
            format!("`{}`{}`businessType` {business_type}", field.path, comma(language))
        }
        None => format!("`{}`", field.path),
    }
}

fn accepted(field: &Field, kinds: &[Kind], language: Language) -> anyhow::Result<String> {
    let mut words = Vec::new();
    for word in &field.accepts {
        words.push(match (word.as_str(), language) {
            ("string", Language::En) => "any string".into(),
            ("string", Language::Zh) => "任意字符串".into(),
            ("number", Language::En) => "any number".into(),
            ("number", Language::Zh) => "任意数字".into(),
            ("object", Language::En) => "any object".into(),
            ("object", Language::Zh) => "任意对象".into(),
            (word, _) => {
                let meant: Vec<_> =
                    kinds.iter().filter(|kind| kind.is == word || kind.name == word).collect();
                if meant.is_empty() {
                    bail!("{}: there is no kind {word}", field.path);
                }
                list(meant.into_iter(), language)
            }
        });
    }
    let words = words.join(comma(language));
    let except = kinds.iter().filter(|kind| field.except.contains(&kind.name));
    let except = list(except, language);
    if except.is_empty() {
        return Ok(words);
    }
    Ok(match language {
        Language::En => format!("{words}, but not {except}"),
        Language::Zh => format!("{words}，{except} 除外"),
    })
}

/// What the request has in place of the value, if it is not the value itself.
fn sent(field: &Field, kinds: &[Kind], language: Language) -> String {
    let of_kinds: Vec<_> = kinds
        .iter()
        .filter_map(|kind| field.sends.get(&kind.name).map(|sends| (kind, sends)))
        .collect();
    let same = of_kinds.chunk_by(|(_, one), (_, next)| one == next).map(|alike| {
        let sends = match (alike[0].1, language) {
            (serde_json::Value::Null, Language::En) => "nothing".into(),
            (serde_json::Value::Null, Language::Zh) => "不发送".into(),
            (serde_json::Value::String(text), _) => format!("`'{text}'`"),
            (json, _) => format!("`{json}`"),
        };
        format!("{} → {sends}", list(alike.iter().map(|(kind, _)| *kind), language))
    });
    same.collect::<Vec<_>>().join(match language {
        Language::En => "; ",
        Language::Zh => "；",
    })
}

/// The names of the kinds, for people.
fn list<'a>(kinds: impl Iterator<Item = &'a Kind>, language: Language) -> String {
    let name = |kind: &Kind| match (&kind.zh, language) {
        (None, _) => format!("`{}`", kind.name),
        (Some(_), Language::En) => kind.name.clone(),
        (Some(zh), Language::Zh) => zh.clone(),
    };
    kinds.map(name).collect::<Vec<_>>().join(comma(language))
}

fn comma(language: Language) -> &'static str {
    match language {
        Language::En => ", ",
        Language::Zh => "、",
    }
}
