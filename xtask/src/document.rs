//! The files that are generated from the code, so that they cannot differ from it: the package's table of codes, and
//! the tables of `docs/`.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use serde::Serialize;
use wmpf_voip::authorisation::{MAX_OPENIDS, RawBindContactQuery};
use wmpf_voip::call::{ABORT_TEXTS, AbortText, CONNECTION_LOST};
use wmpf_voip::client::Api;
use wmpf_voip::code::{Code, Explanation, Language, RaisedBy};
use wmpf_voip::config::{DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS};
use wmpf_voip::device_call::DeviceCall;
use wmpf_voip::fields::{FAILURE, FIELDS, Required, ResultField, SUCCESS, Text};
use wmpf_voip::form::Form;
use wmpf_voip::protocol::{CALLS_PATH, IDEMPOTENCY_KEY_HEADER, RawAnswer};
use wmpf_voip::query::CALL_PAGE_PATH;
use wmpf_voip::wmpf_call::WmpfCall;
use wmpf_voip::words::{Phrase, ZH_SEPARATOR};
use xshell::Shell;

use crate::table::table;
use crate::{errors, values};

/// Gives the text of a document with every generated part replaced.
type Render = fn(&str, Language) -> anyhow::Result<String>;

const DOCUMENTS: [(&str, Language, Render); 8] = [
    ("docs/initByCaller.md", Language::En, init_by_caller),
    ("docs/initByCaller.zh-CN.md", Language::Zh, init_by_caller),
    ("docs/call.md", Language::En, the_call),
    ("docs/call.zh-CN.md", Language::Zh, the_call),
    ("docs/errors.md", Language::En, all_codes),
    ("docs/errors.zh-CN.md", Language::Zh, all_codes),
    ("docs/values.md", Language::En, which_values),
    ("docs/values.zh-CN.md", Language::Zh, which_values),
];

/// The end of a part that a marker `<!-- generated: … -->` begins.
const END: &str = "<!-- /generated -->";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    name: &'static str,
    raised_by: RaisedBy,
    en: Explanation,
    zh: Explanation,
}

/// The JavaScript module with what the package needs from the core before the wasm is loaded.
pub fn contract_module() -> anyhow::Result<String> {
    Ok(format!(
        "// Generated from the core.\n\
         export const CALL_PAGE_PATH = {};\n\
         export const IDEMPOTENCY_KEY_HEADER = {};\n\
         export const DEFAULT_TIMEOUT_MS = {DEFAULT_TIMEOUT_MS};\n\
         export const MAX_TIMEOUT_MS = {MAX_TIMEOUT_MS};\n\
         export const CONNECTION_LOST = {};\n\
         export const CALLS_PATH = {};\n\
         export const MAX_OPENIDS = {MAX_OPENIDS};\n\
         export const FIELDS = {};\n",
        serde_json::to_string(CALL_PAGE_PATH)?,
        serde_json::to_string(IDEMPOTENCY_KEY_HEADER)?,
        serde_json::to_string(CONNECTION_LOST)?,
        serde_json::to_string(CALLS_PATH)?,
        serde_json::to_string(&fields_by_api())?,
    ))
}

/// The names of what is read of the request of each API, and of an answer. The name of a list ends in `[]`.
fn fields_by_api() -> BTreeMap<&'static str, Vec<&'static str>> {
    BTreeMap::from([
        (Api::InitByCaller.name(), FIELDS.iter().map(|field| field.path).collect()),
        (Api::CallWmpf.name(), names::<WmpfCall>()),
        (Api::CallDevice.name(), names::<DeviceCall>()),
        (Api::GetIotBindContactList.name(), RawBindContactQuery::FIELDS.to_vec()),
        ("answer", RawAnswer::MEMBERS.to_vec()),
    ])
}

fn names<F: Form>() -> Vec<&'static str> {
    F::FIELDS.iter().map(|(name, _)| *name).collect()
}

/// The JavaScript module with the explanations of the codes.
pub fn codes_module() -> anyhow::Result<String> {
    let entry = |code: &Code| Entry {
        name: code.name(),
        raised_by: code.raised_by(),
        en: code.explain(Language::En),
        zh: code.explain(Language::Zh),
    };
    let codes: BTreeMap<u16, Entry> =
        Code::ALL.iter().map(|code| (code.number(), entry(code))).collect();
    let codes = serde_json::to_string(&codes)?;
    Ok(format!("// Generated from the core's table of codes.\nexport const CODES = {codes};\n"))
}

/// The JavaScript module with the other texts: the phrases of problems in Chinese, by their numbers, and the reasons
/// of `abortVoip` in both languages.
pub fn words_module() -> anyhow::Result<String> {
    let phrases: Vec<_> = Phrase::ALL.iter().map(|phrase| phrase.zh()).collect();
    let meaning = |text: Text| BTreeMap::from([("en", text.en), ("zh", text.zh)]);
    let breaks: BTreeMap<_, _> =
        ABORT_TEXTS.iter().map(|each| (each.text, meaning(each.meaning))).collect();
    Ok(format!(
        "// Generated from the core's tables of phrases and of reasons.\n\
         export const PHRASES = {};\n\
         export const SEPARATOR = {};\n\
         export const BREAKS = {};\n",
        serde_json::to_string(&phrases)?,
        serde_json::to_string(ZH_SEPARATOR)?,
        serde_json::to_string(&breaks)?,
    ))
}

/// Writes the generated parts of the documents.
pub fn write(shell: &Shell) -> anyhow::Result<()> {
    for (file, language, render) in DOCUMENTS {
        let old = shell.read_file(file)?;
        let new = render(&old, language).context(file)?;
        if new == old {
            println!("{file} is current");
        } else {
            shell.write_file(file, new)?;
            println!("{file} is rewritten");
        }
    }
    Ok(())
}

/// Fails if a generated part of a document is not current.
pub fn check(shell: &Shell) -> anyhow::Result<()> {
    for (file, language, render) in DOCUMENTS {
        let text = shell.read_file(file)?;
        let is_current = render(&text, language).context(file)? == text;
        ensure!(is_current, "{file} is not current: run `cargo xtask docs`");
    }
    Ok(())
}

fn init_by_caller(text: &str, language: Language) -> anyhow::Result<String> {
    let text = replace(text, "fields", &fields(language))?;
    replace(&text, "results", &results(language))
}

fn the_call(text: &str, language: Language) -> anyhow::Result<String> {
    replace(text, "aborts", &aborts(language))
}

fn all_codes(text: &str, language: Language) -> anyhow::Result<String> {
    let text = replace(text, "codes", &errors::overview(language))?;
    replace(&text, "explanations", &errors::sections(language))
}

fn which_values(text: &str, language: Language) -> anyhow::Result<String> {
    let text = replace(text, "values", &values::fields(language)?)?;
    replace(&text, "kinds", &values::kinds(language)?)
}

/// Replaces the text between the markers of this name.
fn replace(text: &str, name: &str, table: &str) -> anyhow::Result<String> {
    let start = format!("<!-- generated: {name} -->\n");
    let (before, rest) =
        text.split_once(&start).with_context(|| format!("there is no line {start:?}"))?;
    let (old, after) =
        rest.split_once(END).with_context(|| format!("nothing ends what {start:?} begins"))?;
    ensure!(!old.contains("<!-- generated:"), "nothing ends what {start:?} begins");
    ensure!(!after.contains(&start), "{start:?} stands there twice");
    Ok(format!("{before}{start}\n{table}\n{END}{after}"))
}

fn fields(language: Language) -> String {
    let (head, required, by_business_type) = match language {
        Language::En => {
            (["field", "type", "required", "default", "rule"], "yes", "by businessType")
        }
        Language::Zh => (["字段", "类型", "必填", "默认值", "说明"], "是", "取决于 businessType"),
    };
    let rows = FIELDS.iter().map(|field| {
        let required = match field.required {
            Required::Always => required,
            Required::ByBusinessType => by_business_type,
            Required::Never => "",
        };
        [
            format!("`{}`", field.path),
            field.kind.as_str().into(),
            required.into(),
            field.default.map(|value| format!("`{}`", value.trim_matches('"'))).unwrap_or_default(),
            field.rule.get(language).into(),
        ]
    });
    table(head, rows)
}

fn results(language: Language) -> String {
    let (head, success, failure) = match language {
        Language::En => (["member", "type", "meaning"], "On success:", "On failure:"),
        Language::Zh => (["属性", "类型", "说明"], "成功时：", "失败时："),
    };
    let rows = |fields: &[ResultField]| {
        let row = |field: &ResultField| {
            [
                format!("`{}`", field.name),
                format!("`{}`", field.kind),
                field.meaning.get(language).into(),
            ]
        };
        table(head, fields.iter().map(row))
    };
    format!("{success}\n\n{}\n{failure}\n\n{}", rows(SUCCESS), rows(FAILURE))
}

fn aborts(language: Language) -> String {
    let head = match language {
        Language::En => ["error.errMsg", "when"],
        Language::Zh => ["error.errMsg", "何时出现"],
    };
    let row = |text: &AbortText| [format!("`{}`", text.text), text.when.get(language).into()];
    table(head, ABORT_TEXTS.iter().map(row))
}

#[cfg(test)]
mod tests {
    use wmpf_voip::call::{LISTENER_DID_NOT_JOIN, OTHER_SIDE_HAS_NO_MICROPHONE};

    use super::*;

    /// The text of a TypeScript interface, from its name to its closing brace.
    fn interface(name: &str) -> &'static str {
        let types = include_str!("../../pkg-template/index.d.ts");
        let (_, rest) = types.split_once(&format!("export interface {name} ")).unwrap();
        rest.split_once("\n}").unwrap().0
    }

    /// The members of an interface, without nested ones, without documentation, and without those that another case of
    /// a union has as `undefined`.
    fn members(name: &str) -> Vec<&'static str> {
        let lines = interface(name).lines().filter_map(|line| line.strip_prefix("  "));
        lines
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(':'))
            .filter(|(_, kind)| kind.trim() != "undefined;")
            .map(|(member, _)| member.trim_start_matches("readonly ").trim_end_matches('?'))
            .collect()
    }

    #[test]
    fn the_packages_types_have_the_members_of_the_results() {
        for (name, fields) in [("InitByCallerSuccess", SUCCESS), ("InitByCallerFailure", FAILURE)] {
            let documented: Vec<&str> = fields.iter().map(|field| field.name).collect();
            assert_eq!(members(name), documented, "{name}");
        }
    }

    #[test]
    fn the_packages_types_have_the_fields_of_the_request() {
        let party = members("Party");
        let request = [members("CallRequest"), members("PaymentRequest")].concat();
        for field in FIELDS {
            match field.path.split_once('.') {
                Some((_, name)) => assert!(party.contains(&name), "{}", field.path),
                None => assert!(request.contains(&field.path), "{}", field.path),
            }
        }
        let leaves = FIELDS.iter().filter(|field| !field.path.contains('.'));
        assert_eq!(request.len(), leaves.count());
        assert_eq!(2 * party.len(), FIELDS.iter().filter(|field| field.path.contains('.')).count());
    }

    #[test]
    fn the_packages_types_have_the_documented_texts_of_a_broken_call() {
        let types = include_str!("../../pkg-template/index.d.ts");
        for AbortText { text, .. } in ABORT_TEXTS {
            let is_documented =
                ![LISTENER_DID_NOT_JOIN, OTHER_SIDE_HAS_NO_MICROPHONE].contains(&text);
            assert_eq!(types.contains(&format!("`{text}`")), is_documented, "{text}");
        }
    }

    #[test]
    fn what_stands_between_the_markers_is_replaced_and_nothing_else() {
        let text = "a\n<!-- generated: x -->\nold\n<!-- /generated -->\nb\n";
        let new = replace(text, "x", "| t |\n").unwrap();
        assert_eq!(new, "a\n<!-- generated: x -->\n\n| t |\n\n<!-- /generated -->\nb\n");
        assert_eq!(replace(&new, "x", "| t |\n").unwrap(), new);
    }

    #[test]
    fn a_missing_or_repeated_marker_is_an_error() {
        let whole = "<!-- generated: x -->\n<!-- /generated -->\n";
        let nested = format!("<!-- generated: x -->\n<!-- generated: y -->\n{END}");
        for text in ["", "<!-- generated: x -->\n", &nested, &whole.repeat(2)] {
            assert!(replace(text, "x", "").is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_cell_cannot_end_its_row() {
        let rows = [["a|b".to_owned(), "c".to_owned()]];
        assert_eq!(
            table(["x", "y"], rows.into_iter()),
            "| x | y |\n| --- | --- |\n| a\\|b | c |\n"
        );
    }
}
