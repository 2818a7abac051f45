//! The npm package's manifest. Whatever the crate's manifest also says is taken from there.

use anyhow::Context as _;
use serde::Deserialize;
use xshell::{Shell, cmd};

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    repository: Option<String>,
}

/// The address of the repository, if `Cargo.toml` names one.
pub fn repository(shell: &Shell) -> anyhow::Result<Option<String>> {
    let json = cmd!(shell, "cargo metadata --no-deps --format-version 1").quiet().read()?;
    let Metadata { packages } = serde_json::from_str(&json)?;
    let package = packages.into_iter().find(|package| package.name == "wmpf-voip");
    Ok(package.context("the workspace has no package wmpf-voip")?.repository)
}

/// The manifest with the version and the repository of this workspace.
pub fn package_json(shell: &Shell) -> anyhow::Result<String> {
    let template = shell.read_file("pkg-template/package.json")?;
    fill(&template, env!("CARGO_PKG_VERSION"), repository(shell)?.as_deref())
}

fn fill(template: &str, version: &str, repository: Option<&str>) -> anyhow::Result<String> {
    let manifest = template.replace("0.0.0", version);
    let Some(repository) = repository else { return Ok(manifest) };
    // npm writes addresses of repositories in this form.
    let url = format!("git+{}.git", repository.trim_end_matches('/').trim_end_matches(".git"));
    let url = serde_json::to_string(&url)?;
    let (before, after) =
        manifest.split_once("  \"license\":").context("package.json has no license")?;
    Ok(format!(
        "{before}  \"repository\": {{ \"type\": \"git\", \"url\": {url} }},\n  \"license\":{after}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../pkg-template/package.json");

    fn filled(repository: Option<&str>) -> serde_json::Value {
        serde_json::from_str(&fill(TEMPLATE, "1.2.3", repository).unwrap()).unwrap()
    }

    #[test]
    fn it_has_the_version_and_the_repository_of_the_crate() {
        let manifest = filled(None);
        assert_eq!((&manifest["version"], manifest.get("repository")), (&"1.2.3".into(), None));
        for address in
            ["https://code.test/a/b", "https://code.test/a/b.git", "https://code.test/a/b/"]
        {
            let manifest = filled(Some(address));
            let url = "git+https://code.test/a/b.git";
            assert_eq!(manifest["repository"], serde_json::json!({ "type": "git", "url": url }));
        }
    }

    #[test]
    fn it_has_the_license_of_the_crate() {
        assert_eq!(filled(None)["license"], env!("CARGO_PKG_LICENSE"));
    }
}
