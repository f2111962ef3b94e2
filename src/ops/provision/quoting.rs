//! Values in other programs' words: an env file that every reader reads alike, systemd's units, shells, YAML.

/// A value for an env file: bare when it is plain, else in double quotes, with a backslash before what would mean
/// something in them. dotenv, Compose, systemd and shells read it alike.
pub(super) fn for_env(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/=+,@".contains(&byte);
    if value.bytes().all(plain) {
        return value.to_owned();
    }
    format!("\"{}\"", escaped(value, &['"', '\\', '$']))
}

/// A word of a command line in a unit; `%` and `$` mean something there.
pub(super) fn for_unit(word: &str) -> String {
    let doubled = word.replace('%', "%%").replace('$', "$$");
    format!("\"{}\"", escaped(&doubled, &['"', '\\']))
}

/// A path that is all of a unit's line: it is taken as it stands.
pub(super) fn for_unit_line(path: &str) -> String {
    path.replace('%', "%%")
}

/// A word for a shell.
pub(super) fn for_shell(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn escaped(value: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(value.len());
    for letter in value.chars() {
        if special.contains(&letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        for value in [
            "Toko Budi Jaya",
            "Toko \"Bu Sri's\" & Anak",
            "100% $HOME \\n #1",
            "Kopi ☕ `enak`",
            "plain",
            "",
        ] {
            let line = format!("NAME={}\n", for_env(value));
            let read = dotenvy::from_read_iter(line.as_bytes()).next();
            let (_, read) = read.expect("a line").expect("it is well-formed");
            assert_eq!(read, value);
        }
        assert_eq!(for_unit("/srv/toko 100%"), "\"/srv/toko 100%%\"");
        assert_eq!(for_shell("Bu Sri's"), r"'Bu Sri'\''s'");
    }
}
