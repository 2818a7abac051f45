//! Checks that the package is the same wherever it is built: a copy of the sources in another directory has to give
//! the same bytes, so that anybody can check what is published.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use xshell::{Shell, cmd};

use crate::build;

/// The directory of the copy. It is inside the repository, so its scripts find the repository's tools.
const COPY: &str = "target/again";

/// Builds the copy and compares its package with `pkg`.
pub fn check(shell: &Shell, pkg: &Path) -> anyhow::Result<()> {
    let copy = shell.current_dir().join(COPY);
    shell.remove_path(&copy)?;
    let files = cmd!(shell, "git ls-files --cached --others --exclude-standard").quiet().read()?;
    for file in files.lines().map(Path::new).filter(|file| shell.path_exists(file)) {
        let to = copy.join(file);
        shell.create_dir(to.parent().unwrap_or(&copy))?;
        shell.copy_file(file, to)?;
    }
    let again = {
        // The dependencies are outside of both directories, and need not be compiled again.
        let _target = shell.push_env("CARGO_TARGET_DIR", shell.current_dir().join("target"));
        let _copy = shell.push_dir(&copy);
        build::make(shell)?
    };
    let names = files_below(shell, pkg, "".as_ref())?;
    ensure!(names == files_below(shell, &again, "".as_ref())?, "the other build has other files");
    for name in &names {
        let same =
            shell.read_binary_file(pkg.join(name))? == shell.read_binary_file(again.join(name))?;
        ensure!(same, "{} is another file when it is built again", name.display());
    }
    println!("{} files, the same bytes", names.len());
    shell.remove_path(&copy)?;
    Ok(())
}

/// The files of a directory and of all its subdirectories, sorted.
fn files_below(shell: &Shell, root: &Path, below: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in shell.read_dir(root.join(below))? {
        let name = below.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            files.extend(files_below(shell, root, &name)?);
        } else {
            files.push(name);
        }
    }
    Ok(files)
}
