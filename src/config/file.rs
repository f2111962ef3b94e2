//! Gathers the variables: the process's own, over those of an env file.

use std::io::Read as _;
use std::path::Path;

/// The largest secret file that is read, in bytes.
pub(super) const LARGEST_SECRET: u64 = 16 * 1024;

/// All pairs, the file's first, so that the process's own win.
pub(super) fn environment(env_file: Option<&Path>) -> Result<Vec<(String, String)>, String> {
    let mut pairs = match env_file {
        Some(path) => read_env_file(path)?,
        None if Path::new(".env").exists() => read_env_file(Path::new(".env"))?,
        None => Vec::new(),
    };
    pairs.extend(of_the_process());
    Ok(pairs)
}

/// The pairs of the process itself.
#[expect(clippy::disallowed_methods, reason = "this room reads the environment")]
pub(super) fn of_the_process() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
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
    let unreadable = |error: std::io::Error| format!("{name}_FILE: {path}: {error}");
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // Devices and pipes tell no size: only what is read can be counted.
    let mut text = String::new();
    file.take(LARGEST_SECRET + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > LARGEST_SECRET {
        return Err(format!("{name}_FILE: {path} is larger than {LARGEST_SECRET} bytes"));
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_never_read_beyond_the_bound_whatever_size_it_tells() {
        // The kernel tells no size of its own files: this one is as long as anyone reads.
        let endless = read_secret_file("X", "/dev/zero");
        assert!(endless.is_err_and(|fault| fault.contains("larger than")));
        let folder = read_secret_file("X", "/");
        assert!(folder.is_err());
    }
}
