//! The map is the law: a room uses only rooms above it, and a file only what stands above it in its folder.

use std::collections::{HashMap, HashSet};

use crate::source::{Source, code_files, paths};

/// The modules that a `lib.rs` or `mod.rs` lists, in its order.
fn listed(code: &str) -> Vec<String> {
    code.lines()
        .filter_map(|line| {
            let line = line.trim().strip_suffix(';')?;
            let (before, name) = line.rsplit_once("mod ")?;
            (before.is_empty() || before.starts_with("pub")).then(|| name.to_owned())
        })
        .collect()
}

/// The rooms in the order of `lib.rs`, and which room each exported macro belongs to.
fn map(all: &[Source]) -> (Vec<String>, HashMap<String, String>) {
    let lib = all.iter().find(|source| source.path == "lib.rs").expect("there is a lib.rs");
    let rooms = listed(&lib.code);
    assert!(rooms.len() >= 14, "lib.rs lists only {rooms:?}");
    let mut macros = HashMap::new();
    for source in all {
        let Some(room) = source.room() else { continue };
        for part in source.code.split("#[macro_export]").skip(1) {
            let name = part.trim_start().strip_prefix("macro_rules!").expect("a macro is exported");
            let name = name.split_whitespace().next().expect("a macro has a name");
            macros.insert(name.to_owned(), room.to_owned());
        }
    }
    (rooms, macros)
}

#[test]
fn a_room_uses_only_rooms_above_it() {
    let all = code_files();
    let (rooms, macros) = map(&all);
    let mut faults = Vec::new();
    for source in &all {
        let Some(room) = source.room() else { continue };
        let Some(place) = rooms.iter().position(|one| one == room) else {
            faults.push(format!("{}: lib.rs does not list the room", source.path));
            continue;
        };
        for path in paths(&source.code).iter().filter(|path| path[0] == "crate") {
            let used = macros.get(&path[1]).unwrap_or(&path[1]);
            match rooms.iter().position(|one| one == used) {
                Some(other) if other > place => {
                    faults.push(format!("{}: {room} stands above {used}", source.path));
                }
                Some(_) => {}
                None => faults.push(format!("{}: crate::{used} is no room", source.path)),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A folder of modules: what its `mod.rs` lists, and which of those each re-exported name comes from.
struct Folder {
    module: Vec<String>,
    children: Vec<String>,
    exports: HashMap<String, String>,
}

impl Folder {
    fn of(source: &Source) -> Option<Self> {
        let children = listed(&source.code);
        if children.is_empty() || source.path == "lib.rs" {
            return None;
        }
        let mut exports = HashMap::new();
        for part in source.code.split("pub").skip(1) {
            let part =
                part.trim_start_matches(|one: char| "(crate)super".contains(one)).trim_start();
            let Some(tree) = part.strip_prefix("use ") else { continue };
            let tree = tree.split(';').next().unwrap_or_default();
            for path in paths(tree).into_iter().filter(|path| children.contains(&path[0])) {
                let name = path.last().expect("a path has a last part").clone();
                exports.insert(name, path[0].clone());
            }
        }
        Some(Self { module: source.module(), children, exports })
    }

    /// The child that an absolute path from the crate's root leads to; the folder's own items lead to none.
    fn child<'a>(&'a self, path: &'a [String]) -> Option<&'a String> {
        let next = path.strip_prefix(self.module.as_slice())?.first()?;
        self.children.iter().find(|one| *one == next).or_else(|| self.exports.get(next))
    }
}

/// A path from the crate's root, whatever it was written from; `None` for other crates and locals.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    match path[0].as_str() {
        "crate" => Some(path[1..].to_vec()),
        "super" if ups <= module.len() => {
            Some([&module[..module.len() - ups], &path[ups..]].concat())
        }
        _ => None,
    }
}

/// Files that lean on each other, so that no order fits: folder, the upper one, the lower one it uses.
const KNOTS: &[(&str, &str, &str)] = &[
    // A person presses for a bot, and a bot knows its people.
    ("sandbox::telegram", "bot", "person"),
    // Markup makes entities, and a text with entities may come as markup.
    ("sandbox::telegram", "entities", "html"),
    // The state of the fake Telegram holds the parts that work on it.
    ("sandbox::telegram", "delivery", "state"),
    ("sandbox::telegram", "methods", "state"),
    // Rules judge rows, and rows keep the outcome that rules name.
    ("shop::payments", "rules", "table"),
];

#[test]
fn a_file_uses_only_what_its_folder_lists_above_it() {
    let all = code_files();
    let folders: Vec<Folder> = all.iter().filter_map(Folder::of).collect();
    assert!(folders.len() >= 20, "only {} folders were found", folders.len());
    let (mut faults, mut tied) = (Vec::new(), HashSet::new());
    for source in &all {
        let module = source.module();
        for folder in &folders {
            // The folder's own mod.rs puts its children together and may use all of them.
            let Some(own) = folder.child(&module) else { continue };
            let place = |name: &String| folder.children.iter().position(|one| one == name);
            for path in paths(&source.code) {
                let Some(path) = absolute(&path, &module) else { continue };
                let Some(used) = folder.child(&path) else { continue };
                if place(used) <= place(own) {
                    continue;
                }
                let name = folder.module.join("::");
                match KNOTS.iter().find(|knot| (knot.0, knot.1, knot.2) == (&name, own, used)) {
                    Some(knot) => _ = tied.insert(knot),
                    None => faults.push(format!(
                        "{}: {name} lists {own} above {used} ({})",
                        source.path,
                        path.join("::")
                    )),
                }
            }
        }
    }
    let loose: Vec<_> = KNOTS.iter().filter(|knot| !tied.contains(knot)).collect();
    assert!(loose.is_empty(), "these knots are untied, take them off the list: {loose:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_is_listed_by_its_folder() {
    let all = code_files();
    let folders: Vec<Folder> = all.iter().filter_map(Folder::of).collect();
    for source in all.iter().filter(|source| source.room().is_some()) {
        let module = source.module();
        let parent = &module[..module.len() - 1];
        let known = parent.is_empty()
            || folders
                .iter()
                .any(|one| one.module == parent && one.children.contains(&module[parent.len()]));
        assert!(known, "{} is listed by no mod.rs", source.path);
    }
}
