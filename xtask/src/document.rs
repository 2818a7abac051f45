//! What is written from the code, so that it cannot drift: the package's table of codes, and the tables
//! of the READMEs.

use std::collections::BTreeMap;

use serde::Serialize;
use wmpf_voip::code::{Code, Explanation, Language, RaisedBy};
use wmpf_voip::query::CALL_PAGE_PATH;
use xshell::Shell;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    name: &'static str,
    raised_by: RaisedBy,
    en: Explanation,
    zh: Explanation,
}

/// The JavaScript module with what the package takes from the core without loading the wasm.
pub fn contract_module() -> anyhow::Result<String> {
    let entry = |code: &Code| Entry {
        name: code.name(),
        raised_by: code.raised_by(),
        en: code.explain(Language::En),
        zh: code.explain(Language::Zh),
    };
    let codes: BTreeMap<u16, Entry> =
        Code::ALL.iter().map(|code| (code.number(), entry(code))).collect();
    Ok(format!(
        "// Generated from the core's table of codes.\n\
         export const CALL_PAGE_PATH = {};\n\
         export const CODES = {};\n",
        serde_json::to_string(CALL_PAGE_PATH)?,
        serde_json::to_string(&codes)?,
    ))
}

pub fn write(_shell: &Shell) -> anyhow::Result<()> {
    anyhow::bail!("later")
}
pub fn check(_shell: &Shell) -> anyhow::Result<()> {
    Ok(())
}
