//! What the glue calls in the wasm. The generated names get short ones, as those of the imports do: two of them are a
//! path of Rust and a hash, in the wasm and again in the glue.

use walrus::Module;

use super::names::{Names, short_name};

/// Gives short names to all exports whose names are generated. Those that are written by hand begin with a letter.
pub fn shorten(module: &mut Module) -> Names {
    let generated = module.exports.iter_mut().filter(|export| export.name.starts_with('_'));
    let mut names = Names::new();
    for (index, export) in generated.enumerate() {
        let short = short_name(index);
        names.insert(short.clone(), std::mem::replace(&mut export.name, short));
    }
    names
}
