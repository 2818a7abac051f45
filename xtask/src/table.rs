//! Tables in the documents.

/// Makes a table in Markdown.
pub fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let line = |cells: [String; N]| format!("| {} |\n", cells.join(" | "));
    let escaped = rows.map(|cells| line(cells.map(|cell| cell.replace('|', "\\|"))));
    let head = [line(head.map(str::to_owned)), line([(); N].map(|()| "---".to_owned()))];
    head.into_iter().chain(escaped).collect()
}
