//! What the service's database seam promises on lines that fail and clusters that restart.

#[expect(dead_code, reason = "shared with the chaos runner, which uses the rest")]
#[path = "../chaos/world/cluster.rs"]
mod cluster;
mod given;
mod lines;
#[expect(dead_code, reason = "shared with the chaos runner, which uses the rest")]
#[path = "../chaos/world/program.rs"]
mod program;
#[expect(dead_code, reason = "shared with the chaos runner, which uses the rest")]
#[path = "../chaos/world/proxy.rs"]
mod proxy;
mod restarts;
mod schema;
