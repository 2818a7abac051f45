//! The rows of the demo page's gallery: their titles, read from the source in which they are written.
//!
//! The service's rows are in `server/src/demo/gallery.rs`, the module's in `www/`. The service is not asked for them,
//! because then the documents could not be written without building it; its tests compare the documents with its rows.

use wmpf_voip::code::{Code, Language};

const OF_THE_SERVICE: &str = include_str!("../../server/src/demo/gallery.rs");
const OF_THE_MODULE: &str = include_str!("../../www/i18n.js");

/// The titles of the rows that produce this code.
pub fn titles(code: Code, language: Language) -> Vec<&'static str> {
    let of_the_service = service_titles().filter(|title| title.code == code);
    let titles = of_the_service.chain(module_title(code));
    titles
        .map(|title| match language {
            Language::En => title.en,
            Language::Zh => title.zh,
        })
        .collect()
}

struct Title {
    code: Code,
    en: &'static str,
    zh: &'static str,
}

/// Reads the service's rows: each names its code, then its title in English and, right after that, in Chinese.
fn service_titles() -> impl Iterator<Item = Title> {
    let rows = OF_THE_SERVICE.split("Code::").skip(1);
    rows.filter_map(|row| {
        let name = row.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
        let code = *Code::ALL.iter().find(|code| code.name() == name)?;
        // These are the texts between quotes.
        let literals: Vec<&str> = row.split('"').skip(1).step_by(2).collect();
        let zh = literals.iter().position(|literal| is_chinese(literal))?;
        Some(Title { code, en: literals[zh.checked_sub(1)?], zh: literals[zh] })
    })
}

/// Reads the module's rows: `'gallery.1004': { en: '…', zh: '…' }`
fn module_title(code: Code) -> Option<Title> {
    let (_, entry) = OF_THE_MODULE.split_once(&format!("'gallery.{}': {{", code.number()))?;
    let text = |language| entry.split_once(language)?.1.split('\'').next();
    Some(Title { code, en: text("en: '")?, zh: text("zh: '")? })
}

fn is_chinese(text: &str) -> bool {
    text.contains(|c: char| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_service_is_found() {
        let titles = OF_THE_SERVICE.split('"').skip(1).step_by(2).filter(|text| is_chinese(text));
        assert_eq!(service_titles().count(), titles.count());
        assert!(service_titles().all(|title| !is_chinese(title.en)));
    }

    #[test]
    fn every_row_of_the_module_has_a_title() {
        let rows = include_str!("../../www/gallery.js").split(" plugin(").skip(1);
        let numbers = rows.map(|row| row.split(',').next().unwrap().parse().unwrap());
        let codes: Vec<Code> = numbers.map(|number| Code::from_number(number).unwrap()).collect();
        assert!(codes.len() > 5, "{codes:?}");
        for &code in Code::ALL {
            assert_eq!(module_title(code).is_some(), codes.contains(&code), "{code:?}");
        }
    }
}
