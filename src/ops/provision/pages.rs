//! The pages of a deployment: templates with what is this tenant's own put into them.

use std::path::Path;

use super::quoting::{for_env, for_shell, for_unit, for_unit_line};
use super::tenant::Tenant;
use super::user;
use crate::primitives::{Keyring, random_token};

/// How a tenant is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By Docker Compose.
    Compose,
    /// By Kubernetes.
    Kubernetes,
    /// By systemd.
    Systemd,
}

impl Kind {
    /// Every kind with its word on the command line.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Compose, "compose"), (Self::Kubernetes, "kubernetes"), (Self::Systemd, "systemd")];
}

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("templates/", $name))
    };
}

/// A host that is nobody's, where none was given.
const NO_HOST: &str = "toko.example.com";

/// The name and text of every file.
pub(super) fn pages(
    tenant: &Tenant,
    kind: Kind,
    folder: &Path,
    program: &Path,
) -> Vec<(String, String)> {
    let unit = format!("{}.service", tenant.id);
    let (start, claim, front) = match kind {
        Kind::Compose => (
            template!("start.compose.txt"),
            template!("claim.compose.txt"),
            template!("front.nginx.txt"),
        ),
        Kind::Kubernetes => (
            template!("start.kubernetes.txt"),
            template!("claim.kubernetes.txt"),
            template!("front.kubernetes.txt"),
        ),
        Kind::Systemd => (
            template!("start.systemd.txt"),
            template!("claim.systemd.txt"),
            template!("front.nginx.txt"),
        ),
    };
    let mut pages = vec![
        ("bot.env", template!("bot.env")),
        ("README.md", template!("README.md")),
        ("README.id.md", template!("README.id.md")),
    ];
    match kind {
        Kind::Compose => pages.push(("compose.yaml", template!("compose.yaml"))),
        Kind::Systemd => pages.push((&unit, template!("unit.service"))),
        Kind::Kubernetes => pages.extend([
            ("kustomization.yaml", template!("kustomization.yaml")),
            ("namespace.yaml", template!("namespace.yaml")),
            ("service.yaml", template!("service.yaml")),
            ("deployment.yaml", template!("deployment.yaml")),
        ]),
    }
    if kind != Kind::Kubernetes {
        pages.push(("nginx.conf", template!("nginx.conf")));
    }
    let values = values(tenant, folder, program);
    let parts = [("start", start), ("claim", claim), ("front", front)];
    pages
        .into_iter()
        .map(|(name, page)| {
            let page = parts.iter().fold(page.to_owned(), |page, (key, part)| {
                page.replace(&format!("{{{{{key}}}}}"), part)
            });
            (name.to_owned(), filled(&page, &values))
        })
        .collect()
}

fn values(tenant: &Tenant, folder: &Path, program: &Path) -> Vec<(&'static str, String)> {
    let (user, group) = user();
    let (folder, program) = (folder.display().to_string(), program.display().to_string());
    let path = tenant.path();
    // The service knows its routes without the path under which a proxy shows them.
    let rewrite = if path.is_empty() {
        String::new()
    } else {
        format!("        rewrite ^{path}(/.*)$ $1 break;\n")
    };
    let writable = ["data", "backups", "logs"].map(|name| for_unit(&format!("{folder}/{name}")));
    vec![
        ("id", tenant.id.clone()),
        ("word", tenant.id.replace('-', "_")),
        ("title", format!("{} ({})", tenant.name, tenant.id)),
        ("slug", tenant.slug.clone()),
        ("name", for_env(&tenant.name)),
        ("public_url", tenant.public_url.clone().unwrap_or_default()),
        ("host", tenant.host().unwrap_or(NO_HOST).to_owned()),
        ("path", path.to_owned()),
        ("rewrite", rewrite),
        ("port", tenant.port.to_string()),
        ("probe_port", tenant.probe_port.to_string()),
        ("data_key", Keyring::fresh_key().expose().clone()),
        ("backup_password", random_token()),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("user", format!("{user}:{group}")),
        ("user_name", user.to_string()),
        ("unit", format!("{}.service", tenant.id)),
        ("env_file", for_unit(&format!("{folder}/bot.env"))),
        ("writable", writable.join(" ")),
        ("folder_plain", for_unit_line(&folder)),
        ("folder", for_shell(&folder)),
        ("program", for_unit(&program)),
        ("shell_program", for_shell(&program)),
    ]
}

/// The page with every `{{key}}` in its place.
fn filled(page: &str, values: &[(&str, String)]) -> String {
    let mut parts = page.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (key, rest) = part.split_once("}}").unwrap_or(("", part));
        let value = values.iter().find(|(name, _)| *name == key);
        out.push_str(value.map_or("", |(_, value)| value));
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn every_placeholder_of_every_template_has_a_value() {
        let (port, probe_port, public_url) = (8080, 9090, None);
        let (slug, id, name) = ("a".to_owned(), "bot-a-pakasir".to_owned(), "A".to_owned());
        let tenant = Tenant { slug, id, name, public_url, port, probe_port };
        let known: Vec<&str> = values(&tenant, &PathBuf::from("/srv"), &PathBuf::from("/bin"))
            .into_iter()
            .map(|(name, _)| name)
            .chain(["start", "claim", "front"])
            .collect();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ops/provision/templates");
        for entry in std::fs::read_dir(folder).expect("the templates") {
            let path = entry.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("a template is text");
            for part in text.split("{{").skip(1) {
                let key = part.split("}}").next().unwrap_or_default();
                assert!(known.contains(&key), "{}: {key}", path.display());
            }
        }
    }
}
