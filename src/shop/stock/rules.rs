//! What may be a unit.

/// The longest unit, in bytes: it must fit a file of the chat many times over.
const LONGEST: usize = 64 * 1024;

/// Whether `content` may be a unit.
///
/// # Errors
/// A phrase that says why not.
pub fn check_content(content: &str) -> Result<(), &'static str> {
    if content.trim().is_empty() {
        Err("is empty")
    } else if content.len() > LONGEST {
        Err("is longer than 64 KiB")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_has_something_in_it() {
        assert!(check_content("user:pass").is_ok());
        assert!(check_content("  \n ").is_err());
        assert!(check_content(&"x".repeat(LONGEST)).is_ok());
        assert!(check_content(&"x".repeat(LONGEST + 1)).is_err());
    }
}
