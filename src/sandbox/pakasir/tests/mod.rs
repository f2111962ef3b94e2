//! The fake is asked as a client would ask it, over its own socket.

mod bench;
mod callbacks;
mod faults;
mod pages;
mod v1;
mod v2;
