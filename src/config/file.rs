//! Gathers the variables: the process's own, over those of an env file.

use std::path::Path;

/// The largest secret file that is read, in bytes.
pub(super) const LARGEST_SECRET: u64 = 16 * 1024;

/// All pairs, the file's first, so that the process's own win.
#[expect(clippy::disallowed_methods, reason = "this room reads the environment")]
pub(super) fn environment(env_file: Option<&Path>) -> Result<Vec<(String, String)>, String> {
    let mut pairs = match env_file {
        Some(path) => read_env_file(path)?,
        None if Path::new(".env").exists() => read_env_file(Path::new(".env"))?,
        None => Vec::new(),
    };
    pairs.extend(
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    );
    Ok(pairs)
}

fn read_env_file(path: &Path) -> Result<Vec<(String, String)>, String> {
    let shown = path.display();
    let entries = dotenvy::from_path_iter(path)
        .map_err(|_| format!("the env file {shown} cannot be read"))?;
    let broken = |error| format!("the env file {shown}: {}", broken_line(path, &error));
    entries.map(|entry| entry.map_err(broken)).collect()
}

/// What is wrong with a line, without the parser's own words: they repeat it, and it may hold a secret.
fn broken_line(path: &Path, error: &dotenvy::Error) -> String {
    let dotenvy::Error::LineParse(broken, _) = error else {
        return "it breaks off while it is read".to_owned();
    };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().zip(1..).find(|(line, _)| line.contains(broken.trim()));
    let number = line.map_or(0, |(_, number)| number);
    match line.and_then(|(line, _)| line.split_once('=')) {
        Some((name, _)) => format!("line {number}: the value of {name} must stand in quotes"),
        None => format!("line {number} is not NAME=value"),
    }
}

/// The contents of a file named by a `NAME_FILE` variable, without the final line end.
pub(super) fn read_secret_file(name: &str, path: &str) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| format!("{name}_FILE: {path}: {error}"))?;
    if size.len() > LARGEST_SECRET {
        return Err(format!("{name}_FILE: {path} is larger than {LARGEST_SECRET} bytes"));
    }
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{name}_FILE: {path}: {error}"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
