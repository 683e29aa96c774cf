//! Checks the bytes of connections between processes of this package. TCP finds most damage on the way, but not all.
//!
//! A client begins with `HELLO`, and a server of this package answers `REPLY`. From then on both sides send frames with
//! checksums. The checksum of a frame is that of all bytes since the beginning, so lost and repeated bytes show, too.
//! Damage ends the connection, like a peer that is gone. Other peers are served, and reached, without frames.

mod frames;
mod stream;

pub use frames::Damaged;
pub use stream::{greeted, Checked};
