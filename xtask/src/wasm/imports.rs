//! The imports of the wasm from its glue. They get short names, because the generated ones (a property's name and
//! sixteen digits, in the wasm and again in the glue) would be a twentieth of what a phone downloads. They are listed,
//! because each of them is something that a host has to have.

use std::path::Path;

use anyhow::{Context as _, ensure};
use walrus::Module;
use xshell::Shell;

use super::names::{Names, short_name};

/// The name of the glue as a module of imports.
const GLUE: &str = "glue";

/// The list of the imports. A change of them has to change it.
const LIST: &str = "src/wasm/imports.txt";

/// Gives short names to all imports from the glue.
pub fn shorten(module: &mut Module) -> Names {
    let mut names = Names::new();
    for (index, import) in module.imports.iter_mut().enumerate() {
        let short = short_name(index);
        GLUE.clone_into(&mut import.module);
        names.insert(short.clone(), std::mem::replace(&mut import.name, short));
    }
    names
}

/// Fails if the imports are not those of the list.
pub fn check(shell: &Shell, wasm: &Path, names: &Names) -> anyhow::Result<()> {
    let module = Module::from_file(wasm)?;
    let mut imports = Vec::new();
    for import in module.imports.iter() {
        let name = names.get(&import.name).with_context(|| import.name.clone())?;
        imports.push(without_hash(name));
    }
    imports.sort_unstable();
    let listed = shell.read_file(LIST)?;
    let listed: Vec<&str> = listed.lines().filter(|line| !line.starts_with('#')).collect();
    let missing = difference(&imports, &listed);
    let superfluous = difference(&listed, &imports);
    ensure!(
        missing.is_empty() && superfluous.is_empty(),
        "the wasm's imports are not those of {LIST}; add {missing:?} and remove {superfluous:?}, if hosts have \
         what that means"
    );
    Ok(())
}

/// The generated name without the hash at its end, which differs with every version of every crate.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((stem, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            stem
        }
        Some(_) | None => name,
    }
}

/// The names that `these` has and `those` does not have, or has less often.
fn difference<'a>(these: &[&'a str], those: &[&str]) -> Vec<&'a str> {
    let mut those = those.to_vec();
    let mut more = these.to_vec();
    more.retain(|name| match those.iter().position(|other| other == name) {
        Some(index) => {
            those.swap_remove(index);
            false
        }
        None => true,
    });
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_no_hashes() {
        assert_eq!(without_hash("__wbg_id_a8f62292f7d06862"), "__wbg_id");
        assert_eq!(without_hash("__wbindgen_object_drop_ref"), "__wbindgen_object_drop_ref");
    }

    #[test]
    fn lists_differ_also_by_how_often_they_have_a_name() {
        assert_eq!(difference(&["a", "b", "b"], &["a", "b"]), ["b"]);
        assert_eq!(difference(&["a", "b"], &["a", "b", "b"]), Vec::<&str>::new());
    }
}
