//! x
use xshell::Shell;
pub fn run(_shell: &Shell) -> anyhow::Result<()> {
    anyhow::bail!("later")
}
